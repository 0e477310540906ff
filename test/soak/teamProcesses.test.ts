import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createService } from '../../src/simulator/service';
import { bundled } from '../support/bundled';
import { seeded } from '../support/simulator/stand';
import { fastClock } from '../support/team/fastClock';
import type { Order, Report } from '../support/team/machineMessages';
import { TeamServer } from '../support/team/teamServer';

const model = 'gemini-3.8-flash';
const keys = ['a', 'b'] as const;
const [rpm, speed, count] = [6, 10, 4] as const;
/** ms of the fast clock. */
const [runMs, tickMs, minute] = [230_000, 500, 60_000] as const;
/** ms. A send may be so much later than its lease, by which it is counted. */
const grantMs = 1_000;
/** ms. By then what one has sent is known to all, also where the connection is about to break. */
const heardMs = 3_000;

interface Member {
	readonly folder: string;
	readonly name: string;
	child: ChildProcess | undefined;
	/** Unknown until the process has looked. */
	isAway: boolean | undefined;
	machines: number;
	/** Calls of the process that is alive since a moment before it was alone. */
	untold: { readonly key: string; readonly at: number }[];
	counts: readonly number[];
}

/** Ten times as fast as real time: their minutes last six seconds, and so do all waits of the store. */
describe('four processes of one team on a real server, all of them killed and started anew at random', () => {
	let server: TeamServer;
	const members: Member[] = [];
	before(async () => {
		server = new TeamServer('valkey-server', ['--save', '', '--appendonly', 'yes']);
		await server.start();
	});
	after(async () => {
		for (const { child } of members) await killed(child);
		await server.end();
	});

	it('keep to the limits, and lose and double nothing', async function () {
		this.timeout(90_000);
		const script = bundled('test/support/team/machineProcess.ts');
		const clock = fastClock(speed, Date.now());
		const base = clock.wall();
		const service = createService({
			...{ clock: { now: clock.wall, after: clock.after }, chance: seeded(7), window: 'sliding' },
			projects: keys.map((id) => ({ id: `p-${id}`, tier: 'free', quotas: { [model]: { rpm: 1_000 } } })),
			keys: keys.map((id) => ({ secret: `sim-${id}`, project: `p-${id}` })),
		});
		const team = randomUUID();
		const sends: { readonly key: string; readonly at: number; readonly status: number }[] = [];
		const away: { readonly from: number; readonly to: number }[] = [];
		let awaySince: number | undefined;
		let answered = 0;
		let changed: () => void = () => undefined;
		const errors: string[] = [];

		const look = (at: number): void => {
			const isAway = members.some((member) => member.isAway);
			if (isAway) awaySince ??= at - heardMs;
			else if (awaySince !== undefined) {
				away.push({ from: awaySince, to: at });
				awaySince = undefined;
			}
			changed();
		};
		const call = async (member: Member, key: string, at: number): Promise<number> => {
			member.untold.push({ key, at });
			const url = `https://simulator.invalid/v1beta/models/${model}:generateContent`;
			const headers = { 'x-goog-api-key': `sim-${key}`, 'content-type': 'application/json' };
			const body = JSON.stringify({ contents: [{ parts: [{ text: 'Why?' }] }] });
			const { status } = await service.fetch(new Request(url, { method: 'POST', headers, body }));
			sends.push({ key, at, status });
			return status;
		};
		const begin = (member: Member): void => {
			const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
			const send = (order: Order): void => void (child.connected && child.send(order, () => undefined));
			Object.assign(member, { child, isAway: undefined, untold: [], counts: [] });
			child.on('message', (report: Report) => {
				switch (report.is) {
					case 'away':
						if (member.child !== child) break;
						member.isAway = report.isAway;
						look(report.at);
						break;
					case 'call':
						void call(member, report.key, report.at).then((status) => send({ is: 'reply', call: report.call, status }));
						break;
					case 'answered':
						answered++;
						break;
					case 'machines':
						member.machines = report.count;
						break;
					case 'known':
						member.counts = report.counts;
						changed();
						break;
					case 'error':
						errors.push(report.text);
						break;
				}
			});
			const { folder, name, machines } = member;
			const of = { machine: name, team, server: server.address(), folder, model, keys, rpm, speed, base, machines };
			send({ is: 'begin', begin: of });
			look(clock.wall());
		};
		const until = async (isSo: () => boolean): Promise<void> => {
			while (!isSo()) {
				await new Promise<void>((resolve) => {
					changed = resolve;
				});
			}
		};
		const pass = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));

		for (let n = 0; n < count; n++) {
			const folder = path.join(server.folder, `machine${n}`);
			mkdirSync(folder);
			const member = {
				folder,
				name: `m${n}`,
				child: undefined,
				isAway: undefined,
				machines: 1,
				untold: [],
				counts: [],
			};
			members.push(member);
			begin(member);
		}
		await until(() => members.every((member) => member.isAway === false));

		const chance = seeded(20_261_130);
		const began = clock.wall();
		/** When each server dies and comes back, and when a machine does: some of them while the server is away. */
		const outages = [35_000, 135_000].map((after) => {
			const at = began + after + 20_000 * chance();
			return { at, until: at + 6_000 + 10_000 * chance() };
		});
		const deaths = [
			...outages.map(({ at, until }) => at + (until - at) * (0.5 + 0.4 * chance())),
			...Array.from({ length: 5 }, () => began + runMs * chance()),
		].toSorted((a, b) => a - b);
		const lost = new Map<string, number>();
		let [kills, serverKills, isUp] = [0, 0, true];
		while (clock.wall() < began + runMs) {
			await pass(tickMs);
			const now = clock.wall();
			for (const { isAway: isAlone, untold } of members) {
				if (isAlone === false) while ((untold[0]?.at ?? Infinity) <= now - heardMs) untold.shift();
			}
			if (chance() < 0.3) members[Math.floor(chance() * count)]?.child?.send({ is: 'ask' } satisfies Order);
			while ((deaths[0] ?? Infinity) <= now) {
				deaths.shift();
				const member = members[Math.floor(chance() * count)] as Member;
				await killed(member.child);
				// What only it knew is gone with it.
				const isAlone = member.isAway !== false || !isUp;
				if (isAlone) for (const { key } of member.untold) lost.set(key, (lost.get(key) ?? 0) + 1);
				begin(member);
				kills++;
			}
			const isOut = outages.some(({ at, until: back }) => at <= now && now < back);
			if (isUp && isOut) {
				await server.kill();
				serverKills++;
			}
			if (!isUp && !isOut) await server.start();
			isUp = !isOut;
		}
		await until(() => members.every((member) => member.isAway === false));

		let [mostReached, mostAway] = [0, 0];
		for (const name of keys) {
			const times = sends.filter(({ key }) => key === name).map(({ at }) => at);
			for (const at of times) {
				const within = times.filter((other) => other > at - minute + grantMs && other <= at).length;
				if (away.some(({ from, to }) => from <= at && to >= at - minute)) mostAway = Math.max(mostAway, within);
				else mostReached = Math.max(mostReached, within);
			}
		}
		const awayMs = away.reduce((sum, { from, to }) => sum + to - from, 0);
		console.log(
			`      ${sends.length} sends, ${answered} answered; ${kills} machines and ${serverKills} servers killed, away ` +
				`${Math.round((100 * awayMs) / runMs)} % of the time; most in a minute, of ${rpm}: ${mostReached} while it was ` +
				`reached, ${mostAway} while it was not`,
		);
		assert.deepEqual(errors, []);
		assert.ok(sends.every(({ status }) => status === 200));
		assert.deepEqual([kills, serverKills], [7, 2]);
		assert.ok(sends.length > 15, 'not by standing idle');
		assert.ok(mostReached <= rpm, `${mostReached} within a minute while the server was reached`);
		assert.ok(mostAway <= Math.max(rpm, count), `${mostAway} within a minute while it was away`);

		const counted = keys.map((name) => sends.filter(({ key }) => key === name).length);
		const untold = keys.map((name) => lost.get(name) ?? 0);
		for (const { child } of members) child?.send({ is: 'tell' } satisfies Order);
		const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
		/** Nothing is lost but what only the killed knew; and all that is more are leases of some that were killed before they sent. */
		const isRight = (known: readonly number[]): boolean =>
			known.every((one, n) => one >= (counted[n] ?? 0) - (untold[n] ?? 0)) && sum(known) <= sum(counted) + kills / 2;
		await until(() => {
			const [first] = members;
			const isSame = members.every(({ counts }) => counts.length > 0 && counts.join() === first?.counts.join());
			return isSame && isRight(first?.counts ?? []);
		});
		console.log(
			`      the service has counted ${counted.join(' and ')}, the team ${members[0]?.counts.join(' and ')}; ` +
				`${untold.join(' and ')} were of killed processes that were alone`,
		);
	});
});

async function killed(child: ChildProcess | undefined): Promise<void> {
	if (!child || child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => void child.once('exit', resolve));
	child.kill('SIGKILL');
	await ended;
}
