import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import { InMemoryStore, Pool, type StateStore, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { SocketClock } from '../../support/team/socketClock';
import { TeamServer } from '../../support/team/teamServer';
import { seeded } from '../../support/simulator/stand';
import { networkOf } from './network';
import { keyOf, requestOf } from '../answering';
import { worst } from '../measure';

async function main(roundTripMs: number, strategy: string, rate: number, ms: number): Promise<void> {
	const server = new TeamServer();
	await server.start();
	const clock = new SocketClock();
	const chance = seeded(5);
	const network = networkOf(clock, roundTripMs, true);
	clock.isQuiet = network.isQuiet;
	const team = randomUUID();
	const keys = Array.from({ length: 50 }, (_, n) => keyOf(n));
	const troubles: string[] = [];
	const steps: number[] = [];
	const first: number[] = [];
	const sends = new Map<string, number>();
	const until = async <T>(promise: Promise<T>): Promise<T> => {
		let s = false;
		promise.then(() => (s = true), () => (s = true));
		while (!s) await clock.advance(10);
		return promise;
	};
	const all = Array.from({ length: 50 }, (_, n) => {
		const link = valkeyLink({ server: server.address(), team, machine: `m${n}`, newId: randomUUID, clock: systemClock, deadlineMs: 30_000 });
		const store = new TeamStore({
			machine: new InMemoryStore(clock), clock, random: chance, scope: 'people',
			hmac: hmacSha256('sim-team'), newId: randomUUID, open: network.through(link),
			onTrouble: (t) => troubles.push(t), onError: (e) => troubles.push(String(e)),
		});
		store.setKeys(keys.map(({ id, project }) => ({ id, project, secret: `sim-${id}` })));
		const timed: StateStore = {
			replica: () => store.replica(), now: () => store.now(), onDidChange: (l) => store.onDidChange(l),
			limitShare: (id) => store.limitShare(id), dispose: () => undefined, close: () => store.close(),
			transact: async (step) => { const at = clock.monotonic(); const r = await store.transact(step); steps.push(clock.monotonic() - at); return r; },
		} as StateStore;
		const pool = new Pool({ store: timed, clock, random: chance, check: () => Promise.resolve(), window: `w${n}` });
		pool.setKeys(keys, keys.map(({ project }) => ({ id: project, tier: 'free' as const, limits: { 'gemini-3.8-flash': { rpm: 20 } } })));
		pool.configure({ model: 'gemini-3.8-flash', strategy, whenExhausted: 'wait' });
		return { store, pool };
	});
	await until(Promise.all(all.map(({ store }) => store.transact((tx) => tx.key('k0' as KeyId)))));
	Object.assign(network.traffic, { commits: 0, conflicts: 0, conflictsBy: {} });
	steps.length = 0;
	const abort = new AbortController();
	const began = clock.monotonic();
	const running: Promise<void>[] = [];
	let answered = 0;
	const ask = async (pool: Pool): Promise<void> => {
		const at = clock.monotonic();
		const stream = pool.stream(requestOf({ maxWaitMs: 90_000 }), async function* ({ key }) {
			first.push(clock.monotonic() - at);
			sends.set(key, (sends.get(key) ?? 0) + 1);
			await new Promise<void>((r) => void clock.after(300 + 700 * chance(), r));
			yield { output: 'So.' };
			yield { finishReason: 'STOP', usage: { input: 5, cached: 0, output: 2, thoughts: 0 } };
		}, abort.signal);
		try { for await (const p of stream) if (p.type === 'done') answered++; } catch { /* aborted */ }
	};
	const again = (pool: Pool): void => void clock.after((1_000 / rate) * (0.5 + chance()), () => {
		if (clock.monotonic() - began >= ms) return;
		running.push(ask(pool));
		again(pool);
	});
	for (const { pool } of all) again(pool);
	await clock.advance(ms + 2_000);
	abort.abort();
	await until(Promise.all(running));
	const over = [...sends.values()].reduce((s, n) => s + Math.max(0, n - 20), 0);
	console.log(strategy, rate, roundTripMs, 'sends', first.length, 'answered', answered, 'over', over, 'ask->send p50/p99', worst(first).spread, worst(first).median.toFixed(0), 'step p99', worst(steps).median.toFixed(0), JSON.stringify(network.traffic), troubles.slice(0, 3));
	for (const { pool, store } of all) { pool.dispose(); await store.close(); }
	await server.end();
}
void (async () => {
	for (const s of process.argv[2]!.split(',')) await main(Number(process.argv[3]), s, Number(process.argv[4]), Number(process.argv[5]));
})();
