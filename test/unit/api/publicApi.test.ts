import assert from 'node:assert/strict';
import { PublicApi } from '../../../src/api/publicApi';
import type { KeyFallback, KeypoolApi } from '../../../src/api/types';
import { answers, badKey, fails, Rig, rpd, rpm, type Script } from '../../support/pool/rig';

const hour = 3_600_000;

function apiOf(rig: Rig): { readonly api: KeypoolApi; readonly own: PublicApi; readonly reported: readonly string[] } {
	const reported: string[] = [];
	const report = (error: unknown): void => void reported.push(String(error));
	const own = new PublicApi({ pool: rig.pool, clock: rig.clock, isSimulated: () => false, report });
	return { api: own.api, own, reported };
}

describe('the API for other extensions', () => {
	const script: Script = (send) => {
		if (send.key === 'a') return fails(rpm(38_000));
		return send.key === 'b' ? fails(badKey) : answers(send);
	};

	it('reports each key that is set aside, with id, reason and until, and nothing else', async () => {
		const rig = new Rig({ a: { label: 'Personal' }, b: {}, c: {} }, script);
		const { api } = apiOf(rig);
		const told: KeyFallback[] = [];
		api.onFallback((event) => told.push(event));
		const began = rig.clock.wall();
		await rig.answer();
		assert.deepEqual(told, [
			{ key: 'a', model: 'm', reason: 'rpm', until: began + 38_000 },
			{ key: 'b', model: 'm', reason: 'badKey', until: began + 60_000 },
		]);
	});

	it('reports the statistics of the original: available, success, fail, rate-limited-until, and the next index', async () => {
		const rig = new Rig({ a: { label: 'Personal' }, b: {}, c: {}, d: { enabled: false } }, script);
		const { api } = apiOf(rig);
		assert.equal(api.getStats().nextIndex, null, 'nothing was asked');
		const began = rig.clock.wall();
		await rig.answer();
		assert.deepEqual(api.getStats(), {
			model: 'm',
			keys: {
				a: { available: false, success: 0, fail: 1, rateLimitedUntil: began + 38_000 },
				b: { available: false, success: 0, fail: 1, rateLimitedUntil: began + 60_000 },
				c: { available: true, success: 1, fail: 0, rateLimitedUntil: null },
				d: { available: false, success: 0, fail: 0, rateLimitedUntil: null },
			},
			nextIndex: 3,
			simulated: false,
		});
		assert.ok(!JSON.stringify(api.getStats()).includes('Personal'), 'ids only');
	});

	it('reports a key that needs the user as unavailable for ever, and all keys while the pool is paused', async () => {
		const leaked = { type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] } as const;
		const rig = new Rig({ a: {}, b: {} }, () => fails(leaked));
		const { api } = apiOf(rig);
		await rig.answer();
		const { a, b } = api.getStats().keys;
		assert.deepEqual([a?.rateLimitedUntil, a?.available, b?.available], [Infinity, false, false]);
		assert.equal(b?.rateLimitedUntil, Infinity, 'the user must resume');
	});

	it('reports a key of a free project as unavailable for ever where paid keys are demanded', () => {
		const rig = new Rig({ a: {}, b: { project: 'shop', tier: 'paid' }, c: {} }, script, { paidOnly: true });
		const { api } = apiOf(rig);
		const { a, b } = api.getStats().keys;
		assert.deepEqual([a?.available, a?.rateLimitedUntil], [false, Infinity]);
		assert.deepEqual([b?.available, b?.rateLimitedUntil], [true, null]);
	});

	it('reports changes together, also those by time alone', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.nth === 1 ? fails(rpd) : answers(send)));
		const { api } = apiOf(rig);
		const seen: unknown[] = [];
		let changes = 0;
		rig.pool.onEvent(({ type }) => {
			if (type === 'changed') changes++;
		});
		api.onDidChangePool(() => seen.push(api.getStats().keys['a']?.available));
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(100);
		assert.ok(changes > 3, String(changes));
		assert.deepEqual(seen, [false]);
		await rig.clock.advance(12 * hour);
		assert.equal(seen.at(-1), true, 'at midnight');
	});

	it('survives listeners that throw, and leaves none behind', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const { api, own, reported } = apiOf(rig);
		const told: string[] = [];
		const disposables: { dispose(): void }[] = [];
		api.onFallback(() => {
			throw new Error('a foreign mistake');
		});
		const self = { name: 'kept' };
		api.onFallback(
			function (this: unknown) {
				told.push((this as typeof self).name);
			},
			self,
			disposables,
		);
		assert.equal((await rig.answer()).text, 'from b');
		assert.deepEqual(told, ['kept']);
		disposables[0]?.dispose();
		api.onDidChangePool(() => {
			throw new Error('another foreign mistake');
		});
		api.onDidChangePool(() => told.push('changed'));
		await rig.answer();
		await rig.clock.advance(hour);
		assert.deepEqual(
			[told.includes('changed'), new Set(reported)],
			[true, new Set(['Error: another foreign mistake'])],
		);
		told.length = 0;
		void rig.ask();
		await rig.clock.settle();
		own.dispose();
		await rig.clock.advance(hour);
		assert.deepEqual(told, [], 'nobody is told after its end');
	});

	it('tells a listener nothing once it is disposed of, as VS Code does not, also by another one of the same event', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const { api } = apiOf(rig);
		const told: string[] = [];
		const all = ['first', 'second'].map((name) =>
			api.onFallback(() => {
				told.push(name);
				for (const one of all) one.dispose();
			}),
		);
		await rig.answer();
		assert.deepEqual(told, ['first']);
	});

	it('cannot be changed by its users, and sends no prompt', () => {
		const { api } = apiOf(new Rig({ a: {} }, answers));
		assert.ok(Object.isFrozen(api));
		assert.deepEqual(
			[api.version, Object.keys(api).sort()],
			[1, ['getStats', 'onDidChangePool', 'onFallback', 'version']],
		);
	});
});
