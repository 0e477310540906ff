import assert from 'node:assert/strict';
import { Pool, type Key, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { createService } from '../../../src/simulator/service';
import type { TeamStore } from '../../../src/team/teamStore';
import { requestOf } from '../../bench/answering';
import { seeded } from '../../support/simulator/stand';
import { TeamServer } from '../../support/team/teamServer';
import { TeamWindows } from '../../support/team/teamWindows';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const isLong = process.env['KEYPOOL_FULL'] === '1';
const model = 'gemini-3.8-flash';
const rpm = 6;
const names = ['a', 'b'] as const;
const minute = 60_000;
/** ms. By then all machines have heard of a send. */
const heardMs = 400;
const minutes = isLong ? 20 : 6;

interface Send {
	readonly key: string;
	readonly at: number;
	status: number;
}

/** A machine with its own disk; its process can be killed and started anew. */
interface Member {
	readonly machine: InMemoryStore;
	store: TeamStore;
	pool: Pool;
	/** Requests of the process that is alive. */
	abort: AbortController;
	/** What the process that is alive has sent since a moment before the server went away: only it can tell the team. */
	untold: Pick<Send, 'key' | 'at'>[];
}

const keys: readonly Key[] = names.map((id) => ({
	...{ id: id as KeyId, project: `p-${id}` as ProjectId, label: id, mask: '…', sortOrder: id },
	...{ role: 'primary', weight: 1, enabled: true },
}));

const kinds = [
	['keeps its data', ['--save', '', '--appendonly', 'yes']],
	['forgets everything', ['--save', '']],
] as const;

for (const [kind, options] of kinds) {
	describe(`four machines on one server that ${kind}, both killed and started anew at random`, () => {
		let server: TeamServer;
		let windows: TeamWindows;
		before(async () => {
			server = new TeamServer('valkey-server', options);
			await server.start();
			windows = new TeamWindows(server);
		});
		after(async () => {
			await windows.close();
			await server.end();
		});

		it('never run into a limit while it can be reached, keep to their parts while it cannot, and lose nothing', async function () {
			this.timeout(isLong ? 580_000 : 150_000);
			const { clock } = windows;
			const chance = seeded(20_261_129);
			/** Of the kills alone, so that each run has about the same. */
			const fate = seeded(11);
			const service = createService({
				clock,
				chance: seeded(7),
				window: 'sliding',
				projects: names.map((id) => ({ id: `p-${id}`, tier: 'free', quotas: { [model]: { rpm: 1_000 } } })),
				keys: names.map((id) => ({ secret: `sim-${id}`, project: `p-${id}` })),
			});
			const sends: Send[] = [];
			const answered = { count: 0, failed: 0 };

			const seen = new Map<InMemoryStore, number>();
			const begin = (machine: InMemoryStore): Omit<Member, 'machine'> => {
				// The machine remembers how many there were.
				const memory = { get: () => seen.get(machine) ?? 1, set: (count: number) => void seen.set(machine, count) };
				const store = windows.open({ machine, machines: memory });
				const pool = new Pool({ store, clock, random: chance, check: () => Promise.resolve(), window: `w${chance()}` });
				pool.setKeys(
					keys,
					keys.map(({ project }) => ({ id: project, tier: 'free', limits: { [model]: { rpm } } })),
				);
				pool.configure({ model, strategy: 'roundRobin', whenExhausted: 'wait' });
				return { store, pool, abort: new AbortController(), untold: [] };
			};
			const members: Member[] = Array.from({ length: 4 }, () => {
				const machine = new InMemoryStore(clock);
				return { machine, ...begin(machine) };
			});
			const lost = new Map<string, number>();
			const kill = (member: Member): void => {
				if (!member.store.isOnline) for (const { key } of member.untold) lost.set(key, (lost.get(key) ?? 0) + 1);
				member.abort.abort();
				member.pool.dispose();
				void member.store.close();
				Object.assign(member, begin(member.machine));
			};
			const ask = (member: Member): void => {
				const { signal } = member.abort;
				// Of this process: another one takes its place.
				const { untold } = member;
				const stream = member.pool.stream(requestOf({ models: [model], maxWaitMs: 90_000 }), async function* ({ key }) {
					const request = new Request(`https://simulator.invalid/v1beta/models/${model}:generateContent`, {
						method: 'POST',
						headers: { 'x-goog-api-key': `sim-${key}`, 'content-type': 'application/json' },
						body: JSON.stringify({ contents: [{ parts: [{ text: 'Why?' }] }] }),
					});
					const send = { key, at: clock.monotonic(), status: 0 };
					sends.push(send);
					untold.push(send);
					send.status = (await service.fetch(request)).status;
					await new Promise<void>((resolve) => void clock.after(500 + 2_000 * chance(), resolve));
					if (signal.aborted) return;
					yield { output: 'So.' };
					yield { finishReason: 'STOP', usage: { input: 5, cached: 0, output: 2, thoughts: 0 } };
				});
				void (async () => {
					try {
						for await (const part of stream) if (part.type === 'done') answered.count++;
					} catch {
						answered.failed++;
					}
				})();
			};

			// When the server was away for somebody, by the monotonic clock.
			const away: { from: number; to: number }[] = [];
			let awaySince: number | undefined;
			let kills = 0;
			let serverKills = 0;
			let backAt = Infinity;
			await windows.eventually(() => members.every(({ store }) => store.isOnline), 10);
			const end = clock.monotonic() + minutes * minute;
			while (clock.monotonic() < end) {
				await clock.advance(100);
				if (chance() < 0.05) ask(members[Math.floor(chance() * 4)] as Member);
				if (fate() < 0.003) {
					kill(members[Math.floor(fate() * 4)] as Member);
					kills++;
				}
				if (backAt === Infinity && fate() < 0.002) {
					await server.kill();
					await windows.eventually(() => members.every(({ store }) => !store.isOnline));
					serverKills++;
					backAt = clock.monotonic() + 5_000 + 40_000 * fate();
				}
				if (clock.monotonic() >= backAt) {
					await server.start();
					backAt = Infinity;
				}
				for (const member of members) {
					const heard = clock.monotonic() - heardMs;
					if (member.store.isOnline) while ((member.untold[0]?.at ?? Infinity) <= heard) member.untold.shift();
				}
				const isAway = !members.every(({ store }) => store.isOnline);
				if (isAway) awaySince ??= clock.monotonic() - 300;
				else if (awaySince !== undefined) {
					away.push({ from: awaySince, to: clock.monotonic() });
					awaySince = undefined;
				}
			}
			if (backAt !== Infinity) await server.start();
			if (awaySince !== undefined) away.push({ from: awaySince, to: clock.monotonic() });

			let mostReached = 0;
			let mostAway = 0;
			for (const name of names) {
				const times = sends.filter(({ key }) => key === name).map(({ at }) => at);
				for (const at of times) {
					const count = times.filter((other) => other > at - minute && other <= at).length;
					if (away.some(({ from, to }) => from <= at && to >= at - minute)) mostAway = Math.max(mostAway, count);
					else mostReached = Math.max(mostReached, count);
				}
			}
			const share = Math.round((100 * away.reduce((sum, { from, to }) => sum + to - from, 0)) / (minutes * minute));
			console.log(
				`      ${sends.length} sends, ${answered.count} answered; ${kills} machines and ${serverKills} servers killed, away ${share} % of the time; ` +
					`most in a minute, of ${rpm}: ${mostReached} while it was reached, ${mostAway} while it was not`,
			);
			assert.ok(sends.every(({ status }) => status === 200));
			assert.ok(kills >= 2 && serverKills >= 2, `${kills} and ${serverKills} kills`);
			assert.ok(mostReached <= rpm, `${mostReached} within a minute while the server was reached`);
			assert.ok(mostAway <= Math.max(rpm, members.length), `${mostAway} within a minute while it was away`);
			// On a busy computer fewer: machines are away for longer.
			assert.ok(sends.length > (minutes * rpm) / 2, 'not by standing idle');

			// Nothing lost: every machine that is alive knows at least what the service has counted; leases of the dead may be more.
			for (const member of members) member.abort.abort();
			await windows.pass(3_000);
			// Within a minute somebody tells what a process was telling when it was killed.
			const isTold = (): boolean =>
				members.every(({ store, machine }) => store.isOnline && machine.replica().outbox.size === 0);
			await windows.eventually(isTold, 500);
			const knownOf = (name: string): readonly number[] =>
				members.map(({ store }) => store.replica().bucket.get(`p-${name}/${model}` as never)?.day.requests ?? 0);
			await windows.eventually(() => names.every((name) => new Set(knownOf(name)).size === 1), 500);
			for (const name of names) {
				const counted = sends.filter(({ key }) => key === name).length;
				const [known = 0] = knownOf(name);
				console.log(
					`      ${name}: the service has counted ${counted}, the team ${known}; ${lost.get(name) ?? 0} were of killed processes that were alone`,
				);
				// Of two machines that were alone through two restarts, one cannot know what the other told in between.
				const twice = kind === 'forgets everything' ? serverKills : 0;
				assert.ok(known >= counted - twice, 'nothing is lost');
				assert.ok(known <= counted + kills, 'nothing counts twice, but for what the killed never sent');
			}
			for (const { pool } of members) pool.dispose();
		});
	});
}
