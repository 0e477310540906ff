import type { Dispose } from '../types/clock';
import { Columns } from './columns';
import type { BucketId, Key, KeyId, Project } from '../types/key';
import { initialKeyRecord } from '../health/initialRecords';
import type { DocRef, KeyRecord, StateStore, EpochMs } from '../types/stateStore';
import { userLimitsOf } from '../quota/limits';
import { resolveAlias } from '../types/modelAlias';
import type { KeySet } from '../types/keySet';
import { Candidate } from './candidate';

/** More models at the same time are not kept ready. */
const maxModels = 32;

/** Which slots a model has, kept in step with the ledger, so that choosing among 10,000 keys stays a scan. */
export class Candidates {
	private readonly byModel = new Map<string, ModelCandidates>();
	/** What each alias stood for when it was last heard of. */
	private readonly aliases = new Map<string, string>();
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		private keySet: KeySet,
	) {
		for (const [model, { resolvesTo }] of store.replica().model) {
			if (resolvesTo) this.aliases.set(model, resolvesTo.model);
		}
		this.off = store.onDidChange((refs) => this.refresh(refs));
	}

	setKeySet(keySet: KeySet): void {
		this.keySet = keySet;
		this.byModel.clear();
	}

	/** Those of a model, by any of its names. */
	of(model: string): ModelCandidates {
		const known = this.byModel.get(model);
		if (known) return known;
		if (this.byModel.size >= maxModels) this.byModel.clear();
		const made = new ModelCandidates(this.store, this.keySet, model);
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
		const to = this.store.replica().model.get(model)?.resolvesTo?.model;
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
		private readonly store: StateStore,
		keySet: KeySet,
		model: string,
	) {
		this.resolved = resolveAlias(store, model);
		this.columns = new Columns(keySet.keys.length);
		this.all = keySet.keys.map((key, index) => this.make(index, key, keySet.project(key.project)));
	}

	get size(): number {
		return this.all.length;
	}

	candidateOf(id: KeyId): Candidate | undefined {
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
		const { changesAt: validUntil } = this.columns;
		for (let place = 0; place < validUntil.length; place++) {
			if ((validUntil[place] ?? 0) <= now) this.all[place]?.quotaStatus(this.store.replica(), now);
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
		const userLimits = userLimitsOf(project, this.resolved, (name) => resolveAlias(this.store, name));
		const candidate = new Candidate(
			index,
			key,
			project,
			this.resolved,
			userLimits,
			this.recordOf(key.id),
			this.columns,
		);
		this.byKey.set(key.id, candidate);
		for (const id of candidate.cap ? [candidate.bucketId, candidate.cap.id] : [candidate.bucketId]) {
			const sharing = this.byBucket.get(id);
			if (sharing) sharing.push(candidate);
			else this.byBucket.set(id, [candidate]);
		}
		return candidate;
	}

	private recordOf(id: KeyId): KeyRecord {
		return this.store.replica().key.get(id) ?? initialKeyRecord;
	}
}
