import { isObject } from '../../common/json';
import { laterName } from './laterName';

/** A batch that goes on by itself. */
export interface LaterBatch {
	/** The address of its file. */
	readonly source: string;
	/** Of the text that the person agreed to. */
	readonly digest: string;
	/** ms since 1970. */
	readonly at: number;
}

/** The part of VS Code's Memento that is needed. */
export interface LaterMemory {
	get(name: string): unknown;
	update(name: string, value: unknown): PromiseLike<void>;
}

/** Batches that are kept; the oldest go first. */
const maxLater = 20;

/** Batches that go on later, kept with the workspace, so that a reload forgets none. */
export class LaterBatches {
	constructor(private readonly memory: LaterMemory) {}

	get all(): readonly LaterBatch[] {
		const kept = this.memory.get(laterName);
		return Array.isArray(kept) ? kept.filter(isLater).slice(-maxLater) : [];
	}

	async add(batch: LaterBatch): Promise<void> {
		await this.memory.update(laterName, [...this.othersThan(batch.source), batch]);
	}

	async remove(source: string): Promise<void> {
		const others = this.othersThan(source);
		if (others.length < this.all.length) await this.memory.update(laterName, others.length > 0 ? others : undefined);
	}

	private othersThan(source: string): readonly LaterBatch[] {
		return this.all.filter((one) => one.source !== source);
	}
}

function isLater(value: unknown): value is LaterBatch {
	if (!isObject(value)) return false;
	const { source, digest, at } = value;
	return typeof source === 'string' && typeof digest === 'string' && typeof at === 'number';
}
