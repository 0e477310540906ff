import type { Off } from '../types/clock';
import { Columns } from './columns';
import type { BucketId, Key, KeyId, Project } from '../types/key';
import { initialKeyRecord } from '../health/initialRecords';
import type { DocRef, KeyRecord, StateStore, EpochMs } from '../types/stateStore';
import { ownLimits } from '../quota/limits';
import { resolveAlias } from '../types/modelAlias';
import type { KeySet } from '../types/keySet';
import { Candidate } from './candidate';

/** More models at the same time are not kept ready. */
const mostModels = 32;

/** Which slots a model has, kept in step with the ledger, so that choosing among 10,000 keys stays a scan. */
export class Candidates {
	private readonly byModel = new Map<string, ModelCandidates>();
	/** What each alias stood for when it was last heard of. */
	private readonly aliases = new Map<string, string>();
	private readonly off: Off;

	constructor(
		private readonly ledger: StateStore,
		private roster: KeySet,
	) {
		for (const [model, { resolvesTo }] of ledger.replica().model) {
			if (resolvesTo) this.aliases.set(model, resolvesTo.model);
		}
		this.off = ledger.onDidChange((refs) => this.refresh(refs));
	}

	setRoster(roster: KeySet): void {
		this.roster = roster;
		this.byModel.clear();
	}

	/** Those of a model, by any of its names. */
	of(model: string): ModelCandidates {
		const known = this.byModel.get(model);
		if (known) return known;
		if (this.byModel.size >= mostModels) this.byModel.clear();
		const made = new ModelCandidates(this.ledger, this.roster, model);
		this.byModel.set(model, made);
		return made;
	}

	dispose(): void {
		this.off();
	}

	private refresh(refs: readonly DocRef[]): void {
		for (const ref of refs) {
			if (ref.kind === 'model') this.renameIfResolved(ref.id);
			for (const candidates of this.byModel.values()) {
				if (ref.kind === 'key') candidates.refreshKey(ref.id);
				if (ref.kind === 'bucket') candidates.refreshBucket(ref.id);
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
export class ModelCandidates {
	readonly resolved: string;
	readonly columns: Columns;
	/** In key order. */
	readonly all: readonly Candidate[];
	private readonly byKey = new Map<KeyId, Candidate>();
	/** Lists of places that no choice uses now: as many as there have been choices at a time. */
	private readonly spare: Int32Array[] = [];
	/** By the buckets that a slot reads: its own, and the one that counts the cap of its project. */
	private readonly byBucket = new Map<BucketId, Candidate[]>();

	constructor(
		private readonly ledger: StateStore,
		roster: KeySet,
		model: string,
	) {
		this.resolved = resolveAlias(ledger, model);
		this.columns = new Columns(roster.keys.length);
		this.all = roster.keys.map((key, index) => this.make(index, key, roster.project(key.project)));
	}

	get size(): number {
		return this.all.length;
	}

	slotOf(id: KeyId): Candidate | undefined {
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
	bringUpToDate(now: EpochMs): void {
		const { changesAt } = this.columns;
		for (let place = 0; place < changesAt.length; place++) {
			if ((changesAt[place] ?? 0) <= now) this.all[place]?.outlook(this.ledger.replica(), now);
		}
	}

	/** The places of these keys, and of every key that draws on these buckets, in order; some may come twice. */
	placesOf(keys: ReadonlySet<KeyId>, ...buckets: readonly ReadonlySet<BucketId>[]): readonly number[] {
		const places: number[] = [];
		for (const id of keys) {
			const candidate = this.byKey.get(id);
			if (candidate) places.push(candidate.index);
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

	private make(index: number, key: Key, project: Project): Candidate {
		const own = ownLimits(project, this.resolved, (name) => resolveAlias(this.ledger, name));
		const candidate = new Candidate(index, key, project, this.resolved, own, this.recordOf(key.id), this.columns);
		this.byKey.set(key.id, candidate);
		for (const id of candidate.cap ? [candidate.bucketId, candidate.cap.id] : [candidate.bucketId]) {
			const sharing = this.byBucket.get(id);
			if (sharing) sharing.push(candidate);
			else this.byBucket.set(id, [candidate]);
		}
		return candidate;
	}

	private recordOf(id: KeyId): KeyRecord {
		return this.ledger.replica().key.get(id) ?? initialKeyRecord;
	}
}
