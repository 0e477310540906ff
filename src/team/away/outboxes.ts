import {
	copyOf,
	DocMaps,
	type Change,
	type OutboxRecord,
	type OutboxRow,
	type Random,
	type StateStore,
} from '../../pool/pool';
import { changeOf } from '../../storedDocuments/rows';
import type { Hmac } from '../documents/identity';
import type { TeamLink } from '../link/link';
import type { ServerState } from '../link/serverState';
import { contribute } from './contribute';
import { Outbox } from './outbox';
import type { PendingCommit } from '../steps/steps';
import { takeOver, type Known } from './takeover';

/** ms. Whoever has begun to tell an outbox has told it by then, or has ended. */
export const tellingMs = 60_000;
/** Processes that have begun to tell one, and ended. */
const maxCommits = 20;

interface Taken {
	readonly id: string;
	/** As it was before. */
	readonly outbox: OutboxRecord;
	/** The commit that tells it: the same as often as it is tried. */
	readonly commit: string;
}

export interface OutboxesParts {
	readonly machine: StateStore;
	readonly server: ServerState;
	readonly random: Random;
	readonly hmac: Hmac;
	readonly newId: () => string;
}

/** The outboxes of this machine's processes, those that have ended among them. */
export class Outboxes {
	readonly server: ServerState;
	readonly random: Random;
	/** The same for one team. */
	private readonly team: string;
	/** Of what this process has taken. */
	private readonly owner: string;

	constructor(
		private readonly parts: OutboxesParts,
		private readonly known: () => Known,
	) {
		({ server: this.server, random: this.random } = parts);
		this.team = parts.hmac('keypool outbox');
		this.owner = parts.newId();
	}

	/** That of this process, which is alone from now on. */
	begin(pending: readonly PendingCommit[]): Outbox {
		const { machine, newId } = this.parts;
		return new Outbox(machine, { newId, team: this.team, store: this.server.store, pending });
	}

	/** None is kept. */
	drop(): Promise<void> {
		const { machine } = this.parts;
		return machine.transact((tx) => {
			for (const id of machine.replica().outbox.keys()) tx.drop({ kind: 'outbox', id });
		});
	}

	/**
	 * Tells the team what processes of this machine have done without the server. They may have ended: whoever reaches it first
	 * tells it, once. Resolves to whether there was anything.
	 */
	async tell(link: TeamLink): Promise<boolean> {
		for (let isTold = false; ; isTold = true) {
			const taken = await this.take();
			if (!taken) return isTold;
			await this.commit(link, taken.outbox, taken.commit);
			await this.parts.machine.transact((tx) => tx.drop({ kind: 'outbox', id: taken.id }));
		}
	}

	/** Takes one that nobody tells. Another process that lives sees that, and keeps what it adds apart. */
	private take(): Promise<Taken | undefined> {
		const { machine, newId } = this.parts;
		return machine.transact((tx, now) => {
			for (const [id, outbox] of machine.replica().outbox) {
				const { commits, owner, sentAt = 0, team } = outbox;
				if (team !== this.team) continue;
				const begun = owner === this.owner ? commits.at(-1) : undefined;
				if (begun) return { id, outbox, commit: begun.id };
				if (Math.abs(now - sentAt) < tellingMs) continue;
				const commit = newId();
				const told = [...commits, { id: commit, rows: outbox.ours }].slice(-maxCommits);
				tx.put({ kind: 'outbox', id, doc: { ...outbox, at: now, sentAt: now, owner: this.owner, commits: told } });
				return { id, outbox, commit };
			}
			return undefined;
		});
	}

	private async commit(link: TeamLink, outbox: OutboxRecord, id: string): Promise<void> {
		const base = new DocMaps();
		for (const change of changesIn(outbox.base)) base.apply(change);
		const ours = copyOf(base);
		for (const change of changesIn(outbox.ours)) ours.apply(change);
		for (const commit of outbox.commits) {
			if (!(await link.hasCommitted(commit.id))) continue;
			for (const change of changesIn(commit.rows)) base.apply(change);
		}
		await contribute(link, this, id, (page) => {
			const origin = page.store === outbox.store ? 'same' : 'renewed';
			return takeOver(this.known(), page, ours, base, origin, this.server.now());
		});
	}
}

/** One that cannot be read is left out. */
function changesIn(rows: readonly OutboxRow[]): readonly Change[] {
	return rows.flatMap((row) => {
		try {
			return changeOf(row) ?? [];
		} catch {
			return [];
		}
	});
}
