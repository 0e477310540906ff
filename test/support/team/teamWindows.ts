import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { hmacSha256 } from '../../../src/node/valkey';
import { systemClock } from '../../../src/node/systemClock';
import type { KeyId, ProjectId } from '../../../src/pool/pool';
import type { TeamKey } from '../../../src/team/documents/identity';
import {
	TeamError,
	type OpenTeamLink,
	type TeamLink,
	type TeamReply,
	type TeamTrouble,
} from '../../../src/team/link/link';
import { TeamStore } from '../../../src/team/teamStore';
import type { TeamStoreParts } from '../../../src/team/teamStoreParts';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { bucket } from './sends';
import { SocketClock } from './socketClock';
import type { TeamServer } from './teamServer';
import { InMemoryStore } from '../pool/inMemoryStore';

/** Turns in which time passes by the millisecond. */
const finePasses = 5_000;

const secret = 'sim-team-secret-that-nobody-else-has';

/** The keys that the shared tests of stores and windows write to. */
const keys: readonly TeamKey[] = [
	{ id: 'c' as KeyId, project: 'p' as ProjectId, secret: 'sim-c' },
	{ id: 'b' as KeyId, project: 'p-b' as ProjectId, secret: 'sim-b' },
	{ id: 'a' as KeyId, project: 'p-a' as ProjectId, secret: 'sim-a' },
];

/** Does to a link what a test wants; returns the link that the store gets. */
export type Tamper = (link: TeamLink) => TeamLink;

/** A link that does what the given one does: what a test changes stands beside it. */
export function sameLink(link: TeamLink): TeamLink {
	return {
		read: (...of) => link.read(...of),
		commit: (...of) => link.commit(...of),
		hasCommitted: (...of) => link.hasCommitted(...of),
		close: () => link.close(),
	};
}

/** The server answers, and takes no writes while it is full. */
export function fullWhile(isFull: { readonly is: boolean }): Tamper {
	return (link) => ({
		...sameLink(link),
		commit: (commit) => (isFull.is ? Promise.reject(new TeamError('full')) : link.commit(commit)),
	});
}

export interface WindowParts extends Partial<TeamStoreParts> {
	readonly tamper?: Tamper;
	/** It does not hear that others have written something. */
	readonly isDeaf?: boolean;
	/** What its machine is to the server; absent: one that no other window is on. */
	readonly machineName?: string;
}

/** Windows on a real server, in virtual time: what the server says of time is the virtual clock's. */
export class TeamWindows {
	readonly clock = new SocketClock();
	readonly team = randomUUID();
	readonly troubles: TeamTrouble[] = [];
	readonly errors: unknown[] = [];
	/** How many reads have been answered, by window. */
	private readonly reads: number[] = [];
	private readonly stores: TeamStore[] = [];
	readonly machines: InMemoryStore[] = [];
	private readonly machine = new InMemoryStore(this.clock);

	/** Calls that the server has not answered yet, and links that are being opened. */
	private underWay = 0;
	/** The last revision that was written, and that each open link was told of. */
	private written = 0;
	private readonly told = new Map<TeamLink, number>();

	/** When each store was first seen. */
	private readonly since = new Map<string, number>();

	constructor(private readonly server: TeamServer) {
		this.clock.isQuiet = () => this.underWay === 0 && [...this.told.values()].every((rev) => rev >= this.written);
	}

	/** A window of the one machine. */
	readonly open = (more: WindowParts = {}): TeamStore => {
		const at = this.reads.push(0) - 1;
		const { tamper = (link: TeamLink) => link, isDeaf = false, machineName = `m${at}`, ...parts } = more;
		const machine = parts.machine ?? this.machine;
		const link = valkeyLink({
			...{ server: this.server.address(), team: this.team, machine: machineName, newId: randomUUID },
			clock: systemClock,
		});
		const store = new TeamStore({
			...{
				machine,
				clock: this.clock,
				random: () => 0.5,
				hmac: hmacSha256(secret),
				scope: 'people',
				newId: randomUUID,
			},
			open: this.timed(link, tamper, isDeaf, () => (this.reads[at] = (this.reads[at] ?? 0) + 1)),
			onTrouble: (trouble) => this.troubles.push(trouble),
			onError: (error) => this.errors.push(error),
			...parts,
		});
		store.setKeys(keys);
		this.stores.push(store);
		return store;
	};

	/** A machine of its own. */
	readonly openMachine = (more: WindowParts = {}): TeamStore => {
		const machine = new InMemoryStore(this.clock);
		this.machines.push(machine);
		return this.open({ machine, ...more });
	};

	/** A window that `open` opens, once it is online. */
	async opened(open: () => TeamStore): Promise<TeamStore> {
		const store = open();
		await store.transact((tx) => tx.bucket(bucket));
		assert.ok(store.isOnline);
		return store;
	}

	/** Resolves when the window is online again. */
	online(store: TeamStore): Promise<void> {
		return this.eventually(() => store.isOnline, 500);
	}

	/** Lets each window that is online read once more. */
	readonly spread = async (): Promise<void> => {
		const before = [...this.reads];
		const waiting = this.stores.flatMap((store, at) => (store.isOnline ? [at] : []));
		await this.clock.advance(5_001);
		await this.eventually(() =>
			waiting.every((at) => !this.stores[at]?.isOnline || (this.reads[at] ?? 0) > (before[at] ?? 0)),
		);
	};

	/** Lets the sockets work, and time pass, until the promise is settled. */
	readonly until = async <T>(promise: Promise<T>): Promise<T> => {
		let isSettled = false;
		const mark = (): void => {
			isSettled = true;
		};
		promise.then(mark, mark);
		// In steps of a millisecond while that is what matters; a wait of minutes need not take as many turns.
		let turns = 0;
		await this.eventually(() => isSettled || ++turns > finePasses, 1);
		await this.eventually(() => isSettled, 10);
		return promise;
	};

	readonly wall = (): number => this.clock.wall();
	readonly pass = (ms: number): Promise<void> => this.clock.advance(ms);

	/** Lets the sockets work until something has come true; `stepMs` of virtual time pass with each turn. */
	async eventually(done: () => boolean, stepMs = 0): Promise<void> {
		const end = performance.now() + 20_000;
		while (!done()) {
			assert.ok(performance.now() < end, 'it never came true');
			await new Promise((resolve) => setImmediate(resolve));
			if (stepMs > 0) await this.clock.advance(stepMs);
		}
	}

	readonly close = async (): Promise<void> => {
		for (const store of this.stores) await store.close();
		if (this.errors.length > 0) throw new AggregateError(this.errors);
	};

	private timed(open: OpenTeamLink, tamper: Tamper, isDeaf: boolean, onRead: () => void): OpenTeamLink {
		const busy = async <T>(work: () => Promise<T>): Promise<T> => {
			this.underWay++;
			try {
				return await work();
			} finally {
				this.underWay--;
			}
		};
		const inVirtualTime = async (ask: () => Promise<TeamReply>): Promise<TeamReply> => {
			const given = await busy(ask);
			if (!this.since.has(given.store)) {
				// The first one has been there for long.
				this.since.set(given.store, this.since.size === 0 ? this.clock.wall() - 100_000 : this.clock.wall());
			}
			return { ...given, time: this.clock.wall(), since: this.since.get(given.store) ?? 0 };
		};
		return (events) =>
			busy(async () => {
				const own: { link?: TeamLink; isRead?: true } = {};
				const tell = (rev: number): void => {
					const { link: known } = own;
					if (known && this.told.has(known)) this.told.set(known, Math.max(rev, this.told.get(known) ?? 0));
				};
				const forget = (): void => void (own.link && this.told.delete(own.link));
				const link = await open({
					onHint: (rev) => {
						tell(rev);
						if (!isDeaf) events.onHint(rev);
					},
					onLost: (error) => {
						forget();
						events.onLost(error);
					},
				});
				own.link = link;
				this.told.set(link, this.written);
				return tamper({
					read: async (store, since) => {
						const reply = await inVirtualTime(() => link.read(store, since));
						// Of what was written while the link was being opened nobody tells it: it finds that at its first look.
						if (!own.isRead) tell(reply.rev);
						own.isRead = true;
						onRead();
						return reply;
					},
					commit: async (commit) => {
						const reply = await inVirtualTime(() => link.commit(commit));
						if (commit.writes.length > 0) this.written = Math.max(this.written, reply.rev);
						return reply;
					},
					hasCommitted: (id) => busy(() => link.hasCommitted(id)),
					close: () => {
						forget();
						link.close();
					},
				});
			});
	}
}
