import type { AskBrief, Brief } from '../server/contract';

/** A client that is held to a scenario; made once for all its asks. */
export interface Client {
	/** The text of the whole answer, or a throw. `n`: which ask it is, from 0. */
	ask(ask: AskBrief, n: number, signal: AbortSignal): Promise<Answer>;
	/** Real ms that it takes to begin with an ask, where it is a program of its own. */
	readonly startMs?: number;
	close?(): Promise<void>;
}

export interface Answer {
	readonly text: string;
	/** Absent: `answered`; else why not, in the words of the scenarios. */
	readonly end?: string;
}

export interface Place {
	/** Without a slash at the end. */
	readonly baseUrl: string;
	readonly brief: Brief;
}
