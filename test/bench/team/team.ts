import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import type { Clock, KeyId, Random } from '../../../src/pool/pool';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { seeded } from '../../support/simulator/stand';
import { SocketClock } from '../../support/team/socketClock';
import type { TeamServer } from '../../support/team/teamServer';
import { keyOf } from '../answering';
import { networkOf, type Traffic } from './network';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

export interface TeamLoad {
	readonly machines: number;
	readonly keys: number;
	/** Requests a second of each machine. */
	readonly rate: number;
	/** ms that the network adds to each round trip. */
	readonly roundTripMs: number;
	readonly ms: number;
	/** Requests a minute that each key allows. */
	readonly rpm: number;
	/**
	 * `virtual`: time stands still while the server and the machines work, so that a step takes what its round trips and its
	 * conflicts take, however busy this computer is. `real`: with all that fifty machines in one process add.
	 */
	readonly time: 'virtual' | 'real';
}

/** What a load has cost, beside what it measures itself. */
export interface Costs extends Traffic {
	readonly troubles: readonly string[];
	/** ms of processor time that the server took for each second of the load. */
	readonly serverMs: number;
	/** The same of the process in which all machines are. */
	readonly machinesMs: number;
	/** ms at the 99th of a hundred looks: how late this process was. */
	readonly lateMs: number;
}

/** The stores of many machines, all in one process, on a real server. */
export interface Team {
	readonly clock: Clock;
	readonly chance: Random;
	readonly stores: readonly TeamStore[];
	/** Lets as much time pass as the promise needs. */
	until<T>(promise: Promise<T>): Promise<T>;
	/** Begins something on each machine again and again, as often as the load says, until its time is over. */
	play(request: (machine: number) => Promise<void>): Promise<void>;
	/** Closes all. */
	end(): Promise<Costs>;
}

export async function teamUnder(server: TeamServer, load: TeamLoad): Promise<Team> {
	const virtual = load.time === 'virtual' ? new SocketClock() : undefined;
	const clock: Clock = virtual ?? systemClock;
	const chance = seeded(load.roundTripMs + 1);
	const network = networkOf(clock, load.roundTripMs, virtual !== undefined);
	if (virtual) virtual.isQuiet = network.isQuiet;
	const team = randomUUID();
	const troubles: string[] = [];
	const keys = Array.from({ length: load.keys }, (_, n) => ({ ...keyOf(n), secret: `sim-${n}` }));
	const stores = Array.from({ length: load.machines }, (_, n) => {
		const link = valkeyLink({
			...{ server: server.address(), team, machine: `m${n}`, newId: randomUUID, clock: systemClock },
			// All of them are one process here, which may be late.
			deadlineMs: 30_000,
		});
		const store = new TeamStore({
			...{ machine: new InMemoryStore(clock), clock, random: chance, scope: 'people' },
			...{ hmac: hmacSha256('sim-team'), newId: randomUUID, open: network.through(link) },
			onTrouble: (trouble) => troubles.push(trouble),
			onError: (error) => troubles.push(String(error)),
		});
		store.setKeys(keys);
		return store;
	});
	const until = async <T>(promise: Promise<T>): Promise<T> => {
		let isSettled = virtual === undefined;
		const mark = (): void => {
			isSettled = true;
		};
		promise.then(mark, mark);
		while (!isSettled) await virtual?.advance(10);
		return promise;
	};
	// One by one: a hundred connections at once are late where this computer is busy, and those machines would go on alone.
	for (const store of stores) await until(store.transact((tx) => tx.key('k0' as KeyId)));
	network.reset();
	const processorBefore = await processorMs(server);
	const late = monitorEventLoopDelay({ resolution: 1 });
	late.enable();
	const own = process.cpuUsage();
	const began = clock.monotonic();
	return {
		...{ clock, chance, stores, until },
		play: async (request) => {
			const running: Promise<void>[] = [];
			const askAgain = (machine: number): void => {
				clock.after((1_000 / load.rate) * (0.5 + chance()), () => {
					if (clock.monotonic() - began >= load.ms) return;
					running.push(request(machine));
					askAgain(machine);
				});
			};
			for (const machine of stores.keys()) askAgain(machine);
			await until(new Promise<void>((resolve) => void clock.after(load.ms, resolve)));
			await until(Promise.all(running));
		},
		end: async () => {
			const seconds = (clock.monotonic() - began) / 1_000;
			late.disable();
			const { user, system } = process.cpuUsage(own);
			const serverMs = ((await processorMs(server)) - processorBefore) / seconds;
			for (const store of stores) await store.close();
			const [machinesMs, lateMs] = [(user + system) / 1_000 / seconds, late.percentile(99) / 1e6];
			return { ...network.traffic, troubles, serverMs, machinesMs, lateMs };
		},
	};
}

/** What it has cost, for a line on the screen. */
export function costsOf({ commits, conflicts, conflictsBy, serverMs, machinesMs, lateMs }: Costs): string {
	const by = Object.entries(conflictsBy).map(([kind, count]) => `${kind} ${count}`);
	return (
		`${commits} commits, ${conflicts} conflicts (${by.join(', ')}); the server worked ${serverMs.toFixed(0)} ms a second, ` +
		`all machines ${machinesMs.toFixed(0)} ms, and were late by up to ${lateMs.toFixed(1)} ms`
	);
}

async function processorMs(server: TeamServer): Promise<number> {
	const info = await server.ask((client) => client.info('cpu'));
	const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1] ?? 0);
	return 1_000 * (of('used_cpu_sys') + of('used_cpu_user'));
}
