import type { Body } from '../common/body';
import type { Gemini } from '../gemini/gemini';
import type { Words } from '../localization/words';
import type { ClientCounts, Clock, Pool } from '../pool/pool';
import type { TokenRegistry } from './clients/tokenRegistry';

/** How the user wants requests served; read anew for each of them. */
export interface GatewayRules {
	/** Only keys of paid projects, because some open window demands that. */
	readonly paidOnly: boolean;
	/** Models that may answer in place of the wanted one; empty by default. */
	readonly fallbackModels: readonly string[];
	/** ms that a request waits for a key at most. */
	readonly maxWaitMs: number;
	/** ms of silence that count as a broken stream. */
	readonly idle: { readonly firstMs: number; readonly betweenMs: number };
}

/** Who may use the gateway beside programs of this computer. */
export interface GatewayDoors {
	/** Values of `Host` that are served beside loopback names with the port: a proxy's, a certificate's. `*.` is any below. */
	readonly hosts: readonly string[];
	/** Values of `Origin` that are served; empty by default, so that no page of a browser is. `*.` is any below. */
	readonly origins: readonly string[];
}

/** The part of `Request` that the gateway reads, which a server can make for less than a whole one. */
export type GatewayRequest = Pick<Request, 'method' | 'url' | 'headers' | 'signal'> & { readonly body: Body | null };

/** The connection that a request came on. */
export interface Peer {
	/** The port that it came to. */
	readonly port: number;
}

/** For log, metrics and views. It holds no query, header or body. */
export type GatewayEvent =
	| {
			readonly type: 'refused';
			readonly client?: string;
			readonly status: number;
			readonly reason: string;
			readonly path: string;
	  }
	| {
			readonly type: 'began';
			readonly request: string;
			readonly client: string;
			readonly path: string;
			readonly model: string;
	  }
	| {
			readonly type: 'ended';
			readonly request: string;
			readonly client: string;
			readonly path: string;
			readonly model: string;
			readonly status: number;
			/** Whether a whole answer was sent; false for an error as well. */
			readonly isWhole: boolean;
			readonly ms: number;
	  };

export interface GatewayParts {
	readonly pool: Pick<Pool, 'stream' | 'noteToolCall' | 'snapshot' | 'recordCheck' | 'setClientBudgets'>;
	readonly gemini: Pick<Gemini, 'forward'>;
	readonly tokens: TokenRegistry;
	readonly counts: ClientCounts;
	readonly words: Pick<Words, 't' | 'describeError' | 'describeZonedTime'>;
	readonly rules: () => GatewayRules;
	readonly doors: () => GatewayDoors;
	/** Resolves to what keeps the keys from the service, if anything. */
	readonly blockedReason: (isAsked: false) => Promise<'hostRefused' | 'keysLocked' | undefined>;
	readonly clock: Clock;
	readonly newId: () => string;
	/** Receives errors that no client is told of. */
	readonly report: (error: unknown) => void;
}
