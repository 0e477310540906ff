import type { KeyId, ProjectId } from './key';
import type { ServiceTier } from './pricing';

/** What the pool needs to know about a prompt. The payload stays with the caller. */
export interface PoolRequest {
	/** Unique; links log lines, request records and leases. */
	readonly id: string;
	/** The surface it came from, such as `chat`, `palette` or `batch`. */
	readonly origin: string;
	/** The wanted model, then those that may answer instead. */
	readonly models: readonly [wanted: string, ...fallbacks: string[]];
	readonly priority: 'chat' | 'batch';
	/** A person said of its client that it works in batches: an expensive hour does not stop it. */
	readonly isOfBatchClient?: boolean;
	readonly size: RequestSize;
	readonly needs: Needs;
	/** How the consumer handles a stream that breaks after output was shown. */
	readonly recovery: 'retract' | 'continue' | 'fail';
	/** The service tier that is asked for; absent: standard. */
	readonly serviceTier?: ServiceTier;
	/** The maximum total wait for quota, in ms. */
	readonly maxWaitMs: number;
	/** ms after which nobody waits for the answer any more; absent: the caller waits until it has ended. */
	readonly timeoutMs?: number;
	/** The conversation that it belongs to; absent: it stands alone. */
	readonly session?: Session;
	/** Whether the caller can send it again with other thought signatures, where the service refuses those in it. */
	readonly canReplaceSignatures?: boolean;
	/** Silence that counts as a broken stream, in ms. */
	readonly idle: { readonly firstMs: number; readonly betweenMs: number };
	/** Whether the model may call a tool, draw or speak: nothing comes until the arguments, the picture or the sound are whole. */
	readonly mayPause?: boolean;
}

/** Requests that belong together: cached input and thought signatures are worth most on the key that made them. */
export interface Session {
	/** Unique among the sessions of this pool. */
	readonly id: string;
	/** Whether the request goes on where the model stopped to call a tool, or names a cache or a file: staying matters most. */
	readonly isInTurn: boolean;
}

export interface RequestSize {
	/** UTF-8 bytes of all text sent. The pool converts them to tokens with the ratio that it learns for each model. */
	readonly bytes: number;
	/** Tokens known beforehand, such as the fixed price of images. */
	readonly tokens: number;
	/** The most tokens that an answer may have, thoughts among them; absent: as many as the model can. */
	readonly maxOutput?: number;
	/** Answers that are asked for; absent: one. */
	readonly answers?: number;
	/** Requests that the service counts it as: each text of a batch of embeddings is one (docs/FACTS.md 6). Absent: one. */
	readonly requests?: number;
}

export interface Needs {
	/** Only keys of paid projects, whatever the options say later: people may read unpaid prompts. */
	readonly paid?: boolean;
	/** Only keys of free projects: it may cost nothing. */
	readonly free?: boolean;
	/** Uploaded files and cached content belong to one project. */
	readonly project?: ProjectId;
}

export interface Target {
	readonly key: KeyId;
	readonly model: string;
}

/** Tokens of one answer as the service counted them. */
export interface Usage {
	readonly input: number;
	/** Of the input. */
	readonly cached: number;
	readonly output: number;
	/** Beside the output. */
	readonly thoughts: number;
	/** Of the input: what the service's own tools have read, and nobody has sent; absent: nothing. */
	readonly toolUse?: number;
	/** Sound in the input; absent: not told. */
	readonly inputAudio?: number;
	/** Of that, what was cached; absent: not told. */
	readonly cachedAudio?: number;
	/** Pictures and sound in the output; absent: not told. */
	readonly outputMedia?: number;
}

export interface Chunk<C> {
	readonly output?: C;
	/** The output comes before the answer, as thoughts do: another attempt may follow it, even for a consumer that bears no break. */
	readonly isPreliminary?: true;
	/** The finish reason. A stream is complete only when one came. */
	readonly finishReason?: string;
	readonly usage?: Usage;
	/** The model that answered, where the service told. */
	readonly servedModel?: string;
	/** The service tier that really answered, where the service told. */
	readonly serviceTier?: ServiceTier;
}

/** What a call brought beside output. */
export type Received = Pick<Chunk<unknown>, 'usage' | 'servedModel' | 'serviceTier'>;

/**
 * Opens one call on one key; the pool never sees payload, secret or SDK. It throws only `Failure`, and honours the signal.
 * `written` is the output shown so far, for a consumer that continues broken answers. `replaceSignatures`: the service has
 * refused a thought signature in the request; only for one that can replace them.
 */
export type OpenStream<C> = (
	on: Target & { readonly written: readonly C[]; readonly replaceSignatures?: boolean },
	signal: AbortSignal,
) => AsyncIterable<Chunk<C>> | Promise<AsyncIterable<Chunk<C>>>;
