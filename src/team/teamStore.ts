import {
	copyOf,
	DocMaps,
	Events,
	PoolError,
	refOf,
	writesOf,
	type BucketId,
	type Change,
	type Clock,
	type Dispose,
	type DocRef,
	type Docs,
	type EpochMs,
	type LimitShare,
	type Random,
	type StateStore,
	type Transaction,
} from '../pool/pool';
import { AwayState } from './awayState';
import { contributions, type Origin } from './contributions';
import { Identity, type Hmac, type TeamKey, type TeamScope } from './identity';
import { lessonsName, taught, type Lessons } from './lessons';
import { TeamError, type OpenTeamLink, type TeamLink, type TeamReply, type TeamRow, type TeamTrouble } from './link';
import { commitLocally } from './localCommit';
import { movedProjects } from './moveProjects';
import { runSteps, type Batch, type Step } from './steps';
import { TeamClock } from './teamClock';
import { TeamDocs } from './teamDocs';

/** ms. A server that could not be reached is tried again after 0.5 to 1.5 times this: machines must not come back at once. */
const retryMs = 10_000;
/** ms. What others wrote is read at most this often, and at least this often: hints may be lost. */
const readMs = 250;
const idleReadMs = 5_000;
/** ms. A store that is younger may lack what was sent within the minute before. */
const youngMs = 61_000;
/** Conflicts after which a step waits a moment, and after which the server counts as out of reach. */
const patientTries = 4;
const maxTries = 100;
/** ms. The longest of those moments. */
const maxPauseMs = 40;
/** ms. A server's clock that is further off would move every reset. */
const maxClockOffMs = 150_000;

export interface TeamStoreParts {
	readonly open: OpenTeamLink;
	/** What the windows of this machine share, and what counts while the team's server is out of reach. Not closed here. */
	readonly machine: StateStore;
	readonly clock: Clock;
	readonly random: Random;
	readonly hmac: Hmac;
	readonly scope: TeamScope;
	readonly newId: () => string;
	/** Adds what this machine alone has counted to the team's counts: once, when it joins. */
	readonly isJoining?: boolean;
	/** How many machines there were when the team was last seen. */
	readonly machines?: { get(): number; set(count: number): void };
	/** The server cannot be used: the pool goes on alone. */
	readonly onTrouble: (trouble: TeamTrouble, cause: unknown) => void;
	/** It is in reach. */
	readonly onOnline?: () => void;
	/** A listener threw. */
	readonly onError: (error: unknown) => void;
}

type Mode =
	| { readonly state: 'opening' }
	| { readonly state: 'online'; readonly link: TeamLink }
	| { readonly state: 'away'; readonly away: AwayState }
	| { readonly state: 'closed' };

/**
 * The store of a team: documents on a server that all machines share, changed by optimistic steps. A step runs on the copy
 * here; one script on the server compares the versions of what it read and writes, and on a difference the step runs again.
 * What is of the machine stays in its own store. While the server is out of reach, everything goes on there.
 */
export class TeamStore implements StateStore {
	private readonly changed: Events<readonly DocRef[]>;
	private readonly time: TeamClock;
	private readonly jobs: Step[] = [];
	private readonly offMachine: Dispose;
	private keys: readonly TeamKey[] = [];
	private docs: TeamDocs;
	private mode: Mode = { state: 'opening' };
	private storeName: string | undefined;
	private rev = -1;
	private since: EpochMs = 0;
	private machines = 1;
	private mustContribute: boolean;
	/** A commit whose reply has not come. */
	private pending: { readonly id: string; readonly changes: readonly Change[] } | undefined;
	/** A link that has been opened and not been read yet. */
	private arrived: TeamLink | undefined;
	/** Whether what is shown is the team's. A closed store goes on showing what it showed. */
	private isTeams = false;
	private mustRead = false;
	private mustIdentify = false;
	private draining = false;
	private retryTimer: Dispose | undefined;
	private readTimer: Dispose | undefined;
	private lastRead = -Infinity;
	private opening: Promise<void> = Promise.resolve();

	constructor(private readonly parts: TeamStoreParts) {
		this.changed = new Events(parts.onError);
		this.time = new TeamClock(parts.clock);
		this.mustContribute = parts.isJoining === true;
		this.machines = parts.machines?.get() ?? 1;
		this.docs = this.newDocs(new Map());
		this.offMachine = parts.machine.onDidChange((refs) => this.machineChanged(refs));
		this.open();
	}

	replica(): Docs {
		return this.isTeams ? this.docs.view : this.parts.machine.replica();
	}

	now(): EpochMs {
		return this.time.now();
	}

	/** While the server is away, or may have lost counts, each machine keeps to its part. */
	limitShare(id: BucketId): LimitShare | undefined {
		const { mode, machines, docs } = this;
		const isWhole = mode.state === 'online' && this.now() - this.since > youngMs;
		if (isWhole || machines <= 1 || !docs.isShared({ kind: 'bucket', id })) return undefined;
		const day = mode.state === 'away' ? mode.away.base.bucket.get(id)?.day : undefined;
		return { part: 1 / machines, ...(day && { day }) };
	}

	get isOnline(): boolean {
		return this.mode.state === 'online';
	}

	/** The keys that take part. All else stays on the machine. */
	setKeys(keys: readonly TeamKey[]): void {
		this.keys = keys;
		this.mustIdentify = true;
		this.drain();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			if (this.mode.state === 'closed') {
				reject(new PoolError('ledgerDown', []));
				return;
			}
			const run = (tx: Transaction, now: EpochMs): (() => void) => {
				const result = step(tx, now);
				return () => resolve(result);
			};
			this.jobs.push({ run, reject });
			this.drain();
		});
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	/** Resolves when the connection is closed. */
	close(): Promise<void> {
		const { mode } = this;
		this.mode = { state: 'closed' };
		for (const off of [this.retryTimer, this.readTimer, this.offMachine]) off?.();
		this.changed.clear();
		for (const { reject } of this.jobs.splice(0)) reject(new PoolError('ledgerDown', []));
		if (mode.state === 'online') mode.link.close();
		this.arrived?.close();
		return this.opening;
	}

	private newDocs(lessons: Lessons): TeamDocs {
		const identity = new Identity(this.parts.hmac, this.parts.scope, this.keys, lessons);
		if (this.docs) identity.adopt(this.docs.identity);
		const docs = this.docsOf(identity);
		docs.lessons = lessons;
		return docs;
	}

	private docsOf(identity: Identity): TeamDocs {
		const docs = new TeamDocs(this.parts.machine.replica(), identity);
		docs.fill(writesOf(this.parts.machine.replica()));
		return docs;
	}

	/** Does what is waiting, one thing after the other. */
	private drain(): void {
		if (this.draining) return;
		this.draining = true;
		this.runAll().catch(this.parts.onError);
	}

	private async runAll(): Promise<void> {
		try {
			while (await this.runNext());
		} finally {
			// In the same turn as the last look, so that nothing comes in between.
			this.draining = false;
		}
	}

	/** False if there is nothing to do, or nothing can be done now. */
	private async runNext(): Promise<boolean> {
		const { mode, arrived } = this;
		if (mode.state === 'closed') return false;
		if (arrived) {
			this.arrived = undefined;
			await this.withLink(arrived, () => this.adopt(arrived));
			return true;
		}
		if (this.mustIdentify) {
			this.mustIdentify = false;
			await this.identify();
			return true;
		}
		if (mode.state === 'away') return this.jobs.length > 0 && (await this.runAway(mode.away));
		if (mode.state === 'opening') return false;
		if (this.jobs.length > 0) await this.withLink(mode.link, () => this.runOnline(mode.link));
		else if (this.mustRead) await this.withLink(mode.link, () => this.readChanges(mode.link));
		else return false;
		return true;
	}

	/** Does something with the server; where that fails, the pool goes on alone. */
	private async withLink(link: TeamLink, act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			if (this.mode.state === 'closed') return;
			if (!(error instanceof TeamError)) this.parts.onError(error);
			await this.goAway(link, error instanceof TeamError ? error : new TeamError('unreachable', { cause: error }));
		}
	}

	private async runOnline(link: TeamLink): Promise<void> {
		const { machine } = this.parts;
		if (!this.docs.identity.hasKeys) {
			await this.runOnMachine();
			return;
		}
		for (let tries = 1; ; tries++) {
			const now = this.now();
			const batch = runSteps(this.docs, this.jobs, now);
			if (batch.type === 'ofMachine') {
				await this.runOnMachine();
				return;
			}
			const reply = await this.commit(link, batch);
			if (this.mode.state === 'closed') return;
			if (reply && reply.status !== 'ok') {
				this.takeOver(reply, reply.rows);
				if (reply.status === 'other') {
					await this.adopt(link);
					return;
				}
				if (tries >= maxTries) throw new TeamError('unreachable');
				if (tries >= patientTries) await this.pause(Math.min(maxPauseMs, tries));
				continue;
			}
			this.jobs.splice(0, batch.count);
			const refs = reply ? this.docs.committed(batch.rows, String(reply.rev), now) : [];
			if (reply && reply.rev === this.rev + 1) this.rev = reply.rev;
			if (batch.local.length > 0) await commitLocally(machine, batch.local, now);
			this.notify(refs);
			for (const end of batch.ends) end();
			return;
		}
	}

	/** Undefined where nothing of the team was read or written. */
	private async commit(link: TeamLink, batch: Batch): Promise<TeamReply | undefined> {
		if (batch.reads.size === 0 && batch.rows.length === 0) return undefined;
		const id = this.parts.newId();
		this.pending = batch.rows.length > 0 ? { id, changes: batch.changes } : undefined;
		const commit = { id, store: this.storeName ?? '', reads: batch.reads, writes: batch.rows };
		const reply = await this.timed(() => link.commit(commit));
		this.pending = undefined;
		return reply;
	}

	/** The first step touches documents of the machine alone: its own store makes it atomic. */
	private async runOnMachine(): Promise<void> {
		const job = this.jobs.shift();
		if (!job) return;
		try {
			const end = await this.parts.machine.transact((tx) => job.run(tx, this.now()));
			end();
		} catch (error) {
			job.reject(error);
		}
	}

	private async runAway(away: AwayState): Promise<boolean> {
		const job = this.jobs.shift();
		if (!job) return false;
		try {
			const end = await away.run(job, this.now());
			end();
		} catch (error) {
			job.reject(error);
		}
		return true;
	}

	private async readChanges(link: TeamLink): Promise<void> {
		this.mustRead = false;
		this.lastRead = this.parts.clock.monotonic();
		const reply = await this.timed(() => link.read(this.storeName, this.rev));
		if (this.mode.state === 'closed') return;
		if (reply.store !== this.storeName) {
			await this.adopt(link);
			return;
		}
		this.takeOver(reply, reply.rows);
		this.rev = Math.max(this.rev, reply.rev);
		this.readLater(idleReadMs);
	}

	/** Takes over what others wrote, and tells the listeners. */
	private takeOver({ machines }: TeamReply, rows: readonly TeamRow[]): void {
		this.countMachines(machines);
		const { lessons } = this.docs;
		this.notify(this.docs.apply(rows, this.now()));
		if (this.docs.lessons !== lessons) this.mustIdentify = true;
	}

	/**
	 * Reads everything from the server, adds what happened here without it, and continues with it. Its documents may have been
	 * replaced by others meanwhile.
	 */
	private async adopt(link: TeamLink): Promise<void> {
		const { mode } = this;
		const away = mode.state === 'away' ? mode.away : undefined;
		const pending = this.pending;
		for (let tries = 1; ; tries++) {
			const page = await this.timed(() => link.read(undefined, -1));
			this.checkClock(page.time);
			const now = this.now();
			const lessons = this.newLessons(page.rows);
			const docs = this.newDocs(lessons.known);
			docs.apply(page.rows, now);
			const origin: Origin = this.mustContribute ? 'joining' : page.store === this.storeName ? 'same' : 'renewed';
			const isCommitted = pending !== undefined && origin === 'same' && (await link.hasCommitted(pending.id));
			const base = away?.base ?? this.docs.view;
			if (isCommitted && away) for (const change of pending.changes) away.base.apply(change);
			const ours = away?.ours ?? (origin === 'joining' ? copyOf(this.parts.machine.replica()) : this.docs.view);
			const added = this.contributed(docs, ours, origin === 'joining' ? new DocMaps() : base, origin, now);
			const splits = added.map((change) => docs.split(change));
			const writes = [...splits.flatMap(({ row }) => row ?? []), ...(lessons.body ? [{ name: lessonsName, body: lessons.body }] : [])];
			const reads = new Map(writes.map(({ name }) => [name, docs.versionOf(name)]));
			const commit = { id: this.parts.newId(), store: page.store, reads, writes };
			const reply = await this.timed(() => link.commit(commit));
			if (this.mode.state === 'closed') return;
			if (reply.status !== 'ok') {
				if (tries >= maxTries) throw new TeamError('unreachable');
				await this.pause(maxPauseMs);
				continue;
			}
			this.pending = undefined;
			if (writes.length > 0) docs.committed(writes, String(reply.rev), now);
			this.goOnline(link, docs, reply);
			return;
		}
	}

	private contributed(docs: TeamDocs, ours: DocMaps, base: DocMaps, origin: Origin, now: EpochMs): readonly Change[] {
		const isShared = (ref: DocRef): boolean => docs.isShared(ref);
		const bodyOf = (change: Change): string => JSON.stringify(docs.split(change).row);
		const theirs = [...docs.view.writes()].filter((write) => write.kind === 'pool' || docs.isShared(write));
		return contributions(ours, base, theirs, origin, isShared, (a, b) => bodyOf(a) === bodyOf(b), now);
	}

	private goOnline(link: TeamLink, docs: TeamDocs, reply: TeamReply): void {
		const before = copyOf(this.replica());
		this.mustContribute = false;
		this.docs = docs;
		this.storeName = reply.store;
		this.rev = reply.rev;
		this.since = reply.since;
		this.countMachines(reply.machines);
		const wasOnline = this.mode.state === 'online';
		this.mode = { state: 'online', link };
		this.isTeams = true;
		this.readLater(idleReadMs);
		this.notify([...new Map([...before.writes(), ...docs.view.writes()].map((write) => [JSON.stringify(refKey(write)), write])).values()].map(refOf));
		if (!wasOnline) this.parts.onOnline?.();
	}

	private async goAway(link: TeamLink | undefined, error: TeamError): Promise<void> {
		const { mode } = this;
		link?.close();
		if (mode.state === 'closed') return;
		this.readTimer?.();
		if (mode.state !== 'away') {
			const away = new AwayState(this.parts.machine, this.docs, mode.state === 'online');
			await away.begin(this.now());
			if ((this.mode as Mode).state === 'closed') return;
			this.mode = { state: 'away', away };
			this.isTeams = false;
			this.parts.onTrouble(error.trouble, error.cause);
			this.notify([...away.ours.writes()].map(refOf));
		}
		this.retryTimer?.();
		this.retryTimer = this.parts.clock.after(retryMs * (0.5 + this.parts.random()), () => this.open());
	}

	private open(): void {
		this.opening = this.tryOpen().catch(this.parts.onError);
	}

	private async tryOpen(): Promise<void> {
		let link: TeamLink | undefined;
		const isCurrent = (): boolean => this.mode.state === 'online' && this.mode.link === link;
		try {
			link = await this.parts.open({
				onHint: (rev) => {
					if (isCurrent() && rev > this.rev) this.readLater(readMs);
				},
				onLost: (error) => {
					if (link && isCurrent()) void this.withLink(link, () => Promise.reject(error)).then(() => this.drain());
				},
			});
			if (this.mode.state === 'closed') link.close();
			else this.arrived = link;
		} catch (error) {
			await this.goAway(link, error instanceof TeamError ? error : new TeamError('unreachable', { cause: error }));
		}
		this.drain();
	}

	/** Other keys take part, or somebody has learnt which project a key is of. */
	private async identify(): Promise<void> {
		const { mode } = this;
		const next = new Identity(this.parts.hmac, this.parts.scope, this.keys, this.docs.lessons);
		const before = this.docs.identity;
		if (next.signature === before.signature && !this.newLessons([]).body) return;
		if (mode.state !== 'online') {
			if (mode.state === 'opening') this.docs = this.newDocs(this.docs.lessons);
			return;
		}
		await this.withLink(mode.link, async () => {
			await this.moveProjects(mode.link, before);
			await this.adopt(mode.link);
		});
	}

	/** The project of a key has another name now: what was counted under the old one is added. */
	private async moveProjects(link: TeamLink, before: Identity): Promise<void> {
		for (let tries = 1; tries <= patientTries; tries++) {
			const page = await this.timed(() => link.read(undefined, -1));
			const [old, next] = [this.docsOf(before), this.newDocs(this.newLessons(page.rows).known)];
			for (const docs of [old, next]) docs.apply(page.rows, this.now());
			const commit = movedProjects(old, next, this.now());
			if (!commit) return;
			// On a conflict another machine has moved them, or counts.
			const sent = { ...commit, id: this.parts.newId(), store: page.store };
			if ((await this.timed(() => link.commit(sent))).status === 'ok') return;
		}
	}

	private newLessons(rows: readonly TeamRow[]): { readonly known: Lessons; readonly body: string | undefined } {
		const probe = new TeamDocs(new DocMaps(), this.docs.identity);
		probe.lessons = this.docs.lessons;
		probe.apply(
			rows.filter(({ name }) => name === lessonsName),
			this.now(),
		);
		const own = this.docs.identity.lessonsOf(this.keys);
		const body = taught(probe.lessons, own);
		return { known: new Map([...probe.lessons, ...own]), body };
	}

	private machineChanged(refs: readonly DocRef[]): void {
		const shown = refs.filter((ref) => this.docs.machineChanged(ref));
		this.notify(this.mode.state === 'online' ? shown : refs);
	}

	private countMachines(count: number): void {
		const isYoung = this.now() - this.since <= youngMs;
		// Right after a restart, not all are back.
		this.machines = isYoung ? Math.max(this.machines, count) : count;
		this.parts.machines?.set(this.machines);
	}

	private checkClock(time: EpochMs): void {
		if (Math.abs(time - this.parts.clock.wall()) > maxClockOffMs) throw new TeamError('clockOff');
	}

	private async timed(ask: () => Promise<TeamReply>): Promise<TeamReply> {
		const askedAt = this.parts.clock.monotonic();
		const reply = await ask();
		this.time.read(reply.time, askedAt);
		return reply;
	}

	private readLater(ms: number): void {
		const due = Math.max(0, Math.min(ms, this.lastRead + ms - this.parts.clock.monotonic()));
		this.readTimer?.();
		this.readTimer = this.parts.clock.after(due, () => {
			this.mustRead = true;
			this.drain();
		});
	}

	private pause(ms: number): Promise<void> {
		return new Promise((resolve) => void this.parts.clock.after(ms * this.parts.random(), resolve));
	}

	private notify(refs: readonly DocRef[]): void {
		if (refs.length > 0) this.changed.emit(refs);
	}
}

function refKey(change: Change): readonly string[] {
	const ref = refOf(change);
	return [ref.kind, ref.kind === 'pool' ? '' : ref.id];
}
