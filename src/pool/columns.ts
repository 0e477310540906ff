import type { Outlook } from './quota/outlook';
import type { KeyRecord, Wall } from './ledger';

/** Flags of the first column. */
const shut = 1;
const setAside = 2;

/**
 * What choosing reads of each key for one model, one array of numbers for each fact: among ten thousand keys a scan over
 * arrays stays in the processor's caches, and one over documents does not. The index is the key's place in the order.
 */
export class Columns {
	private readonly shut: Uint8Array;
	private readonly blockedUntil: Float64Array;
	private readonly tokensLeft: Float64Array;
	private readonly changesAt: Float64Array;
	private readonly headroom: Float64Array;
	private readonly lastUsed: Float64Array;
	private readonly score: Float64Array;

	constructor(keys: number) {
		this.shut = new Uint8Array(keys);
		this.blockedUntil = new Float64Array(keys);
		this.tokensLeft = new Float64Array(keys);
		this.changesAt = new Float64Array(keys);
		this.headroom = new Float64Array(keys).fill(1);
		this.lastUsed = new Float64Array(keys);
		this.score = new Float64Array(keys);
	}

	/** `isShut`: no request may have the key, whatever it asks. */
	setRecord(index: number, isShut: boolean, { lastUsed, score }: KeyRecord): void {
		this.shut[index] = isShut ? shut : 0;
		this.lastUsed[index] = lastUsed;
		this.score[index] = score;
	}

	setOutlook(index: number, { blockedUntil, tokensLeft, changesAt, headroom }: Outlook): void {
		this.blockedUntil[index] = blockedUntil;
		this.tokensLeft[index] = tokensLeft;
		this.changesAt[index] = changesAt;
		this.headroom[index] = headroom;
	}

	/** Its documents have changed. */
	expire(index: number): void {
		this.changesAt[index] = 0;
	}

	/** For one choice, which awaits nothing, these places count as shut too. */
	setAside(places: readonly number[], aside: boolean): void {
		for (const index of places) {
			const before = this.shut[index] ?? 0;
			this.shut[index] = aside ? before | setAside : before & ~setAside;
		}
	}

	isShut(index: number): boolean {
		return this.shut[index] !== 0;
	}

	/** Whether its facts have to be read anew. */
	isStale(index: number, now: Wall): boolean {
		return (this.changesAt[index] ?? 0) <= now;
	}

	/** Whether the quota lets a request of so many input tokens pass. */
	hasRoom(index: number, tokens: number, now: Wall): boolean {
		return (this.blockedUntil[index] ?? 0) <= now && tokens <= (this.tokensLeft[index] ?? 0);
	}

	headroomOf(index: number): number {
		return this.headroom[index] ?? 1;
	}

	lastUsedOf(index: number): Wall {
		return this.lastUsed[index] ?? 0;
	}

	scoreOf(index: number): number {
		return this.score[index] ?? 0;
	}
}
