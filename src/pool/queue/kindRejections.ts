import type { Rejection } from '../types/leaseRequest';
import type { RequestSize } from '../types/poolRequest';
import type { EpochMs } from '../types/stateStore';

type Priority = 'chat' | 'batch';

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
		if (request.size.bytes < size.bytes || request.size.tokens < size.tokens) return undefined;
		return !bearable || rejection.retryAt - now <= leftMs ? rejection : undefined;
	}
}
