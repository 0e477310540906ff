import type { Dispose } from '../types/clock';
import type { KeyId } from '../types/key';
import type { KeySet } from '../types/keySet';
import { resolveAlias } from '../health/modelRecord';
import type { EpochMs, StateStore } from '../types/stateStore';
import { userLimitsOf } from '../quota/limits';
import { Candidate } from './candidate';

/** Models whose candidates are cached. */
const maxModels = 32;

/** The candidates for each model that is asked for: all keys, in key order. */
export class Candidates {
	private readonly byModel = new Map<string, readonly Candidate[]>();
	/** What each alias last resolved to. */
	private readonly aliases = new Map<string, string>();
	private readonly off: Dispose;

	constructor(
		private readonly store: StateStore,
		private keySet: KeySet,
	) {
		for (const [model, { resolvesTo }] of store.replica().model) {
			if (resolvesTo) this.aliases.set(model, resolvesTo.model);
		}
		this.off = store.onDidChange((refs) => {
			for (const ref of refs) if (ref.kind === 'model') this.updateAlias(ref.id);
		});
	}

	setKeySet(keySet: KeySet): void {
		this.keySet = keySet;
		this.byModel.clear();
	}

	/** The candidates for a model, by any of its names, as of `now`. */
	of(model: string, now: EpochMs): readonly Candidate[] {
		const candidates = this.byModel.get(model) ?? this.create(model);
		const docs = this.store.replica();
		for (const candidate of candidates) candidate.update(docs, now);
		return candidates;
	}

	/** A key's candidate; its record and status may be out of date. */
	find(model: string, key: KeyId): Candidate | undefined {
		return (this.byModel.get(model) ?? this.create(model)).find((candidate) => candidate.key.id === key);
	}

	dispose(): void {
		this.off();
	}

	private create(model: string): readonly Candidate[] {
		const resolved = resolveAlias(this.store, model);
		const candidates = this.keySet.keys.map((key, index) => {
			const project = this.keySet.project(key.project);
			const userLimits = userLimitsOf(project, resolved, (name) => resolveAlias(this.store, name));
			return new Candidate(index, key, project, resolved, userLimits);
		});
		if (this.byModel.size >= maxModels) this.byModel.clear();
		this.byModel.set(model, candidates);
		return candidates;
	}

	/** An alias that resolves differently changes the buckets and limits of every name that leads to either model. */
	private updateAlias(model: string): void {
		const to = this.store.replica().model.get(model)?.resolvesTo?.model;
		if (to === this.aliases.get(model)) return;
		if (to === undefined) this.aliases.delete(model);
		else this.aliases.set(model, to);
		this.byModel.clear();
	}
}
