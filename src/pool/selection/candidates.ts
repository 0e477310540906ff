import type { Off } from '../types/clock';
import { Columns } from './columns';
import type { BucketId, Key, KeyId, Project } from '../types/key';
import { freshKeyRecord } from '../health/initialRecords';
import type { DocRef, KeyRecord, Ledger, Wall } from '../types/stateStore';
import { ownLimits } from '../quota/limits';
import { resolve } from '../types/modelAlias';
import type { Roster } from '../types/keySet';
import { Slot } from './candidate';

/** More models at the same time are not kept ready. */
const mostModels = 32;

/** Which slots a model has, kept in step with the ledger, so that choosing among 10,000 keys stays a scan. */
export class Slots {
	private readonly byModel = new Map<string, ModelSlots>();
	/** What each alias stood for when it was last heard of. */
	private readonly aliases = new Map<string, string>();
	private readonly off: Off;

	constructor(
		private readonly ledger: Ledger,
		private roster: Roster,
	) {
		for (const [model, { resolvesTo }] of ledger.replica().model) {
			if (resolvesTo) this.aliases.set(model, resolvesTo.model);
		}
		this.off = ledger.onDidChange((refs) => this.refresh(refs));
	}

	setRoster(roster: Roster): void {
		this.roster = roster;
		this.byModel.clear();
	}

	/** Those of a model, by any of its names. */
	of(model: string): ModelSlots {
		const known = this.byModel.get(model);
		if (known) return known;
		if (this.byModel.size >= mostModels) this.byModel.clear();
		const made = new ModelSlots(this.ledger, this.roster, model);
		this.byModel.set(model, made);
		return made;
	}

	dispose(): void {
		this.off();
	}

	private refresh(refs: readonly DocRef[]): void {
		for (const ref of refs) {
			if (ref.kind === 'model') this.renameIfResolved(ref.id);
			for (const slots of this.byModel.values()) {
				if (ref.kind === 'key') slots.refreshKey(ref.id);
				if (ref.kind === 'bucket') slots.refreshBucket(ref.id);
			}
		}
	}

	/** An alias that stands for something else changes the slots of every name that leads to either. */
	private renameIfResolved(model: string): void {
		const to = this.ledger.replica().model.get(model)?.resolvesTo?.model;
		if (to === this.aliases.get(model)) return;
		if (to === undefined) this.aliases.delete(model);
		else this.aliases.set(model, to);
		this.byModel.clear();
	}
}

/** All keys' slots for one model. */
export class ModelSlots {
	readonly resolved: string;
	readonly columns: Columns;
	/** In key order. */
	readonly all: readonly Slot[];
	private readonly byKey = new Map<KeyId, Slot>();
	/** Lists of places that no choice uses now: as many as there have been choices at a time. */
	private readonly spare: Int32Array[] = [];
	/** By the buckets that a slot reads: its own, and the one that counts the cap of its project. */
	private readonly byBucket = new Map<BucketId, Slot[]>();

	constructor(
		private readonly ledger: Ledger,
		roster: Roster,
		model: string,
	) {
		this.resolved = resolve(ledger, model);
		this.columns = new Columns(roster.keys.length);
		this.all = roster.keys.map((key, index) => this.make(index, key, roster.project(key.project)));
	}

	get size(): number {
		return this.all.length;
	}

	slotOf(id: KeyId): Slot | undefined {
		return this.byKey.get(id);
	}

	/** Room for every place twice, until `giveBack`. */
	borrow(): Int32Array {
		return this.spare.pop() ?? new Int32Array(2 * this.size);
	}

	giveBack(places: Int32Array): void {
		this.spare.push(places);
	}

	/** Reads anew, into the columns, what has changed or ends by `now`. */
	bringUpToDate(now: Wall): void {
		const { changesAt } = this.columns;
		for (let place = 0; place < changesAt.length; place++) {
			if ((changesAt[place] ?? 0) <= now) this.all[place]?.outlook(this.ledger.replica(), now);
		}
	}

	/** The places of these keys, and of every key that draws on these buckets, in order; some may come twice. */
	placesOf(keys: ReadonlySet<KeyId>, ...buckets: readonly ReadonlySet<BucketId>[]): readonly number[] {
		const places: number[] = [];
		for (const id of keys) {
			const slot = this.byKey.get(id);
			if (slot) places.push(slot.index);
		}
		for (const ids of buckets) {
			if (ids.size === 0) continue;
			for (const id of ids) for (const { index } of this.byBucket.get(id) ?? []) places.push(index);
		}
		return places.length > 1 ? places.sort((a, b) => a - b) : places;
	}

	refreshKey(id: KeyId): void {
		this.byKey.get(id)?.setRecord(this.recordOf(id));
	}

	refreshBucket(id: BucketId): void {
		for (const { index } of this.byBucket.get(id) ?? []) this.columns.expire(index);
	}

	private make(index: number, key: Key, project: Project): Slot {
		const own = ownLimits(project, this.resolved, (name) => resolve(this.ledger, name));
		const slot = new Slot(index, key, project, this.resolved, own, this.recordOf(key.id), this.columns);
		this.byKey.set(key.id, slot);
		for (const id of slot.cap ? [slot.bucketId, slot.cap.id] : [slot.bucketId]) {
			const sharing = this.byBucket.get(id);
			if (sharing) sharing.push(slot);
			else this.byBucket.set(id, [slot]);
		}
		return slot;
	}

	private recordOf(id: KeyId): KeyRecord {
		return this.ledger.replica().key.get(id) ?? freshKeyRecord;
	}
}
