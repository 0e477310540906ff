/** The face of the only room that knows the SDK. */
import { lazily } from '../common/lazily';
import type { Masker, StreamMasker } from '../masking/masking';
import type { RequestSize, KeyId, OpenStream } from '../pool/pool';
import type { ModelInfo } from './models';
import type { Forwarded, ForwardRequest } from './forward/forwardRequest';
import type { BaseUrlCheck } from './request/address';
import { sizeOf } from './request/requestSize';
import type { Piece, Prompt } from './request/prompt';
import type { Send } from '../common/send';

export * from './request/prompt';
export { googleBaseUrl } from './request/address';
export type { Dialect, Forwarded, ForwardRequest } from './forward/forwardRequest';
export type { ModelInfo } from './models';

export interface GeminiOptions {
	/** Undefined if the key is gone. */
	readonly secretOf: (key: KeyId) => Promise<string | undefined>;
	/** Read before each call, so that a changed setting applies at once. */
	readonly baseUrl: () => string;
	readonly mask: Masker;
	/** Redacts held keys in the text of one answer, piece by piece. Default: no redaction. */
	readonly keyStream?: () => StreamMasker;
	/** Redacts held keys alone, in what is forwarded. Absent: it passes as it comes. */
	readonly maskKeys?: Masker;
	/** In an editor the extension host's `fetch`, which honours its proxy settings. */
	readonly fetch: Send;
	/** Whether keys may go to a valid address; called right before each call. Default: yes. */
	readonly mayReceive?: (address: Extract<BaseUrlCheck, { ok: true }>) => boolean;
	/** Whether a key may go to the current host; may ask the user. If not, nothing is sent. Default: yes. */
	readonly allowed?: (by: Caller) => Promise<boolean>;
	/** Replaces the service for some secrets. Such a secret is sent nowhere else, and no other secret is sent there. */
	readonly transportOverride?: (secret: string) => TransportOverride | undefined;
	/** ms since 1970, to compare with dates in response headers. Default: the machine's clock. */
	readonly now?: () => number;
	/** For answers that come whole, whose head may take longer than `fetch` waits for it. Default: `fetch`. */
	readonly patientFetch?: GeminiOptions['fetch'] | undefined;
}

/** Who makes a call: a key, or a secret that need not be a key yet. */
export type Caller = { readonly key: KeyId } | { readonly secret: string };

/** Another service for some secrets, such as the simulator for its own keys. */
export interface TransportOverride {
	readonly baseUrl: string;
	readonly fetch: Send;
	/** Absent: `fetch`. */
	readonly patientFetch?: Send;
	/** Another Keypool stands there: what anybody else says of a key in its place is no verdict on its token. */
	readonly isGateway?: true;
}

/**
 * The Gemini service. Every call throws only `Failure`, with every text masked, or the reason of the caller's signal once that
 * is aborted.
 */
export interface Gemini {
	/** One streamed call. If the service's stream ends without a finish reason, so does this one: the caller decides what that means. */
	open(prompt: Prompt): OpenStream<Piece>;
	/** One call that the caller has written itself, in a dialect of the service: it goes out and comes back as it is. */
	readonly forward: (request: ForwardRequest) => OpenStream<Forwarded>;
	/** The prompt's size before it is sent. */
	cost(prompt: Prompt): RequestSize;
	/** Resolves if the service knows the key. Uses no quota; does not prove that the key may call a model. */
	check(secret: string, signal: AbortSignal): Promise<void>;
	/** The models that can answer prompts, at most 1,000. */
	models(secret: string, signal: AbortSignal): Promise<readonly ModelInfo[]>;
}

/** The service, loaded with the SDK on its first call. */
export function geminiOf(read: () => Promise<Gemini>): Gemini {
	const service = lazily(read);
	return {
		open: (prompt) => async (on, signal) => (await service()).open(prompt)(on, signal),
		forward: (request) => async (on, signal) => (await service()).forward(request)(on, signal),
		cost: sizeOf,
		check: async (secret, signal) => (await service()).check(secret, signal),
		models: async (secret, signal) => (await service()).models(secret, signal),
	};
}
