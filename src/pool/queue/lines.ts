import type { Rejection } from '../types/leaseRequest';
import type { RequestSize } from '../types/poolRequest';
import type { EpochMs } from '../types/stateStore';
import { maxChatStreak } from './sharedQueue';

type Priority = 'chat' | 'batch';

interface Waiting {
	/** Orders arrivals; each has its own. */
	readonly order: number;
	readonly isWaiting: boolean;
	readonly request: { readonly id: string; readonly priority: Priority };
}

/** So many places of requests that have left may stay in a line, and one of eight: each look at the line passes them again. */
const minGone = 128;
const goneShare = 1 / 8;

/** The requests that wait: chat before batch, none starved. */
export class Lines<E extends Waiting> {
	private readonly chat = new Line<E>();
	private readonly batch = new Line<E>();
	private readonly byId = new Map<string, E>();
	private chatStreak = 0;

	get length(): number {
		return this.chat.length + this.batch.length;
	}

	add(entry: E): void {
		this[entry.request.priority].add(entry);
		this.byId.set(entry.request.id, entry);
	}

	find(id: string): E | undefined {
		return this.byId.get(id);
	}

	/** Call when one has ceased to wait. */
	left(entry: E): void {
		const { id, priority } = entry.request;
		this[priority].left();
		if (this.byId.get(id) === entry) this.byId.delete(id);
	}

	/** Call before a request that is served has left. */
	served({ request }: E): void {
		this.chatStreak = request.priority === 'batch' || this.batch.length === 0 ? 0 : this.chatStreak + 1;
	}

	/** In the order in which they are served, as far as that does not change meanwhile. */
	*inTurn(): Generator<E, void, undefined> {
		const chat = this.chat.entries();
		const batch = this.batch.entries();
		for (let c = 0, b = 0; c < chat.length || b < batch.length;) {
			const batchFirst = b < batch.length && (c >= chat.length || this.chatStreak >= maxChatStreak);
			const entry = batchFirst ? batch[b++] : chat[c++];
			if (entry?.isWaiting) yield entry;
		}
	}

	/** Chat requests first, each in order of arrival. */
	*inOrder(): Generator<E, void, undefined> {
		for (const line of [this.chat, this.batch]) {
			for (const entry of line.entries()) if (entry.isWaiting) yield entry;
		}
	}
}

/** Requests that wait, in order of arrival. One that leaves costs next to nothing: places are closed up many at a time. */
export class Line<E extends Pick<Waiting, 'order' | 'isWaiting'>> {
	private all: E[] = [];
	private gone = 0;

	get length(): number {
		return this.all.length - this.gone;
	}

	add(entry: E): void {
		const at = this.placeOf(entry.order);
		// A new array, so that a pass that is under way does not lose its place.
		if (at < this.all.length) this.all = this.all.toSpliced(at, 0, entry);
		else this.all.push(entry);
	}

	/** Call when one has ceased to wait. */
	left(): void {
		this.gone++;
		if (this.length > 0 && this.gone <= Math.max(minGone, this.all.length * goneShare)) return;
		this.all = this.all.filter(({ isWaiting }) => isWaiting);
		this.gone = 0;
	}

	/** Some may have left. Those that come later are at the end. */
	entries(): readonly E[] {
		return this.all;
	}

	private placeOf(order: number): number {
		let low = 0;
		for (let high = this.all.length; low < high;) {
			const middle = (low + high) >>> 1;
			if ((this.all[middle]?.order ?? Infinity) < order) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/** Requests that are treated alike, and why one of them was rejected in this pass. */
export interface Kind {
	readonly name: string;
	count: number;
	/** The pass that the rejections are of. */
	pass: number;
	ofAll: KindRejection | undefined;
	/** Behind other windows' requests: that says nothing about the other priority. */
	chat: KindRejection | undefined;
	batch: KindRejection | undefined;
}

interface KindRejection {
	readonly rejection: Rejection;
	readonly size: RequestSize;
	/** The wait was short enough for the request, so other models may not have been tried. */
	readonly bearable: boolean;
}

interface OfKind {
	readonly kind: Kind;
	readonly request: {
		readonly priority: Priority;
		readonly size: RequestSize;
		remainingWaitMs(): number;
	};
}

/** The kinds of requests that wait, and what one pass over them has found out. */
export class KindRejections {
	private readonly kinds = new Map<string, Kind>();
	private pass = 0;

	join(name: string): Kind {
		const kind = this.kinds.get(name) ?? {
			name,
			count: 0,
			pass: 0,
			ofAll: undefined,
			chat: undefined,
			batch: undefined,
		};
		this.kinds.set(name, kind);
		kind.count++;
		return kind;
	}

	leave(kind: Kind): void {
		if (--kind.count === 0) this.kinds.delete(kind.name);
	}

	move(kind: Kind, name: string): Kind {
		if (kind.name === name) return kind;
		this.leave(kind);
		return this.join(name);
	}

	/** A pass begins. */
	clear(): void {
		this.pass++;
	}

	reject({ kind, request }: OfKind, rejection: Rejection, now: EpochMs): void {
		if (kind.pass !== this.pass) {
			kind.pass = this.pass;
			kind.ofAll = kind.chat = kind.batch = undefined;
		}
		const bearable = rejection.retryAt - now <= request.remainingWaitMs();
		kind[rejection.behind ? request.priority : 'ofAll'] = { rejection, size: request.size, bearable };
	}

	/**
	 * What another request of the kind was told in this pass and this one would be, too: it is no smaller, and may wait as long.
	 *
	 * @param leftMs ms that it may still wait
	 */
	rejectionOf({ kind, request }: OfKind, leftMs: number, now: EpochMs): Rejection | undefined {
		if (kind.pass !== this.pass) return undefined;
		const known = kind.ofAll ?? kind[request.priority];
		if (!known) return undefined;
		const { rejection, size, bearable } = known;
		if (isSmaller(request.size, size)) return undefined;
		return !bearable || rejection.retryAt - now <= leftMs ? rejection : undefined;
	}
}

/** In any respect: then it may fit where the other did not, into a quota or, by what its answer can cost, into a budget. */
function isSmaller(one: RequestSize, other: RequestSize): boolean {
	if (one.bytes < other.bytes || one.tokens < other.tokens || (one.requests ?? 1) < (other.requests ?? 1)) return true;
	return (one.answers ?? 1) < (other.answers ?? 1) || (one.maxOutput ?? Infinity) < (other.maxOutput ?? Infinity);
}

/** The next ones, at most so many; what comes after them stays. */
export function* take<T>(from: Iterable<T> | Iterator<T>, count: number): Generator<T, void, undefined> {
	const rest = Symbol.iterator in from ? from[Symbol.iterator]() : from;
	for (let n = 0; n < count; n++) {
		const next = rest.next();
		if (next.done === true) return;
		yield next.value;
	}
}
