import { turnsOf, type CandidateStats } from './strategies/strategy';
import type { Key } from '../types/key';
import type { QuotaStatus } from '../quota/quotaStatus';
import type { KeyRecord, EpochMs } from '../types/stateStore';

/**
 * What choosing reads of each key for one model, one array of numbers for each fact: among ten thousand keys a scan over
 * arrays stays in the processor's caches, and one over documents does not. The index is the key's place in the order.
 */
export class Columns implements CandidateStats {
	readonly usedShare: Float64Array;
	readonly lastUsed: Float64Array;
	readonly score: Float64Array;
	readonly probeAt: Float64Array;
	readonly weight: Float64Array;
	readonly isBackup: Uint8Array;
	/** Input tokens that one request may have, true until `changesAt`; below 0 where no request may have the key. */
	readonly room: Float64Array;
	/** When its facts have to be read anew, ms since 1970: 0 once a document has changed. */
	readonly changesAt: Float64Array;
	readonly isPaid: Uint8Array;
	private readonly shut: Uint8Array;

	constructor(size: number) {
		this.usedShare = new Float64Array(size);
		this.lastUsed = new Float64Array(size);
		this.score = new Float64Array(size);
		this.probeAt = new Float64Array(size);
		this.weight = new Float64Array(size);
		this.isBackup = new Uint8Array(size);
		this.room = new Float64Array(size);
		this.changesAt = new Float64Array(size);
		this.isPaid = new Uint8Array(size);
		this.shut = new Uint8Array(size);
	}

	/** What a person configured; it holds as long as the columns do. */
	setKey(index: number, key: Pick<Key, 'role' | 'weight'>, isPaid: boolean): void {
		this.weight[index] = turnsOf(key);
		this.isBackup[index] = key.role === 'backup' ? 1 : 0;
		this.isPaid[index] = isPaid ? 1 : 0;
	}

	/** `isShut`: no request may have the key, whatever it asks and whatever its quota says. */
	setRecord(index: number, isShut: boolean, { lastUsed, score, probe }: KeyRecord): void {
		if (isShut !== (this.shut[index] === 1)) {
			this.shut[index] = isShut ? 1 : 0;
			this.expire(index);
		}
		this.lastUsed[index] = lastUsed;
		this.score[index] = score;
		this.probeAt[index] = probe?.at ?? 0;
	}

	setOutlook(index: number, { blockedUntil, tokensLeft, validUntil, headroom }: QuotaStatus, now: EpochMs): void {
		this.room[index] = this.shut[index] === 1 || blockedUntil > now ? -Infinity : tokensLeft;
		this.changesAt[index] = validUntil;
		this.usedShare[index] = 1 - headroom;
	}

	/** Its documents have changed. */
	expire(index: number): void {
		this.changesAt[index] = 0;
	}

	isStale(index: number, now: EpochMs): boolean {
		return (this.changesAt[index] ?? 0) <= now;
	}
}
