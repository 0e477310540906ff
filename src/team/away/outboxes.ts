import {
	copyOf,
	DocMaps,
	reconcile,
	refOf,
	settled,
	type Change,
	type Clock,
	type EpochMs,
	type OutboxCommit,
	type OutboxRecord,
	type Random,
	type Settled,
	type StateStore,
	type StoredRow,
} from '../../pool/pool';
import { changeOf } from '../../storedDocuments/rows';
import type { Hmac } from '../documents/identity';
import { writeOf } from '../documents/teamDocs';
import { TeamError, type TeamLink } from '../link/link';
import type { ServerState } from '../link/serverState';
import type { PendingCommit } from '../steps/steps';
import { contribute } from './contribute';
import { Outbox } from './outbox';
import { takeOver, type Known } from './takeover';

/** ms. A process that has begun to tell an outbox has told it by then, or has ended. */
const tellingMs = 60_000;
/** Commits that were begun to tell one and perhaps have not arrived: the last ones are kept. */
const maxBegun = 20;

interface Claim {
	readonly id: string;
	/** As it was before. */
	readonly outbox: OutboxRecord;
	/** The commit that tells it. */
	readonly commit: string;
}

export interface OutboxesParts {
	readonly machine: StateStore;
	readonly server: ServerState;
	readonly random: Random;
	readonly hmac: Hmac;
	readonly newId: () => string;
	readonly clock: Pick<Clock, 'after'>;
	/** There may be something to tell. */
	readonly onDue: () => void;
}

/**
 * The outboxes of this machine's processes, those that have ended among them. One process at a time tells them, the oldest
 * first: what one process has done is told in the order in which it was done.
 */
export class Outboxes {
	/** The same for one team. */
	private readonly team: string;
	/** This process. */
	private readonly owner: string;
	private readonly telling: Settled;

	constructor(
		private readonly parts: OutboxesParts,
		private readonly known: () => Known,
	) {
		this.telling = settled(parts.clock, tellingMs, parts.onDue);
		this.team = parts.hmac('keypool outbox');
		this.owner = parts.newId();
	}

	/** That of this process, which is alone from now on. */
	begin(pending: readonly PendingCommit[]): Outbox {
		const { machine, newId, server } = this.parts;
		return new Outbox({ machine, newId, owner: this.owner, team: this.team, store: server.store, pending });
	}

	/** Another process has left something, or is about to tell it: if it has ended, this one does, in a minute. */
	tellLater(): void {
		if (this.untold.length > 0) this.telling.soon();
	}

	dispose(): void {
		this.telling.dispose();
	}

	/** None is kept. */
	drop(): Promise<void> {
		const { machine } = this.parts;
		return machine.transact((tx) => {
			for (const [id] of this.untold) tx.drop({ kind: 'outbox', id });
		});
	}

	/** Tells the team what is in them. `busy`: another process of the machine is telling. */
	async tell(link: TeamLink): Promise<'empty' | 'told' | 'busy'> {
		for (let done: 'empty' | 'told' = 'empty'; ; done = 'told') {
			const claim = await this.claim();
			if (claim === 'busy') return 'busy';
			if (!claim) return done;
			try {
				await this.commit(link, claim);
			} catch (error) {
				// A claim that stays ends by itself, in a minute: what the server said counts.
				await this.release(link, claim).catch(() => undefined);
				throw error;
			}
			await this.parts.machine.transact((tx) => tx.drop({ kind: 'outbox', id: claim.id }));
		}
	}

	/** Oldest first. */
	private get untold(): readonly (readonly [string, OutboxRecord])[] {
		const all = [...this.parts.machine.replica().outbox];
		return all.filter(([, { team }]) => team === this.team).sort(([, a], [, b]) => a.at - b.at);
	}

	private claim(): Promise<Claim | 'busy' | undefined> {
		return this.parts.machine.transact((tx, now) => {
			const isTelling = ({ owner, sentAt = 0 }: OutboxRecord): boolean =>
				owner !== this.owner && Math.abs(now - sentAt) < tellingMs;
			if (this.untold.some(([, outbox]) => isTelling(outbox))) return 'busy';
			const [first] = this.untold;
			if (!first) return undefined;
			const [id, outbox] = first;
			const commit = this.parts.newId();
			const ofSteps = outbox.commits.filter(({ base }) => base);
			const begun = outbox.commits.filter(({ base }) => !base).slice(-maxBegun);
			const commits = [...ofSteps, ...begun, { id: commit, ours: outbox.ours }];
			tx.put({ kind: 'outbox', id, doc: { ...outbox, owner: this.owner, sentAt: now, commits } });
			return { id, outbox, commit };
		});
	}

	/** Says that this process goes on telling it. Resolves to whether it is still its own. */
	private goOn(claim: Claim): Promise<boolean> {
		return this.change(claim, (outbox, now) => ({ ...outbox, sentAt: now }));
	}

	/** Says that this process could not tell it, so that another one may at once. */
	private async release(link: TeamLink, claim: Claim): Promise<void> {
		// One connection answers in order: what has not arrived by now never will. Without an answer it may have.
		const mayCount = await link.hasCommitted(claim.commit).catch(() => true);
		await this.change(claim, ({ commits, ...outbox }) => ({
			...{ ...outbox, sentAt: 0 },
			commits: commits.filter(({ id }) => mayCount || id !== claim.commit),
		}));
	}

	/** Resolves to whether the outbox is still this process's own. */
	private change({ id }: Claim, to: (outbox: OutboxRecord, now: EpochMs) => OutboxRecord): Promise<boolean> {
		const { machine } = this.parts;
		return machine.transact((tx, now) => {
			const outbox = machine.replica().outbox.get(id);
			if (outbox?.owner !== this.owner) return false;
			tx.put({ kind: 'outbox', id, doc: to(outbox, now) });
			return true;
		});
	}

	private async commit(link: TeamLink, claim: Claim): Promise<void> {
		const { outbox, commit } = claim;
		const { random, server } = this.parts;
		await contribute(link, server, random, commit, async (page) => {
			if (!(await this.goOn(claim))) throw new TeamError('unreachable');
			const now = server.now();
			const base = mapsOf(outbox.base);
			const ours = copyOf(base);
			for (const change of changesIn(outbox.ours)) ours.apply(change);
			const told = await Promise.all(outbox.commits.map(({ id }) => link.hasCommitted(id)));
			for (const [at, one] of outbox.commits.entries()) if (told[at]) addTold(base, ours, one, outbox.at);
			const origin = page.store === outbox.store ? 'same' : 'renewed';
			return takeOver(this.known(), page, ours, base, origin, now);
		});
	}
}

/** What a commit has told is no news. Others may have gone on while a step's was under way. */
function addTold(base: DocMaps, ours: DocMaps, commit: OutboxCommit, at: EpochMs): void {
	const before = commit.base && mapsOf(commit.base);
	for (const change of changesIn(commit.ours)) {
		const ref = refOf(change);
		const known = writeOf(base, ref);
		// What it began and no step has begun again stays: others may have added to it.
		if (!known && !writeOf(ours, ref)) continue;
		const isPart = before !== undefined && known !== undefined && change.kind !== 'drop';
		base.apply(isPart ? reconcile(change, known, writeOf(before, ref), at) : change);
	}
}

function mapsOf(rows: readonly StoredRow[]): DocMaps {
	const maps = new DocMaps();
	for (const change of changesIn(rows)) maps.apply(change);
	return maps;
}

/** One that cannot be read is left out. */
function changesIn(rows: readonly StoredRow[]): readonly Change[] {
	return rows.flatMap((row) => {
		try {
			return changeOf(row) ?? [];
		} catch {
			return [];
		}
	});
}
