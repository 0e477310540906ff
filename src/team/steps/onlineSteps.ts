import {
	refOf,
	type Clock,
	type DocRef,
	type Random,
	type Step,
	type StepQueue,
	type StateStore,
} from '../../pool/pool';
import { writeOf, type TeamDocs } from '../documents/teamDocs';
import { TeamError, type TeamLink, type TeamReply } from '../link/link';
import type { ServerState } from '../link/serverState';
import { commitLocally } from './localCommit';
import { runSteps, type Batch, type LocalStep, type PendingCommit } from './steps';
import type { Recorded } from './transactions';

/**
 * Conflicts after which a step lets others go first. Of those that want the same, one is committed in each round trip, however
 * many there are: who waits has nothing of it, so that ten of them do not, and what a crowd asks of the server stays bounded.
 */
const patientTries = 20;
/** Conflicts after which the server counts as out of reach. */
const maxTries = 100;
/** ms, and round trips: the longest that it waits for them. */
const maxPauseMs = 1_000;
const maxPauseTrips = 8;

export interface OnlineParts {
	readonly queue: StepQueue;
	readonly machine: StateStore;
	readonly server: ServerState;
	readonly random: Random;
	readonly clock: Pick<Clock, 'monotonic'>;
	readonly newId: () => string;
	readonly docs: () => TeamDocs;
	readonly isEnded: () => boolean;
	readonly takeRows: (reply: TeamReply) => void;
	readonly notify: (refs: readonly DocRef[]) => void;
	/** The server has another store than the one that is known here. */
	readonly onOther: () => void;
	readonly onFailed: (link: TeamLink, error: unknown) => void;
	/** Something has ended, so that what waits for it may begin. */
	readonly onEnded: () => void;
}

type Flight = Batch | LocalStep;

function isWriting({ rows, additions }: Batch): boolean {
	return rows.length + additions.length > 0;
}

function ofTeam({ changes }: Batch, docs: TeamDocs): readonly Recorded[] {
	const shared = changes.filter((change) => docs.isShared(refOf(change)));
	return shared.map((change) => ({ before: writeOf(docs.view, refOf(change)), change }));
}

/**
 * Steps while the team's server is in reach. Each is sent at once unless it shares documents with one that is under way: a
 * conflict on one key does not hold up what is asked of others, whatever the round trip.
 */
export class OnlineSteps {
	/** Commits whose replies have not come. */
	pending: readonly PendingCommit[] = [];
	/** Commits whose replies have come, as long as the server may not know it. */
	private heard: readonly string[] = [];
	private readonly flights = new Map<Flight, Promise<void>>();
	private readonly tries = new WeakMap<Step, number>();

	constructor(private readonly parts: OnlineParts) {}

	/** Sends what can be sent now. */
	launch(link: TeamLink): void {
		const flying = new Set([...this.flights.keys()].flatMap(({ steps }) => steps));
		const waiting = this.parts.queue.steps.filter((step) => !flying.has(step));
		const next = runSteps(this.parts.docs(), waiting, this.parts.server.now(), this.flights.keys());
		for (const flight of next) this.flights.set(flight, this.fly(link, flight));
	}

	/** Resolves when nothing is under way. */
	async landed(): Promise<void> {
		while (this.flights.size > 0) await Promise.all(this.flights.values());
	}

	private async fly(link: TeamLink, flight: Flight): Promise<void> {
		try {
			if (flight.type === 'batch') await this.commit(link, flight);
			else await this.runOnMachine(flight);
		} catch (error) {
			this.parts.onFailed(link, error);
		}
		this.flights.delete(flight);
		this.parts.onEnded();
	}

	private async commit(link: TeamLink, batch: Batch): Promise<void> {
		const { machine, server, docs, notify, isEnded, takeRows } = this.parts;
		const now = server.now();
		const sentAt = this.parts.clock.monotonic();
		const reply = await this.send(link, batch);
		if (isEnded()) return;
		if (reply && reply.status !== 'ok') {
			await this.again(batch, reply, this.parts.clock.monotonic() - sentAt);
			return;
		}
		this.remove(batch.steps);
		const refs = reply ? docs().committed(batch.rows, String(reply.rev), now) : [];
		docs().markUsed(batch.changes);
		// Of a step that wrote nothing it is what another machine has written, and what has not been read here.
		if (reply && isWriting(batch) && reply.rev === server.rev + 1) server.rev = reply.rev;
		if (batch.local.length > 0) await commitLocally(machine, batch.local, now);
		if (reply) takeRows(reply);
		notify(refs);
		for (const end of batch.ends) end();
	}

	/** Undefined where nothing of the team was read or written. */
	private async send(link: TeamLink, batch: Batch): Promise<TeamReply | undefined> {
		const { newId, server } = this.parts;
		const { reads, rows, additions } = batch;
		if (reads.size === 0 && rows.length === 0) return undefined;
		const id = newId();
		if (isWriting(batch)) this.pending = [...this.pending, { id, changes: ofTeam(batch, this.parts.docs()) }];
		const { heard } = this;
		const reply = await server.ask(() =>
			link.commit({ id, heard, store: server.store ?? '', reads, writes: rows, additions }),
		);
		this.pending = this.pending.filter((one) => one.id !== id);
		const isNew = reply.status === 'ok' && isWriting(batch);
		this.heard = [...this.heard.filter((one) => !heard.includes(one)), ...(isNew ? [id] : [])];
		return reply;
	}

	/** Its documents have changed: the steps stay in the queue, and run again on what the reply brings. */
	private async again({ steps }: Batch, reply: TeamReply, tookMs: number): Promise<void> {
		const { takeRows, onOther, server, random } = this.parts;
		// Not all machines are back in a store that is new: who this one shares the limits with stays known.
		if (reply.status === 'other') {
			onOther();
			return;
		}
		takeRows(reply);
		const tries = 1 + Math.max(...steps.map((step) => this.tries.get(step) ?? 0));
		for (const step of steps) this.tries.set(step, tries);
		if (tries >= maxTries) throw new TeamError('unreachable');
		// The more there are who want the same, the longer: not all of a crowd ask again at each round trip.
		if (tries < patientTries) return;
		await server.pause(random() * Math.min(maxPauseMs, tookMs * Math.min(maxPauseTrips, 2 ** (tries - patientTries))));
	}

	private async runOnMachine({ steps: [step] }: LocalStep): Promise<void> {
		const { machine, server } = this.parts;
		try {
			const end = await machine.transact((tx) => step.run(tx, server.now()));
			this.remove([step]);
			end();
		} catch (error) {
			this.remove([step]);
			step.reject(error);
		}
	}

	private remove(steps: readonly Step[]): void {
		const { steps: queue } = this.parts.queue;
		for (const step of steps) {
			const at = queue.indexOf(step);
			if (at >= 0) queue.splice(at, 1);
		}
	}
}
