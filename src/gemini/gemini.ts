/** The face of the only room that knows the SDK. */
import { lazily } from '../common/lazily';
import type { Masker, StreamMasker } from '../masking/masking';
import type { RequestSize, KeyId, OpenStream } from '../pool/pool';
import type { ModelInfo } from './models';
import type { Forwarded, ForwardRequest } from './forward/forwardRequest';
import type { BaseUrlCheck } from './request/baseUrl';
import { sizeOf } from './request/requestSize';
import type { Piece, Prompt } from './request/prompt';

export * from './request/prompt';
export { googleBaseUrl } from './request/baseUrl';
export type { Dialect, Forwarded, ForwardRequest } from './forward/forwardRequest';
export type { ModelInfo } from './models';

export interface GeminiOptions {
	/** The keyring's: undefined where the key is gone. */
	readonly secretOf: (key: KeyId) => Promise<string | undefined>;
	/** Read before each call, so that a changed setting counts at once. */
	readonly baseUrl: () => string;
	readonly mask: Masker;
	/** Redacts held keys in the text of one answer, piece by piece. Absent: texts pass as they come. */
	readonly keyStream?: () => StreamMasker;
	/** Redacts held keys alone, in what is forwarded. Absent: it passes as it comes. */
	readonly maskKeys?: Masker;
	/** The host's, so that its proxy settings are honoured. */
	readonly fetch: typeof globalThis.fetch;
	/** Whether keys may go to an address that is good in itself; asked right before each call. Absent: to all. */
	readonly mayReceive?: (address: Extract<BaseUrlCheck, { ok: true }>) => boolean;
	/** Whether a key may go to the host in force; it may ask a person, and where it may not, nothing is sent. Absent: it may. */
	readonly allowed?: (by: Caller) => Promise<boolean>;
	/** Who answers instead of the service, by secret: that one reaches nobody else, and no other secret reaches it. */
	readonly transportOverride?: (secret: string) => TransportOverride | undefined;
	/** ms since 1970, for dates that a host states; absent: the machine's clock. */
	readonly now?: () => number;
}

/** Whose call it is: a key's, or a secret's that need not be one yet. */
export type Caller = { readonly key: KeyId } | { readonly secret: string };

/** Another service for some secrets, such as the simulator for its own keys. */
export interface TransportOverride {
	readonly baseUrl: string;
	readonly fetch: typeof globalThis.fetch;
}

/**
 * The Gemini service. Every call throws `Failure` alone, with nothing unmasked in it, or the reason of the caller's own
 * signal once that is aborted.
 */
export interface Gemini {
	/** One streamed call. It ends without a `finished` chunk where the service's stream did: the caller decides what that means. */
	open(prompt: Prompt): OpenStream<Piece>;
	/** One call that the caller has written itself, in a dialect of the service: it goes out and comes back as it is. */
	readonly forward: (request: ForwardRequest) => OpenStream<Forwarded>;
	/** What the prompt weighs before it is sent. */
	cost(prompt: Prompt): RequestSize;
	/** Resolves where the service knows the key. Costs no quota; does not prove that the key may call a model. */
	check(secret: string, signal: AbortSignal): Promise<void>;
	/** The models that can answer prompts, at most 1,000. */
	models(secret: string, signal: AbortSignal): Promise<readonly ModelInfo[]>;
}

/** The service, which `read` makes at its first call: it comes with the SDK. */
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
