import assert from 'node:assert/strict';
import { DocMaps, Failure, type KeyId, type StateStore, type Transaction } from '../../../../src/pool/pool';
import { denyModel, quarantine } from '../../../../src/pool/health/keyRecord';
import { Chooser } from '../../../support/pool/chooser';
import { many, type KeyPlans } from '../../../support/pool/keyPlan';
import { answers, fails, overloaded, Rig, rpd, rpm } from '../../../support/pool/rig';
import type { InMemoryStore } from '../../../support/pool/inMemoryStore';

/** A store whose news reach this window never: what it ranks by is as old as the window. */
function unheard(store: StateStore): StateStore {
	const old = new DocMaps();
	return {
		replica: () => old,
		now: () => store.now(),
		transact: (step) => store.transact(step),
		onDidChange: () => () => undefined,
		close: () => store.close(),
	};
}

/** A window that knows nothing of what the others have learnt, and one of the others. */
function windows(keys: KeyPlans): { late: Rig; other: Rig } {
	const other = new Rig(keys, answers);
	return { other, late: new Rig(keys, answers, { beside: other, seenThrough: unheard }) };
}

describe('a window that ranks by old facts', () => {
	it('sends into no bucket that cools down, and to no key that is quarantined, whoever found out', async () => {
		const { late, other } = windows({ a: {}, b: {}, c: {} });
		other.setScript((send) => {
			if (send.key === 'a') return fails(rpm());
			if (send.key === 'b')
				return fails({ type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] });
			return answers(send);
		});
		await other.answer();
		assert.equal(other.order, 'a b c');
		assert.ok((await late.answer()).done);
		assert.equal(late.order, 'c');
	});

	it('asks no key for a model that another window knows it may not use', async () => {
		const { late, other } = windows({ a: {}, b: {} });
		other.setScript((send) =>
			send.key === 'a' ? fails({ type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 }) : answers(send),
		);
		await other.answer();
		assert.equal(other.order, 'a b');
		assert.ok((await late.answer()).done);
		assert.equal(late.order, 'b');
	});

	it('asks the other key of a project whose first one is quarantined, or may not use the model', async () => {
		for (const wrong of [
			{ type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] },
			{ type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 },
		] as const) {
			const { late, other } = windows({ a: { project: 'p' }, b: { project: 'p' } });
			other.setScript((send) => (send.key === 'a' ? fails(wrong) : answers(send)));
			await other.answer();
			assert.equal((await late.answer()).text, 'from b', wrong.reason);
		}
	});

	it('sends nothing while the pool is paused', async () => {
		const { late, other } = windows({ a: {}, b: {} });
		other.setScript(() => fails({ type: 'quarantine', reason: 'leaked', scope: 'key', abuse: true, recheckMs: [] }));
		await other.answer();
		assert.equal((await late.answer()).error?.reason, 'paused');
		assert.equal(late.sends.length, 0);
	});

	it('sends nothing to a model that backs off, and goes on when it is back', async () => {
		const { late, other } = windows({ a: {} });
		other.setScript((send) => (send.nth === 1 ? fails(overloaded) : answers(send)));
		const first = other.ask();
		await other.clock.advance(0);
		const asked = late.ask();
		await late.clock.advance(900);
		assert.equal(late.sends.length, 0);
		await late.clock.until(Promise.all([first.ended, asked.ended]));
		assert.ok(asked.done && (late.sends[0]?.at ?? 0) >= 1000);
	});

	it('looks on beyond the eight that were best, and gives up after four times eight', async () => {
		for (const [taken, answered] of [
			[9, true],
			[31, true],
			[33, false],
		] as const) {
			const { late, other } = windows(many(40, { limits: { m: { rpd: 1 } } }));
			for (let n = 0; n < taken; n++) await other.answer();
			const asked = await late.answer({ maxWaitMs: 0 });
			assert.equal(asked.done !== undefined, answered, `${taken} taken`);
			assert.equal(late.sends.length, answered ? 1 : 0);
		}
	});

	it('looks on beyond eight keys that were quarantined or may not use the model', async () => {
		for (const wrong of [
			{ type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] },
			{ type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 },
		] as const) {
			const { late, other } = windows(many(17));
			other.setScript((send) => (send.key < 'k16' ? fails(wrong) : answers(send)));
			await other.answer();
			assert.equal(other.sends.length, 17);
			assert.equal((await late.answer({ maxWaitMs: 0 })).text, 'from k16', wrong.reason);
		}
	});

	it('looks on beyond the free keys, however many of them are used up, to the paid ones', async () => {
		const limits = { m: { rpd: 1 } };
		const keys = { ...many(12, { limits }), ...many(6, { tier: 'paid' }, 'paid') };
		const { late, other } = windows(keys);
		for (let n = 0; n < 12; n++) await other.answer();
		assert.equal((await late.answer({ maxWaitMs: 0 })).text, 'from paid00');
	});

	it('says why no key may be used, as the store knows it', async () => {
		for (const [wrong, reason] of [
			[{ type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] }, 'badKey'],
			[{ type: 'denyModel', reason: 'modelDenied', forMs: 3_600_000 }, 'modelDenied'],
		] as const) {
			const chooser = new Chooser({ a: {} }, { seenThrough: unheard });
			await chooser.write((tx, now) => {
				const id = 'a' as KeyId;
				const key = tx.key(id);
				const doc = wrong.type === 'quarantine' ? quarantine(key, wrong, '', now) : denyModel(key, 'm', now + 1, now);
				tx.put({ kind: 'key', id, doc });
			});
			const { on, ...rejection } = await chooser.rejected();
			const retryAt = reason === 'badKey' ? Infinity : chooser.clock.wall() + 1;
			assert.deepEqual([on?.id, rejection], ['a', { reason, retryAt, model: 'm' }]);
		}
	});

	it('sends nothing while the pool is throttled', async () => {
		const chooser = new Chooser({ a: {} }, { seenThrough: unheard });
		await chooser.throttle(['a'], { nextProbeAt: chooser.clock.wall() + 1 });
		assert.equal(await chooser.choice(), 'throttled');
	});

	it('takes a key that has become free while it tried to test a limit', async () => {
		let meanwhile: (() => Promise<void>) | undefined;
		const behind = (store: InMemoryStore): StateStore => ({
			replica: () => store.replica(),
			now: () => store.now(),
			transact: async (step) => {
				await meanwhile?.();
				meanwhile = undefined;
				return store.transact(step);
			},
			onDidChange: (listener) => store.onDidChange(listener),
			close: () => store.close(),
		});
		const chooser = new Chooser({ a: {}, b: {} }, { seenThrough: behind });
		assert.equal(await chooser.choice(), 'a');
		await chooser.learn('a', 'rpm', 1, 0);
		await chooser.coolDown('b', 30_000);
		meanwhile = async () => {
			await chooser.learn('a', 'rpm', 1);
			await chooser.inBucket('b', () => ({ status: { state: 'available' } }));
		};
		assert.equal(await chooser.choice(), 'b');
	});

	it('tests no limit that is in doubt while another key has room', async () => {
		const chooser = new Chooser({ a: {}, b: {} }, { seenThrough: unheard });
		await chooser.learn('a', 'rpm', 1, 0);
		await chooser.inBucket('a', (now) => ({ minute: [[now, now, 1, 1]] }));
		assert.equal(await chooser.choice(), 'b');
	});

	it('keeps the daily cap of a project that another window has used up', async () => {
		const { late, other } = windows({ a: { dailyCap: { requests: 1 } }, b: {} });
		await other.answer();
		assert.equal(other.order, 'a');
		assert.ok((await late.answer()).done);
		assert.equal(late.order, 'b');
	});
});

describe('a place that was granted and not used at once', () => {
	/** The consumer reads `switched` and then takes its time, while something happens. */
	async function meanwhile(happens: (rig: Rig) => Promise<void> | void): Promise<Rig> {
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => (send.key === 'a' ? fails(rpd) : answers(send)));
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		const { value } = (await parts.next()) as { value: { type: string; to?: { key: string } } };
		assert.deepEqual([value.type, value.to?.key], ['switched', 'b']);
		await happens(rig);
		for (let next = await parts.next(); !next.done && next.value.type !== 'output';) next = await parts.next();
		await parts.return?.();
		return rig;
	}
	const write = (rig: Rig, step: (tx: Transaction, now: number) => void): Promise<void> => rig.store.transact(step);
	const b = 'b' as KeyId;

	it('is used where nothing has changed', async () => {
		assert.equal((await meanwhile(() => undefined)).order, 'a b');
		assert.equal((await meanwhile((rig) => rig.clock.advance(1000))).order, 'a b');
	});

	it('is given back where the key was quarantined, or its bucket cools down or was closed', async () => {
		const quarantined = await meanwhile((rig) =>
			rig.pool.recordCheck(
				b,
				new Failure({ type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] }, true, ''),
			),
		);
		assert.equal(quarantined.order, 'a c');
		for (const state of ['coolingDown', 'unsupported'] as const) {
			const cooled = await meanwhile((rig) =>
				write(rig, (tx, now) => {
					const id = 'p-b/m' as Parameters<Transaction['bucket']>[0];
					const status =
						state === 'coolingDown'
							? ({ state, reason: 'rpm', since: now, until: now + 1, backoffLevel: 0 } as const)
							: ({ state, reason: 'tierLacksModel', until: now + 1 } as const);
					tx.put({ kind: 'bucket', id, doc: { ...tx.bucket(id), status } });
				}),
			);
			assert.equal(cooled.order, 'a c', state);
			const day = cooled.pool.snapshot().keys.find(({ key }) => key.id === 'b')?.models[0]?.requestsToday;
			assert.equal(day, 0, 'and costs nothing');
		}
	});

	it('is given back while the pool is paused, and when the clock was set', async () => {
		const paused = await meanwhile((rig) =>
			write(rig, (tx, now) => tx.put({ kind: 'pool', doc: { v: 2, paused: { reason: 'leaked', by: b, since: now } } })),
		).catch((error: unknown) => error);
		assert.equal((paused as { reason?: string }).reason, 'paused');
		for (const ms of [1_001, -1_001]) {
			const rig = await meanwhile((of) => of.clock.jump(ms));
			assert.equal(rig.order, 'a b', 'a new place with the same key');
			assert.equal(rig.pool.snapshot().keys.find(({ key }) => key.id === 'b')?.models[0]?.requestsToday, 1);
		}
	});
});
