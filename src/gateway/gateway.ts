/** The face of the gateway: the pool as an HTTP service for other tools. It knows no editor, no socket and no file. */
import type { Disposable } from '../common/dispose';
import type { ClientUsage } from './clients/clientRecord';
import type { TokenRegistry } from './clients/tokenRegistry';

export type { ClientRecord, ClientRules, ClientUsage } from './clients/clientRecord';
export {
	ClientError,
	type ClientStorage,
	type IssuedToken,
	type NewClient,
	type TokenRegistry,
} from './clients/tokenRegistry';

/** How the user wants requests served; read anew for each of them. */
export interface GatewayRules {
	/** Only keys of paid projects: where any open window demands it. */
	readonly paidOnly: boolean;
	/** Models that may answer in place of the wanted one; empty by default. */
	readonly fallbackModels: readonly string[];
	/** ms that a request waits for a key at most. */
	readonly maxWaitMs: number;
	/** ms of silence that count as a broken stream. */
	readonly idle: { readonly firstMs: number; readonly betweenMs: number };
}

/** Whom the gateway answers beside programs of this computer. */
export interface GatewayDoors {
	/** Values of `Host` that are served beside loopback names: those of a proxy in front. */
	readonly hosts: readonly string[];
	/** Values of `Origin` that are served; empty by default, so that no page of a browser is. */
	readonly origins: readonly string[];
}

/** The connection that a request came on. */
export interface Peer {
	/** The port that it came to. */
	readonly port: number;
}

/** For log, metrics and views. No query, no header and no body is in it. */
export type GatewayEvent =
	| { readonly type: 'refused'; readonly status: number; readonly why: string; readonly path: string }
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
			readonly status: number;
			/** False: the answer was begun and not ended. */
			readonly isWhole: boolean;
			readonly ms: number;
	  };

export interface Gateway extends Disposable {
	readonly tokens: TokenRegistry;
	/** Answers one request. Its body is read only once everything before it is in order. Never rejects. */
	handle(request: Request, peer: Peer): Promise<Response>;
	/** Of a client since the gateway began, and today. */
	usageOf(client: string): ClientUsage;
	/** Answers under way. */
	readonly underWay: number;
	onEvent(listener: (event: GatewayEvent) => void): Disposable;
	/** Takes no further request, and resolves when those under way have ended. */
	drain(): Promise<void>;
}
