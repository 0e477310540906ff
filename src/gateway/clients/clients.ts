import { usageOf, type Attempt, type ClientCounts } from '../../pool/pool';
import { originOf, type ClientRecord, type ClientUsage } from './clientRecord';

/** A client's place among the requests under way; released once, whatever becomes of the request. */
export interface ClientPlace {
	/** Aborts when the client leaves, or the gateway is closed. */
	readonly signal: AbortSignal;
	/** Whether so many bytes more of its body may be kept until the place is released. */
	hold(bytes: number): boolean;
	release(): void;
}

/** One request under way: what ends it, and the bytes of its body. */
interface RequestUnderWay {
	readonly controller: AbortController;
	bytes: number;
}

/** Why the gateway itself has ended a request. */
export class PlaceTakenBack extends Error {
	constructor(readonly why: 'unknownToken' | 'stopping') {
		super(why);
	}
}

/** Requests of all clients at the same time. */
const maxUnderWay = 256;
/** Bytes of all their bodies. One client keeps at most as many as are left after it, so that others find room. */
const maxBytes = 256 * 1024 * 1024;

/** The requests that clients have under way, and what they have used. */
export class Clients {
	private readonly places = new Map<string, Set<RequestUnderWay>>();
	private isStopping = false;
	private readonly idle = new Set<() => void>();
	/** Counts that are not stored yet. */
	private readonly writing = new Set<Promise<void>>();

	constructor(private readonly counts: ClientCounts) {}

	get underWay(): number {
		return [...this.places.values()].reduce((sum, { size }) => sum + size, 0);
	}

	/** Of bodies that are kept. */
	private get bytes(): number {
		return [...this.places.values()].reduce((sum, own) => sum + bytesOf(own), 0);
	}

	/** A place for one request, or why there is none. @param left the client's own signal */
	take({ id, rules }: ClientRecord, left: AbortSignal): ClientPlace | 'stopping' | 'tooManyAtOnce' | 'full' {
		if (this.isStopping) return 'stopping';
		const own = this.places.get(id) ?? new Set<RequestUnderWay>();
		if (own.size >= rules.parallel) return 'tooManyAtOnce';
		if (this.underWay >= maxUnderWay) return 'full';
		const place = { controller: new AbortController(), bytes: 0 };
		this.places.set(id, own.add(place));
		const follow = (): void => place.controller.abort(left.reason);
		if (left.aborted) follow();
		left.addEventListener('abort', follow, { once: true });
		return {
			signal: place.controller.signal,
			hold: (bytes) => {
				if (bytesOf(own) + this.bytes + 2 * bytes > maxBytes) return false;
				place.bytes += bytes;
				return true;
			},
			release: () => {
				left.removeEventListener('abort', follow);
				own.delete(place);
				if (own.size === 0 && this.places.get(id) === own) this.places.delete(id);
				if (this.underWay === 0) for (const done of this.idle) done();
			},
		};
	}

	/**
	 * Counts a request where the client may make so many a day; resolves to when the day ends, where it has made them. Others
	 * are counted at their end, so that nothing waits for it.
	 */
	async admit({ id, rules }: ClientRecord): Promise<number | undefined> {
		return rules.requestsPerDay === undefined ? undefined : this.counts.admit(countId(id), rules.requestsPerDay);
	}

	/** A request has ended, with what it used as far as is known. One of which nothing was sent counts as none of the day. */
	async used({ id, rules }: ClientRecord, attempts: readonly Attempt[]): Promise<void> {
		const counted = rules.requestsPerDay === undefined ? 0 : 1;
		const sent = attempts.some(({ unsent }) => !unsent) ? 1 : 0;
		const written = this.counts.used(countId(id), { requests: sent - counted, ...usageOf(attempts) });
		this.writing.add(written);
		try {
			await written;
		} finally {
			this.writing.delete(written);
		}
	}

	/** What other replicas know of them is known here from then on. */
	learn(clients: readonly ClientRecord[]): Promise<void> {
		return this.counts.learn(clients.map(({ id, name }) => ({ id: countId(id), client: originOf(name) })));
	}

	usageOf(id: string): ClientUsage {
		const { lastUsedAt, ...today } = this.counts.of(countId(id));
		return { lastUsedAt, underWay: this.places.get(id)?.size ?? 0, today };
	}

	/** No place any more; resolves when every place was given back, and what was used is counted. */
	async drain(): Promise<void> {
		this.isStopping = true;
		await new Promise<void>((resolve) => {
			if (this.underWay === 0) return resolve();
			this.idle.add(resolve);
		});
		await Promise.allSettled(this.writing);
	}

	/** What others than these have under way ends: their tokens are good no more, nor do their rules hold. */
	keep(ids: ReadonlySet<string>): void {
		this.takeBack('unknownToken', ids);
	}

	close(): void {
		this.isStopping = true;
		this.takeBack('stopping');
	}

	private takeBack(why: PlaceTakenBack['why'], kept: ReadonlySet<string> = new Set()): void {
		for (const [id, own] of this.places) {
			if (!kept.has(id)) for (const { controller } of own) controller.abort(new PlaceTakenBack(why));
		}
	}
}

const bytesOf = (places: ReadonlySet<RequestUnderWay>): number =>
	[...places].reduce((sum, { bytes }) => sum + bytes, 0);
const countId = (client: string): string => `gateway:${client}`;
