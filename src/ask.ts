import type { Piece, Prompt } from './gemini/prompt';
import type { PoolStream } from './pool/pool';

/** What a surface says beside the prompt; everything else (fallbacks, waits, paid-only, cost) is decided behind `Ask`, once. */
export interface AskOptions {
	/** The surface: `chat`, `palette`, `selection`, `batch`. */
	readonly origin: string;
	/** Absent: the setting's model. */
	readonly model?: string;
	/** Absent: `chat`. */
	readonly priority?: 'chat' | 'batch';
	/** What the surface can bear when a stream breaks after text was shown; absent: `retract`. */
	readonly recovery?: 'retract' | 'continue' | 'fail';
}

/** The one door from a surface to the pool. Iterating throws `PoolError` only. */
export type Ask = (prompt: Prompt, options: AskOptions, signal: AbortSignal) => PoolStream<Piece>;
