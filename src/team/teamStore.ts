import {
	copyOf,
	DocMaps,
	Events,
	refOf,
	StepQueue,
	type BucketId,
	type Dispose,
	type DocRef,
	type Docs,
	type EpochMs,
	type LimitShare,
	type StateStore,
	type Transaction,
} from '../pool/pool';
import { AwayState } from './away/awayState';
import { keptOn, MachineCopy } from './away/machineCopy';
import type { TeamKey } from './documents/identity';
import { TeamError, type TeamLink, type TeamReply, type TeamRow, type TeamTrouble } from './link/link';
import { OnlineSteps } from './steps/onlineSteps';
import { ChangeReader } from './link/changeReader';
import { ServerState } from './link/serverState';
import { contribute } from './away/contribute';
import { limitShare } from './away/limitShare';
import { Outboxes } from './away/outboxes';
import { emptyDocs, isRenamed, moveProjects, refsIn, takeOver, unnumbered } from './away/takeover';
import type { Known, Takeover } from './away/takeover';
import type { TeamDocs } from './documents/teamDocs';
import type { Mode, TeamStoreParts } from './teamStoreParts';

/** ms. A server that could not be reached is tried again after 0.5 to 1.5 times this: machines must not come back at once. */
const retryMs = 10_000;

/**
 * The store of a team: documents on a server that all machines share, changed by optimistic steps. A step runs on the copy
 * here; one script on the server compares the versions of what it read and writes, and on a difference the step runs again.
 * What is of the machine stays in its own store. While the server is out of reach, everything goes on there.
 */
export class TeamStore implements StateStore {
	readonly joinsProjects = true;
	private readonly changed: Events<readonly DocRef[]>;
	private readonly server: ServerState;
	private readonly queue = new StepQueue();
	private readonly steps: OnlineSteps;
	private readonly reader: ChangeReader;
	private readonly machineCopy: MachineCopy;
	private readonly outboxes: Outboxes;
	private readonly offMachine: Dispose;
	private keys: readonly TeamKey[] = [];
	private docs: TeamDocs;
	private mode: Mode = { state: 'opening' };
	private mustContribute: boolean;
	/** The commit that joins, as long as its reply has not come. */
	private joining: string | undefined;
	/** A link that has been opened and is not in use yet. */
	private arrived: TeamLink | undefined;
	/** A link that was lost, or that could not be opened. */
	private failure: { readonly link: TeamLink | undefined; readonly error: TeamError } | undefined;
	/** What was said to be wrong with the server since it is away. */
	private told: TeamTrouble | undefined;
	/** Whether what is shown is the team's. A closed store goes on showing what it showed. */
	private isTeams = false;
	private mustIdentify = false;
	/** The server has another store than the one that is known here. */
	private mustAdopt = false;
	private draining = false;
	private running: Promise<void> = Promise.resolve();
	private mustLeave = false;
	/** Something may be done that could not when it was looked last. */
	private mustLook = false;
	private retryTimer: Dispose | undefined;
	private opening: Promise<void> = Promise.resolve();

	constructor(private readonly parts: TeamStoreParts) {
		this.changed = new Events(parts.onError);
		this.server = new ServerState(parts.clock, parts.machines);
		this.mustContribute = parts.isJoining === true;
		const { hmac, scope, machine } = parts;
		this.docs = emptyDocs({ hmac, scope, keys: [], machine: machine.replica(), docs: undefined }, new Map());
		this.steps = new OnlineSteps({
			...parts,
			...{ queue: this.queue, server: this.server, docs: () => this.docs, isEnded: () => this.isEnded },
			takeRows: (reply) => this.takeRows(reply, reply.rows),
			notify: (refs) => this.notify(refs),
			onOther: () => {
				this.mustAdopt = true;
			},
			onFailed: (link, error) => this.fail(link, error),
			onEnded: () => this.drain(),
		});
		this.reader = new ChangeReader({
			...{ clock: parts.clock, server: this.server },
			onDue: () => this.drain(),
			onRead: (link, reply) => this.takeChanges(link, reply),
			onFailed: (link, error) => this.fail(link, error),
		});
		const known = () => (this.isOnline ? { docs: this.docs, now: this.now() } : undefined);
		const onDue = (): void => {
			this.mustAdopt = true;
			this.drain();
		};
		this.outboxes = new Outboxes({ ...parts, server: this.server, onDue }, () => this.known);
		this.machineCopy = new MachineCopy(machine, parts.clock, known, parts.onError);
		this.offMachine = parts.machine.onDidChange((refs) => this.machineChanged(refs));
		this.open();
	}

	replica(): Docs {
		return this.isTeams ? this.docs.view : this.parts.machine.replica();
	}

	now(): EpochMs {
		return this.server.now();
	}

	limitShare(id: BucketId): LimitShare | undefined {
		return limitShare(id, this.mode, this.docs, this.server);
	}

	get isFar(): boolean {
		return this.isOnline && this.server.machines > 1;
	}

	get isOnline(): boolean {
		return this.mode.state === 'online';
	}

	private get isEnded(): boolean {
		return this.mode.state === 'closed';
	}

	/** The keys that take part. All else stays on the machine. */
	setKeys(keys: readonly TeamKey[]): void {
		this.keys = keys;
		this.mustIdentify = true;
		this.drain();
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		const done = this.queue.add(step);
		this.drain();
		return done;
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	/** What is known of the team stays known to the machine, where steps run from now on. Closing comes next. */
	async leave(): Promise<void> {
		this.mustLeave = true;
		this.drain();
		await this.running;
	}

	/** Resolves when the connection is closed. Where it was left, what has been asked is done first. */
	async close(): Promise<void> {
		while (this.mustLeave && this.draining) await this.running;
		const { mode } = this;
		this.mode = { state: 'closed' };
		for (const off of [this.retryTimer, this.offMachine]) off?.();
		this.reader.stop();
		for (const one of [this.machineCopy, this.outboxes]) one.dispose();
		this.changed.clear();
		this.queue.close();
		if (mode.state === 'online') mode.link.close();
		this.arrived?.close();
		await this.opening;
	}

	private get known(): Known & { readonly docs: TeamDocs } {
		const { hmac, scope, machine } = this.parts;
		return { hmac, scope, keys: this.keys, machine: machine.replica(), docs: this.docs };
	}

	/** Does what is waiting, one thing after the other. */
	private drain(): void {
		this.mustLook = true;
		if (this.draining) return;
		this.draining = true;
		this.running = this.runAll().catch(this.parts.onError);
	}

	private async runAll(): Promise<void> {
		try {
			while (this.mustLook) {
				this.mustLook = false;
				while (await this.runNext());
			}
		} finally {
			// In the same turn as the last look, so that nothing comes in between.
			this.draining = false;
		}
	}

	/** False if there is nothing to do, or nothing can be done now. */
	private async runNext(): Promise<boolean> {
		const { mode, mustLeave, arrived, failure } = this;
		if (mode.state === 'closed') return false;
		if (mustLeave && mode.state !== 'away') {
			await this.goAlone();
			return true;
		}
		if (!mustLeave && (failure ?? arrived ?? this.mustIdentify)) {
			await this.runNews(mode);
			return true;
		}
		if (mode.state === 'away') return this.queue.runFirst((job) => mode.away.run(job, this.now()));
		if (mode.state === 'opening') return false;
		const { link } = mode;
		if (this.mustAdopt) {
			await this.withLink(link, () => this.adopt(link));
			return true;
		}
		this.reader.readIfDue(link);
		this.steps.launch(link);
		return false;
	}

	/** Does one thing that has come of the connection or of the keys. */
	private async runNews(mode: Mode): Promise<void> {
		const { arrived, failure } = this;
		if (failure) {
			this.failure = undefined;
			const isCurrent = mode.state === 'online' ? mode.link === failure.link : failure.link === undefined;
			if (isCurrent) await this.goAway(failure.link, failure.error);
		} else if (arrived) {
			await this.withLink(arrived, () => this.adopt(arrived));
			this.arrived = undefined;
		} else {
			this.mustIdentify = false;
			await this.identify();
		}
	}

	/** Does something with the server; where that fails, the pool goes on alone. */
	private async withLink(link: TeamLink, act: () => Promise<void>): Promise<void> {
		try {
			await act();
		} catch (error) {
			if (this.isEnded) return;
			if (!(error instanceof TeamError)) this.parts.onError(error);
			await this.goAway(link, error instanceof TeamError ? error : new TeamError('unreachable', { cause: error }));
		}
	}

	private takeChanges(link: TeamLink, reply: TeamReply): void {
		if (this.mode.state !== 'online' || this.mode.link !== link) return;
		if (reply.store === this.server.store) {
			this.takeRows(reply, reply.rows);
			this.server.rev = Math.max(this.server.rev, reply.rev);
			this.reader.readAgain();
		} else this.mustAdopt = true;
		this.drain();
	}

	/** Takes over what others wrote, and tells the listeners. */
	private takeRows({ machines }: TeamReply, rows: readonly TeamRow[]): void {
		this.server.count(machines);
		const { lessons } = this.docs;
		this.notify(this.docs.apply(rows, this.now()));
		if (this.docs.lessons !== lessons) this.mustIdentify = true;
	}

	/** Reads everything from the server, which others may have replaced, adds what happened here without it, and goes on with it. */
	private async adopt(link: TeamLink): Promise<void> {
		await this.steps.landed();
		if (this.failure?.link === link) return;
		const { mode } = this;
		const away = mode.state === 'away' ? mode.away : undefined;
		const named = mode.state === 'online' ? this.docs : (away?.named ?? unnumbered(this.known));
		const moved = await moveProjects(link, this.server, { ...this.known, docs: named }, this.parts.newId);
		this.docs.identity.adopt(named.identity);
		// Its reply was lost, perhaps.
		if (this.joining !== undefined && (await link.hasCommitted(this.joining))) this.mustContribute = false;
		const isNew = this.mustContribute;
		const id = this.parts.newId();
		this.joining = isNew ? id : undefined;
		const isFresh = isNew || mode.state === 'opening';
		// What the machine knows holds all that lies in its outboxes: it is read before they are told, and added after that.
		const ours = away?.ours ?? (isFresh ? await keptOn(this.parts.machine, this.now()) : this.docs.view);
		const telling = isNew ? 'empty' : await this.outboxes.tell(link);
		// What this process has done may be among it, and comes first.
		if (telling === 'busy' && away) throw new TeamError(this.told ?? 'unreachable');
		const base = isNew ? new DocMaps() : away ? copyOf(ours) : ours;
		const joining = this.parts.wasMember === true ? 'rejoining' : 'joining';
		const addTo = (page: TeamReply): Takeover => {
			const starting = telling === 'busy' ? 'same' : 'starting';
			const since = mode.state === 'opening' ? starting : page.store === this.server.store ? 'same' : 'renewed';
			return takeOver(this.known, page, ours, base, isNew ? joining : since, this.now());
		};
		const first = telling === 'empty' ? moved : undefined;
		const { docs, writes, page, reply } = await contribute(link, this.server, this.parts.random, id, addTo, first);
		if (this.isEnded) return;
		this.steps.pending = [];
		if (isNew) await this.outboxes.drop();
		if (writes.length > 0) docs.committed(writes, String(reply.rev), this.now());
		// What others have written between the two has not been read.
		const isNext = reply.rev <= page.rev + Math.min(1, writes.length);
		this.goOnline(link, docs, isNext ? reply : { ...reply, rev: page.rev });
	}

	private goOnline(link: TeamLink, docs: TeamDocs, reply: TeamReply): void {
		const before = copyOf(this.replica());
		this.mustContribute = false;
		this.joining = undefined;
		this.mustAdopt = false;
		this.docs = docs;
		this.server.follow(reply);
		const wasOnline = this.mode.state === 'online';
		this.mode = { state: 'online', link };
		this.isTeams = true;
		this.reader.readAgain();
		this.notify(refsIn(before, docs.view));
		if (!wasOnline) this.parts.onOnline?.();
		this.outboxes.tellLater();
	}

	private async goAway(link: TeamLink | undefined, error: TeamError): Promise<void> {
		link?.close();
		if (this.mode.state !== 'away') await this.goAlone();
		if (this.mode.state !== 'away') return;
		if (this.told !== error.trouble) this.parts.onTrouble(error.trouble, error.cause);
		this.told = error.trouble;
		this.retryTimer?.();
		this.retryTimer = this.parts.clock.after(retryMs * (0.5 + this.parts.random()), () => this.open());
	}

	/** What is under way ends; from then on steps run on the machine's store. */
	private async goAlone(): Promise<void> {
		await this.steps.landed();
		const { mode } = this;
		if (mode.state === 'closed') return;
		this.reader.stop();
		const outbox = this.outboxes.begin(this.steps.pending);
		const away = new AwayState(this.parts.machine, this.docs, mode.state === 'online', outbox);
		await away.begin(this.now());
		// It may have been closed meanwhile.
		if (this.mode !== mode) return;
		if (mode.state === 'online') mode.link.close();
		this.mode = { state: 'away', away };
		this.isTeams = false;
		this.told = undefined;
		this.notify([...away.ours.writes()].map(refOf));
	}

	private open(): void {
		this.opening = this.tryOpen().catch(this.parts.onError);
	}

	private async tryOpen(): Promise<void> {
		let link: TeamLink | undefined;
		this.reader.reset();
		const isCurrent = (): boolean => this.mode.state === 'online' && this.mode.link === link;
		try {
			link = await this.parts.open({
				onHint: (rev) => this.reader.hint(rev, isCurrent()),
				onLost: (error) => {
					if (isCurrent()) this.fail(link, error);
				},
			});
			if (this.mode.state === 'closed') link.close();
			else this.arrived = link;
			this.drain();
		} catch (error) {
			this.fail(undefined, error);
		}
	}

	private fail(link: TeamLink | undefined, error: unknown): void {
		if (this.isEnded) return;
		if (!(error instanceof TeamError)) this.parts.onError(error);
		this.failure = { link, error: error instanceof TeamError ? error : new TeamError('unreachable', { cause: error }) };
		this.drain();
	}

	/** Other keys take part, or somebody has learnt which project a key is of. */
	private async identify(): Promise<void> {
		const { mode } = this;
		if (!isRenamed(this.known)) return;
		if (mode.state !== 'online') {
			this.docs = emptyDocs(this.known, this.docs.lessons);
			if (mode.state === 'away') mode.away.docs = this.docs;
			return;
		}
		await this.withLink(mode.link, () => this.adopt(mode.link));
	}

	private machineChanged(refs: readonly DocRef[]): void {
		const shown = refs.filter((ref) => this.docs.machineChanged(ref));
		if (this.isOnline && refs.some(({ kind }) => kind === 'outbox')) this.outboxes.tellLater();
		this.notify(this.isOnline ? shown : refs);
	}

	private notify(refs: readonly DocRef[]): void {
		if (refs.length === 0) return;
		this.machineCopy.note(refs);
		this.changed.emit(refs);
	}
}
