/** One call, as the service saw it. Holds no secret. */
export interface Entry {
	/** Running number of the call, from 1. */
	readonly n: number;
	/** ms since 1970. */
	readonly at: number;
	/** Index into the options' keys; absent for a key that the service does not know. */
	readonly key?: number;
	/** Last four characters of the key; empty when none came, or one too short to tell a part of. */
	readonly tail: string;
	readonly project?: string;
	/** Resolved; as written where it names no model; absent for calls without one. */
	readonly model?: string;
	/** `generateContent`, `streamGenerateContent`, `countTokens`, `list`, `get`, or empty for what is none of them. */
	readonly method: string;
	/** `rejected:` is followed by a body's name, a fault's kind, or the limits that were exhausted (`rpd+rpm`). */
	readonly outcome: 'open' | 'answered' | `rejected:${string}`;
	/** How a body that had begun with 200 came out: `broken` by a fault, `aborted` by the caller. */
	readonly end: 'none' | 'open' | 'complete' | 'broken' | 'aborted';
	/** HTTP status; 0 when no headers were sent. */
	readonly status: number;
	/** First 500 characters of the last text of the user. */
	readonly question?: string;
	/** What only this answer contains. */
	readonly nonce?: string;
	/** 0 when nothing was counted against a quota. */
	readonly inputTokens: number;
}

/** Sums since the service was made; the log forgets old entries, these do not. */
export interface Counts {
	readonly calls: number;
	readonly answered: number;
	readonly rejected: number;
	readonly inputTokens: number;
	/** Calls of the two generating methods by outcome. */
	readonly generation: ReadonlyMap<string, number>;
}

const BOUND = 10_000;

/** The last 10,000 calls. */
export class Log {
	readonly entries: Entry[] = [];
	private calls = 0;
	private answered = 0;
	private rejected = 0;
	private inputTokens = 0;
	private readonly generation = new Map<string, number>();

	get counts(): Counts {
		const { calls, answered, rejected, inputTokens } = this;
		return { calls, answered, rejected, inputTokens, generation: new Map(this.generation) };
	}

	open(at: number, facts: Pick<Entry, 'key' | 'tail' | 'project' | 'model' | 'method'>): Call {
		const entry: Entry = {
			...facts,
			n: ++this.calls,
			at,
			outcome: 'open',
			end: 'none',
			status: 0,
			inputTokens: 0,
		};
		this.entries.push(entry);
		// In blocks, so that a long run does not move the whole list at every call.
		if (this.entries.length > BOUND) {
			this.entries.splice(0, BOUND / 10);
		}
		return new Call(entry, (outcome) => this.count(entry, outcome));
	}

	private count(entry: Entry, outcome: string): void {
		if (outcome === 'answered') {
			this.answered++;
			this.inputTokens += entry.inputTokens;
		} else {
			this.rejected++;
		}
		if (entry.method.endsWith('enerateContent')) {
			this.generation.set(outcome, (this.generation.get(outcome) ?? 0) + 1);
		}
	}
}

type Mutable<T> = { -readonly [P in keyof T]: T[P] };

/** Writes what becomes of one call into its entry. */
export class Call {
	constructor(
		readonly entry: Mutable<Entry>,
		private readonly count: (outcome: string) => void,
	) {}

	asked(question: string): void {
		this.entry.question = question;
	}

	answered(inputTokens: number, nonce?: string): void {
		this.entry.outcome = 'answered';
		this.entry.status = 200;
		this.entry.inputTokens = inputTokens;
		if (nonce !== undefined) {
			this.entry.nonce = nonce;
		}
		this.count('answered');
	}

	/** Once refused, a call stays so: giving up on it changes nothing. */
	rejected(why: string, status: number): void {
		if (this.entry.outcome !== 'open') {
			return;
		}
		this.entry.outcome = `rejected:${why}`;
		this.entry.status = status;
		this.count(this.entry.outcome);
	}

	began(): void {
		this.entry.end = 'open';
	}

	ended(end: 'complete' | 'broken' | 'aborted'): void {
		if (this.entry.end === 'open') {
			this.entry.end = end;
		}
	}
}
