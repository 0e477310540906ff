import type { Off } from './clock';
import { bucketId, type BucketId, type Key, type KeyId, type Limits, type Project } from './key';
import { freshKeyRecord } from './keyRecord';
import type { DocRef, KeyRecord, Ledger, Wall } from './ledger';
import { clear, outlook, type Outlook } from './quota/outlook';
import { capOf, type Cap } from './quota/cap';
import type { Roster } from './roster';
import type { Candidate } from './strategies/strategy';

/** A candidate for one model that keeps what ranking needs, computed anew only when its documents or the time ask for it. */
export interface Slot extends Candidate {
	readonly own: Limits | undefined;
	readonly cap: Cap | undefined;
	record: KeyRecord;
	headroom: number;
	inFlight: number;
	outlook: Outlook;
}

/** More models at the same time are not kept ready. */
const mostModels = 32;

/** Which slots a model has, kept in step with the ledger, so that choosing among 10,000 keys stays a scan. */
export class Slots {
	private readonly byModel = new Map<string, ModelSlots>();
	private readonly off: Off;

	constructor(
		private readonly ledger: Ledger,
		private roster: Roster,
	) {
		this.off = ledger.onDidChange((refs) => this.refresh(refs));
	}

	setRoster(roster: Roster): void {
		this.roster = roster;
		this.byModel.clear();
	}

	/** All keys' slots for a model (by any of its names), in key order. */
	of(model: string): readonly Slot[] {
		const known = this.byModel.get(model);
		if (known) return known.slots;
		if (this.byModel.size >= mostModels) this.byModel.clear();
		const made = new ModelSlots(this.ledger, this.roster, model);
		this.byModel.set(model, made);
		return made.slots;
	}

	/** The slot of one key. */
	slot(model: string, key: KeyId): Slot | undefined {
		this.of(model);
		return this.byModel.get(model)?.key(key);
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

	private renameIfResolved(model: string): void {
		if (this.byModel.get(model)?.resolved !== resolve(this.ledger, model)) this.byModel.delete(model);
	}
}

/** What an alias stands for, as far as it was learnt. */
export function resolve(ledger: Ledger, model: string): string {
	return ledger.replica().model.get(model)?.resolvesTo?.model ?? model;
}

/** The user's own limits for a model, by whichever of its names they were set. */
export function ownLimits({ limits }: Project, model: string, resolved: string): Limits | undefined {
	return limits?.[model] ?? limits?.[resolved];
}

/** Brings a slot up to `now`. Cheap while nothing changed. */
export function upToDate(ledger: Ledger, slot: Slot, now: Wall): Outlook {
	if (slot.outlook.changesAt <= now) {
		const bucket = ledger.replica().bucket.get(slot.bucketId);
		slot.outlook = bucket ? outlook(bucket, slot.own, now) : clear;
		slot.headroom = slot.outlook.headroom;
		slot.inFlight = slot.outlook.inFlight;
	}
	return slot.outlook;
}

const outdated: Outlook = { ...clear, changesAt: 0 };

class ModelSlots {
	readonly resolved: string;
	readonly slots: readonly Slot[];
	private readonly byKey = new Map<KeyId, Slot>();
	private readonly byBucket = new Map<BucketId, Slot[]>();

	constructor(
		private readonly ledger: Ledger,
		roster: Roster,
		model: string,
	) {
		this.resolved = resolve(ledger, model);
		this.slots = roster.keys.map((key, index) => this.make(index, key, roster.project(key.project), model));
	}

	key(id: KeyId): Slot | undefined {
		return this.byKey.get(id);
	}

	refreshKey(id: KeyId): void {
		const slot = this.byKey.get(id);
		if (slot) slot.record = this.ledger.replica().key.get(id) ?? freshKeyRecord;
	}

	refreshBucket(id: BucketId): void {
		for (const slot of this.byBucket.get(id) ?? []) slot.outlook = outdated;
	}

	private make(index: number, key: Key, project: Project, model: string): Slot {
		const slot: Slot = {
			index,
			key,
			project,
			bucketId: bucketId(project.id, this.resolved),
			own: ownLimits(project, model, this.resolved),
			cap: capOf(project),
			record: this.ledger.replica().key.get(key.id) ?? freshKeyRecord,
			headroom: 1,
			inFlight: 0,
			outlook: outdated,
		};
		this.byKey.set(key.id, slot);
		const sharing = this.byBucket.get(slot.bucketId);
		if (sharing) sharing.push(slot);
		else this.byBucket.set(slot.bucketId, [slot]);
		return slot;
	}
}
