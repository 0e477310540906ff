import assert from 'node:assert/strict';
import type { GatewayStatus } from '../../../../src/gateway/gateway';
import type { ProjectId } from '../../../../src/pool/pool';
import { aKey } from '../../../support/aKey';
import { GatewayRig, question, whole } from '../../../support/gateway/gatewayRig';
import { flash, lite } from '../../../support/simulator/stand';

const statusOf = async (rig: GatewayRig): Promise<GatewayStatus> => {
	const { status, text } = await rig.ask('/keypool/status');
	assert.equal(status, 200, text);
	return JSON.parse(text) as GatewayStatus;
};
const paid = { tier: 'paid' } as const;
/** A minute's quota that somebody else has used up. */
const full = { faults: [{ when: 'always', kind: 'error', body: '429_rpm_free' }] } as const;

describe('what the gateway tells a client of itself', () => {
	it('is its own budget and what it can ask for, without a key and without another client', async () => {
		const rig = new GatewayRig(
			{ a: paid },
			{ client: { requestsPerDay: 3, dollarsPerDay: 1.5, models: [flash, lite] } },
		);
		await rig.ask(whole, question());
		await rig.clock.until(rig.issue('other', { dollarsPerDay: 9 }));
		rig.token = (
			await rig.tokens.rotate((rig.tokens.list().find(({ name }) => name === 'tool') ?? { id: '' }).id)
		).token;
		const { text } = await rig.ask('/keypool/status');
		const { today, ...told } = JSON.parse(text) as GatewayStatus;
		assert.deepEqual(told, {
			v: 1,
			state: 'open',
			client: 'tool',
			keys: 'any',
			models: [
				{ model: flash, isUsable: true },
				{ model: lite, isUsable: true },
			],
		});
		assert.deepEqual([today.requests, today.maxRequests, today.maxDollars], [1, 3, 1.5]);
		assert.ok(today.dollars > 0 && today.dollars < 1.5, String(today.dollars));
		assert.ok(today.endsInMs > 0 && today.endsInMs <= 25 * 3_600_000);
		assert.doesNotMatch(text, /other|sim-key|project|Key/);
	});

	it('says until when nothing can answer, by the keys that the token may use', async () => {
		const rig = new GatewayRig(
			{ a: full, b: paid },
			{ client: { keys: 'free', models: [flash] }, rules: { maxWaitMs: 0 } },
		);
		assert.equal((await rig.ask(whole, question())).status, 429);
		const [free] = (await statusOf(rig)).models;
		assert.ok(free?.isUsable === false);
		assert.ok((free.waitMs ?? 0) > 0 && (free.waitMs ?? 0) <= 61_000, String(free.waitMs));
		await rig.issue('colleague', { keys: 'paid', models: [flash] });
		assert.deepEqual((await statusOf(rig)).models, [{ model: flash, isUsable: true }]);
	});

	it('is about the model that a name stands for, where the token names that', async () => {
		const latest = 'gemini-flash-latest';
		for (const model of [flash, latest, lite]) {
			const rig = new GatewayRig(
				{ a: { quota: { rpm: 10, tpm: 1_000_000, rpd: 2 } } },
				{ client: { models: [latest] }, rules: { maxWaitMs: 0 }, model },
			);
			const ask = async (): Promise<number> =>
				(await rig.ask(`/v1beta/models/${latest}:generateContent`, question())).status;
			assert.deepEqual([await ask(), await ask(), await ask(), await ask()], [200, 200, 429, 429]);
			const [told] = (await statusOf(rig)).models;
			assert.deepEqual([told?.model, told?.isUsable], [latest, false], `${model} is the usual one`);
			assert.ok((told?.waitMs ?? 0) > 3_600_000);
		}
	});

	it('counts down while nobody asks anything: what rests, and the day, end when they end', async () => {
		const spent = { faults: [{ when: 'always', kind: 'error', body: '429_rpd_free_flash_short_delay' }] } as const;
		const rig = new GatewayRig({ a: spent }, { client: { models: [flash] }, rules: { maxWaitMs: 0 } });
		assert.equal((await rig.ask(whole, question())).status, 429);
		const left = async (): Promise<readonly number[]> => {
			const { models, today } = await statusOf(rig);
			return [models[0]?.waitMs ?? 0, today.endsInMs];
		};
		await rig.clock.advance(120_000);
		const before = await left();
		assert.ok(
			before.every((ms) => ms > 3_600_000),
			String(before),
		);
		await rig.clock.advance(1_800_000);
		assert.deepEqual(
			await left(),
			before.map((ms) => ms - 1_800_000),
		);
	});

	it('counts whole milliseconds, as programs that read whole numbers want them, where its clock has parts of them', async () => {
		const spent = { faults: [{ when: 'always', kind: 'error', body: '429_rpd_free_flash_short_delay' }] } as const;
		const rig = new GatewayRig({ a: spent }, { client: { models: [flash] }, rules: { maxWaitMs: 0 } });
		assert.equal((await rig.ask(whole, question())).status, 429);
		await rig.clock.advance(0.25);
		const { models, today } = await statusOf(rig);
		for (const ms of [models[0]?.waitMs, today.endsInMs]) assert.ok(Number.isInteger(ms), String(ms));
	});

	it('says when the day ends that it is, where nobody has asked or spent anything for days', async () => {
		const rig = new GatewayRig({ b: paid }, { client: { dollarsPerDay: 0, models: [flash] } });
		const left = async (): Promise<readonly number[]> => {
			const { models, today } = await statusOf(rig);
			return [models[0]?.waitMs ?? 0, today.endsInMs];
		};
		const before = await left();
		assert.ok(before.every((ms) => ms > 0));
		await rig.clock.advance(2 * 24 * 3_600_000);
		assert.deepEqual(await left(), before);
	});

	it('says which models free keys still answer where the money of its day is spent', async () => {
		for (const [keys, isUsable] of [
			[{ a: {}, b: paid }, true],
			[{ b: paid }, false],
		] as const) {
			const rig = new GatewayRig(keys, { client: { dollarsPerDay: 0, models: [flash] } });
			assert.equal((await rig.ask(whole, question())).status === 200, isUsable);
			const { models, today } = await statusOf(rig);
			assert.deepEqual(models, [{ model: flash, isUsable, ...(!isUsable && { waitMs: today.endsInMs }) }]);
		}
	});

	it('says until when nothing answers where another budget than its own day is used up: its month, a project, or all together', async () => {
		const ofProject = { id: 'project of b' as ProjectId, tier: 'paid', budget: { day: 0 } } as const;
		for (const [options, project, isOfMonth] of [
			[{ budgets: { clients: { 'gateway:tool': { month: 0 } } } }, undefined, true],
			[{ budgets: { pool: { day: 0 } } }, undefined, false],
			[{ budgets: { pool: { month: 0 } } }, undefined, true],
			[{}, ofProject, false],
		] as const) {
			const rig = new GatewayRig({ b: paid }, { client: { models: [flash] }, ...options });
			if (project) rig.pool.setKeys([aKey('b', 'project of b', 0)], [project]);
			assert.equal((await rig.ask(whole, question())).status, 429);
			const { models, today } = await statusOf(rig);
			const [{ isUsable, waitMs = 0 } = { isUsable: true }] = models;
			assert.equal(isUsable, false, JSON.stringify([options, project]));
			assert.ok(isOfMonth ? waitMs > today.endsInMs : waitMs === today.endsInMs, String(waitMs));
			rig.pool.setKeys([aKey('b', 'project of b', 0)], [{ id: ofProject.id, tier: 'free' }]);
			assert.deepEqual((await statusOf(rig)).models, [{ model: flash, isUsable: true }], 'free keys go on');
		}
	});

	it('says until when the budget ends where its paid key rests besides, for a minute', async () => {
		const resting = { ...paid, faults: [{ when: 'always', kind: 'error', body: '429_paid_tpm' }] } as const;
		const rig = new GatewayRig({ b: resting }, { client: { models: [flash] }, rules: { maxWaitMs: 0 } });
		assert.equal((await rig.ask(whole, question())).status, 429);
		const rest = (await statusOf(rig)).models[0]?.waitMs ?? 0;
		rig.pool.configure({ model: flash, budgets: { pool: { day: 0 } } });
		const { models, today } = await statusOf(rig);
		assert.ok(rest > 0 && rest < today.endsInMs);
		assert.deepEqual(models, [{ model: flash, isUsable: false, waitMs: today.endsInMs }]);
	});

	it('says what was spent, as its operator sees it, and not what an answer under way could cost', async () => {
		const rig = new GatewayRig(
			{ a: { ...paid, faults: [{ when: 'always', kind: 'latency', beforeHeaders: 5_000 }] } },
			{ client: { dollarsPerDay: 1.5, models: [flash] } },
		);
		await rig.ask(whole, question());
		const answer = rig.send(whole, question());
		await rig.clock.advance(1_000);
		const [shown] = rig.pool.snapshot().clients;
		assert.ok((shown?.spending.day.reserved ?? 0) > 200_000);
		assert.equal((await statusOf(rig)).today.dollars, (shown?.spending.day.cost ?? 0) / 1e6);
		await rig.clock.until(answer.then((whole) => whole.text()));
	});

	it('says that nothing answers a token for free keys alone where only paid ones are used', async () => {
		const rig = new GatewayRig(
			{ a: {}, b: paid },
			{ client: { keys: 'free', models: [flash] }, rules: { paidOnly: true } },
		);
		assert.equal((await rig.ask(whole, question())).status, 403);
		const { keys, models } = await statusOf(rig);
		assert.deepEqual([keys, models], ['free', [{ model: flash, isUsable: false }]]);
	});

	it('names no end of a wait to such a token, where the paid keys rest', async () => {
		const rig = new GatewayRig(
			{ b: { ...paid, faults: [{ when: 'always', kind: 'error', body: '429_paid_tpm' }] } },
			{ client: { models: [flash] }, rules: { paidOnly: true, maxWaitMs: 0 } },
		);
		await rig.ask(whole, question());
		assert.ok((await statusOf(rig)).models[0]?.waitMs);
		await rig.issue('colleague', { keys: 'free', models: [flash] });
		assert.deepEqual((await statusOf(rig)).models, [{ model: flash, isUsable: false }]);
	});

	it('says that a person must act', async () => {
		const rig = new GatewayRig({ a: { faults: [{ when: 'always', kind: 'error', body: '403_leaked_key' }] } });
		await rig.ask(whole, question());
		const { state, models } = await statusOf(rig);
		assert.deepEqual([state, models.some(({ isUsable }) => isUsable)], ['paused', false]);
	});

	it('is read of the store before its token has asked here, for those who watch it: a team’s server tells only of whom it is asked', async () => {
		const rig = new GatewayRig({ a: paid });
		await rig.ready;
		const asked: string[] = [];
		const transact = rig.store.transact.bind(rig.store);
		rig.store.transact = (step) =>
			transact((tx, now) => {
				const spending: typeof tx.spending = (scope) => {
					asked.push(scope);
					return tx.spending(scope);
				};
				return step(Object.assign(Object.create(tx) as typeof tx, { spending }), now);
			});
		const next = new GatewayRig({ a: paid }, { beside: rig });
		await next.ready;
		assert.deepEqual(asked, ['client/gateway:tool']);
		await next.issue('other');
		assert.ok(asked.includes('client/gateway:other'));
	});

	it('names owner and end of the token', async () => {
		const rig = new GatewayRig({ a: paid });
		await rig.ready;
		const { token } = await rig.tokens.issue({ name: 'ann', owner: 'Ann', expiresAt: rig.clock.wall() + 60_000 });
		rig.token = token;
		const { owner, expiresInMs, keys } = await statusOf(rig);
		assert.deepEqual([owner, expiresInMs, keys], ['Ann', 60_000, 'paid']);
	});

	it('asks for a token, takes GET alone, and leaves a place to whoever has all of them in use', async () => {
		const rig = new GatewayRig(
			{ a: { faults: [{ when: 'always', kind: 'latency', beforeHeaders: 5_000 }] } },
			{ client: { parallel: 1 } },
		);
		assert.equal((await rig.ask('/keypool/status', undefined, { headers: { 'x-goog-api-key': 'kp_x' } })).status, 401);
		assert.equal((await rig.ask('/keypool/status', {})).status, 405);
		const busy = rig.send(whole, question());
		await Promise.resolve();
		assert.equal((await statusOf(rig)).client, 'tool');
		assert.equal(rig.gateway.underWay, 1);
		await rig.clock.until(busy.then((answer) => answer.text()));
	});
});

describe('a client that rather hears when to come again', () => {
	it('says how long the gateway may wait for it, and never makes it wait longer than its rules', async () => {
		const rig = new GatewayRig({ a: full }, { rules: { maxWaitMs: 5_000 } });
		for (const [wait, longest] of [
			['0', 0],
			['999999999', 5_000],
			['-1', 5_000],
			['x', 5_000],
		] as const) {
			const before = rig.clock.wall();
			const answer = await rig.ask(whole, question(), { headers: { 'x-keypool-max-wait-ms': wait } });
			assert.equal(answer.status, 429, answer.text);
			assert.match(answer.text, /"retryDelay":"[\d.]+s"/);
			assert.ok(rig.clock.wall() - before <= longest, wait);
		}
	});
});
