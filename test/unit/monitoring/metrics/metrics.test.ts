import assert from 'node:assert/strict';
import { Metrics } from '../../../../src/monitoring/metrics/metrics';
import type { FailureAction, Snapshot } from '../../../../src/pool/pool';
import { createMasker } from '../../../../src/masking/masking';
import { plainCost, plainPricing } from '../../../support/pool/pricing';
import { answers, badKey, fails, hangs, internal, leaked, overloaded, Rig, rpm } from '../../../support/pool/rig';
import { samplesIn, sum, type Sample } from '../../../support/monitoring/exposition';

const plain = (text: string): string => text;

function measured(rig: Rig, mask = plain): { readonly read: () => Promise<readonly Sample[]> } {
	const metrics = new Metrics(rig.pool, rig.clock, mask);
	return { read: async () => samplesIn(await metrics.text()) };
}

describe('metrics', () => {
	it('count each prompt once and each send once', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const { read } = measured(rig);
		await rig.answer();
		await rig.answer();
		rig.setScript(() => fails({ type: 'fail', reason: 'badRequest' }));
		await rig.answer();
		rig.setScript(hangs);
		const abort = new AbortController();
		const cancelled = rig.ask({}, abort.signal);
		await rig.clock.settle();
		abort.abort();
		await cancelled.ended;
		const samples = await read();
		assert.equal(sum(samples, 'gemini_requests_total'), 4);
		assert.equal(sum(samples, 'gemini_requests_total', { status: 'success' }), 2);
		assert.equal(sum(samples, 'gemini_requests_total', { status: 'request_error' }), 1);
		assert.equal(sum(samples, 'gemini_requests_total', { status: 'cancelled' }), 1);
		assert.equal(sum(samples, 'gemini_attempts_total'), rig.sends.length);
		assert.equal(sum(samples, 'gemini_attempts_total', { key: 'a', outcome: 'rpm' }), 1);
		assert.equal(sum(samples, 'gemini_fallbacks_total', { reason: 'rpm' }), 1);
		assert.equal(sum(samples, 'gemini_tokens_total', { direction: 'input' }), 200);
		assert.equal(sum(samples, 'gemini_tokens_total', { direction: 'output' }), 20);
		assert.equal(sum(samples, 'gemini_request_duration_seconds_count'), 2, 'no answer has no end');
		assert.equal(sum(samples, 'gemini_first_token_seconds_count'), 2);
	});

	it('tell what sends cost, and what is spent of each budget', async () => {
		const budgets = { pool: { day: 5 }, clients: { 'gateway:cline': { month: 2 } } };
		const rig = new Rig({ a: { tier: 'paid' }, free: {} }, answers, {
			pricing: plainPricing,
			budgets,
			paidKeys: 'first',
		});
		const { read } = measured(rig);
		await rig.answer({ origin: 'gateway:cline' });
		for (let n = 0; n < 20; n++) await rig.pool.noteToolCall('gateway:loop', 'digest');
		const samples = await read();
		const cost = plainCost / 1e6;
		assert.equal(sum(samples, 'gemini_cost_dollars_total', { key: 'a', model: 'm', client: 'gateway:cline' }), cost);
		const spent = (scope: string, name: string, period: string) =>
			sum(samples, 'gemini_spent_dollars', { scope, name, period });
		assert.deepEqual([spent('pool', '', 'day'), spent('project', 'a', 'month')], [cost, cost]);
		assert.equal(spent('client', 'gateway:cline', 'month'), cost);
		assert.equal(sum(samples, 'gemini_budget_dollars', { scope: 'pool', period: 'day' }), 5);
		assert.equal(sum(samples, 'gemini_budget_dollars', { scope: 'client', period: 'month' }), 2);
		assert.equal(sum(samples, 'gemini_held_clients'), 1);
	});

	it('tell what each of fifty people of a team’s gateway may spend, and what they have', async () => {
		const names = Array.from({ length: 50 }, (_, at) => `gateway:person ${at}`);
		const budgets = { clients: Object.fromEntries(names.map((name) => [name, { day: 2 }])) };
		const rig = new Rig({ a: { tier: 'paid' } }, answers, { pricing: plainPricing, budgets });
		const { read } = measured(rig);
		for (const origin of names) await rig.answer({ origin });
		const samples = await read();
		const cost = plainCost / 1e6;
		for (const name of names) {
			const of = { scope: 'client', name, period: 'day' };
			const told = [sum(samples, 'gemini_spent_dollars', of), sum(samples, 'gemini_budget_dollars', of)];
			assert.deepEqual([...told, sum(samples, 'gemini_cost_dollars_total', { client: name })], [cost, 2, cost], name);
		}
	});

	it('leave no client’s budget out where there are more than have a name of their own', async () => {
		const names = Array.from({ length: 120 }, (_, at) => `gateway:person ${at}`);
		const budgets = { clients: Object.fromEntries(names.map((name) => [name, { day: 2 }])) };
		const { read } = measured(new Rig({ a: { tier: 'paid' } }, answers, { pricing: plainPricing, budgets }));
		const samples = await read();
		const of = { scope: 'client', period: 'day' };
		assert.equal(sum(samples, 'gemini_budget_dollars', of), 240);
		assert.equal(sum(samples, 'gemini_budget_dollars', { ...of, name: 'other' }), 40);
	});

	it('add up what has one name: projects that are called alike, and those beyond the bound', async () => {
		const plan = { tier: 'paid', budget: { day: 3 } } as const;
		const keys = Object.fromEntries(Array.from({ length: 3 }, (_, at) => [`k${at}`, plan]));
		const rig = new Rig(keys, answers, { pricing: plainPricing });
		const named = (): Snapshot => {
			const snapshot = rig.pool.snapshot();
			return {
				...snapshot,
				keys: snapshot.keys.map((one) => ({ ...one, project: { ...one.project, label: 'shop' } })),
			};
		};
		const metrics = new Metrics(
			{ snapshot: named, onEvent: (listener) => rig.pool.onEvent(listener) },
			rig.clock,
			plain,
		);
		await rig.answer();
		await rig.answer();
		const samples = samplesIn(await metrics.text());
		const shop = { scope: 'project', name: 'shop', period: 'day' };
		assert.equal(sum(samples, 'gemini_budget_dollars', shop), 9);
		assert.equal(
			sum(samples, 'gemini_spent_dollars', shop),
			sum(samples, 'gemini_spent_dollars', { scope: 'pool', period: 'day' }),
		);
		assert.ok(sum(samples, 'gemini_spent_dollars', shop) > 0);
	});

	it('tell of a project once, whoever has two keys of it, and however often they are read', async () => {
		const of = { tier: 'paid', project: 'p', limits: { m: { rpm: 5 } } } as const;
		const rig = new Rig({ a: of, b: of }, answers, { pricing: plainPricing });
		const { read } = measured(rig);
		await rig.answer();
		await read();
		const samples = await read();
		const told = (name: string, labels: Record<string, string>): number => sum(samples, name, labels);
		assert.equal(told('gemini_spent_dollars', { scope: 'project', period: 'day' }), plainCost / 1e6);
		assert.equal(told('gemini_quota_used', { model: 'm', limit: 'rpm' }), 1);
		assert.equal(told('gemini_quota_limit', { model: 'm', limit: 'rpm' }), 5);
	});

	it('leave no project’s money out, however many there are', async () => {
		const plan = { tier: 'paid', budget: { day: 3 } } as const;
		const keys = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`k${at}`, plan]));
		const rig = new Rig(keys, answers, { pricing: plainPricing });
		const { read } = measured(rig);
		for (let n = 0; n < 120; n++) await rig.answer();
		const samples = await read();
		assert.equal(new Set(rig.sends.map(({ key }) => key)).size, 120);
		const of = (scope: string) => sum(samples, 'gemini_spent_dollars', { scope, period: 'day' });
		assert.ok(Math.abs(of('project') - of('pool')) < 1e-9, `${of('project')} of ${of('pool')}`);
		assert.equal(sum(samples, 'gemini_budget_dollars', { scope: 'project', period: 'day' }), 360);
	});

	it('count no send where nothing was sent, and the prompt all the same', async () => {
		const rig = new Rig({ a: {} }, () => fails({ type: 'fail', reason: 'keysLocked' }, '', false));
		const { read } = measured(rig);
		await rig.answer();
		await rig.refused('hostRefused');
		const samples = await read();
		assert.equal(sum(samples, 'gemini_attempts_total'), 0);
		assert.equal(sum(samples, 'gemini_requests_total', { status: 'request_error' }), 2);
		assert.equal(sum(samples, 'gemini_requests_total'), 2);
		assert.deepEqual(rig.pool.usage().minutes(), []);
		assert.deepEqual(
			rig.pool
				.usage()
				.requestRecords()
				.map(({ outcome, attempts }) => `${outcome} ${attempts.length}`),
			['keysLocked 1', 'hostRefused 0'],
		);
	});

	it('give each prompt the status that tells what became of it', async () => {
		const verdicts: Readonly<Record<string, FailureAction>> = {
			rate_limited: { type: 'coolDown', reason: 'rpd', delayMs: 600_000 },
			invalid_key: { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] },
			server_error: { type: 'retrySameKey', reason: 'overloaded', scope: 'model', maxRetries: 0, afterRetries: 'fail' },
			request_error: { type: 'fail', reason: 'badRequest' },
			blocked: { type: 'fail', reason: 'contentBlocked' },
			timeout: { type: 'retrySameKey', reason: 'deadline', scope: 'request', maxRetries: 0, afterRetries: 'fail' },
		};
		for (const [status, verdict] of Object.entries(verdicts)) {
			const rig = new Rig({ a: {} }, () => fails(verdict));
			const { read } = measured(rig);
			await rig.answer({ maxWaitMs: 0 });
			const samples = await read();
			assert.equal(sum(samples, 'gemini_requests_total', { status }), 1, status);
			assert.equal(sum(samples, 'gemini_requests_total'), 1, status);
		}
	});

	it('show what the status bar shows: usable keys, and how the pool stands', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {}, d: { enabled: false } }, (send) =>
			send.key === 'a' ? fails(rpm(600_000)) : send.key === 'b' ? fails(badKey) : answers(send),
		);
		const { read } = measured(rig);
		await rig.answer();
		const samples = await read();
		assert.equal(rig.pool.snapshot().usable, 1);
		assert.equal(sum(samples, 'gemini_available_keys'), 1);
		assert.equal(sum(samples, 'gemini_enabled_keys'), 3);
		assert.deepEqual(
			['usable', 'cooling_down', 'quarantined', 'disabled'].map((state) => sum(samples, 'gemini_keys', { state })),
			[1, 1, 1, 1],
		);
		assert.equal(sum(samples, 'gemini_pool_state', { state: 'almost_exhausted' }), 1);
		assert.equal(sum(samples, 'gemini_pool_state'), 1);
		assert.equal(sum(samples, 'gemini_cooldowns_total', { reason: 'rpm' }), 1);
		assert.equal(sum(samples, 'gemini_quarantines_total', { reason: 'badKey' }), 1);
	});

	it('count no cooldown where a model is overloaded, which is no bucket’s', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(overloaded));
		const { read } = measured(rig);
		await rig.answer({ maxWaitMs: 0 });
		const samples = await read();
		assert.equal(rig.pool.snapshot().usable, 0);
		assert.equal(sum(samples, 'gemini_cooldowns_total'), 0);
	});

	it('call no free key usable where paid ones are demanded', async () => {
		const keys = { a: {}, b: {}, c: { tier: 'paid' } } as const;
		const { read } = measured(new Rig(keys, answers, { paidOnly: true }));
		const samples = await read();
		assert.deepEqual(
			['usable', 'barred'].map((state) => sum(samples, 'gemini_keys', { state })),
			[sum(samples, 'gemini_available_keys'), 2],
		);
		assert.equal(sum(samples, 'gemini_enabled_keys'), 1);
		assert.equal(sum(samples, 'gemini_keys'), 3);
	});

	it('count no rest and no quarantine that began before them, also where the keys come late or come back', async () => {
		const trouble = (send: { readonly key: string }) => fails(send.key === 'b' ? badKey : rpm(600_000));
		const rig = new Rig({ a: {}, b: {}, c: {} }, trouble);
		await rig.answer({ maxWaitMs: 0 });
		const atOnce = await measured(rig).read();
		assert.equal(sum(atOnce, 'gemini_cooldowns_total') + sum(atOnce, 'gemini_quarantines_total'), 0);
		let areShown = false;
		const shown = (): Snapshot => (areShown ? rig.pool.snapshot() : { ...rig.pool.snapshot(), keys: [], supplies: [] });
		const metrics = new Metrics(
			{ snapshot: shown, onEvent: (listener) => rig.pool.onEvent(listener) },
			rig.clock,
			plain,
		);
		const counted = async (): Promise<readonly number[]> => {
			const samples = samplesIn(await metrics.text());
			return [sum(samples, 'gemini_cooldowns_total'), sum(samples, 'gemini_quarantines_total')];
		};
		assert.deepEqual(await counted(), [0, 0]);
		areShown = true;
		assert.deepEqual(await counted(), [0, 0], 'the keys were read later');
		areShown = false;
		await counted();
		areShown = true;
		assert.deepEqual(await counted(), [0, 0], 'simulator mode has ended');
		// The key that needs attention has been checked again by then.
		await rig.clock.advance(601_000);
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(await counted(), [2, 1], 'what begins from now on');
	});

	it('follow the models that are asked for: the least supply without a label, and each by its name', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => (send.model === 'pro' ? fails(rpm(60_000)) : answers(send)));
		const { read } = measured(rig);
		const by = (samples: Awaited<ReturnType<typeof read>>, model: string) =>
			sum(samples, 'gemini_available_keys_by_model', { model });
		await rig.answer({ models: ['lite'] });
		const before = await read();
		assert.deepEqual([sum(before, 'gemini_available_keys'), by(before, 'm'), by(before, 'lite')], [3, 3, 3]);
		assert.equal(sum(before, 'gemini_pool_state', { state: 'running' }), 1);
		await rig.answer({ models: ['pro'], maxWaitMs: 0 });
		const dry = await read();
		assert.deepEqual([sum(dry, 'gemini_available_keys'), by(dry, 'm'), by(dry, 'pro')], [0, 3, 0]);
		assert.equal(sum(dry, 'gemini_pool_state', { state: 'exhausted' }), 1);
		assert.equal(sum(dry, 'gemini_keys', { state: 'cooling_down' }), 3);
		await rig.clock.advance(2 * 3_600_000);
		const after = await read();
		assert.deepEqual([sum(after, 'gemini_available_keys'), by(after, 'pro')], [3, 0]);
		const models = after
			.filter(({ name }) => name === 'gemini_available_keys_by_model')
			.map(({ labels }) => labels['model']);
		assert.deepEqual(models, ['m']);
	});

	it('show the queue, the time in line, known limits and a pause', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(20_000, 5)) : answers(send)));
		const { read } = measured(rig);
		const asked = rig.ask();
		await rig.clock.advance(1_000);
		const before = await read();
		assert.equal(sum(before, 'gemini_queue_length'), 1);
		assert.equal(sum(before, 'gemini_quota_limit', { key: 'a', model: 'm', limit: 'rpm' }), 5);
		await rig.clock.until(asked.ended);
		assert.ok(sum(await read(), 'gemini_waiting_seconds_sum') >= 20);
		rig.setScript(() => fails(leaked));
		await rig.answer();
		const after = await read();
		assert.equal(sum(after, 'gemini_pool_state', { state: 'paused' }), 1);
		assert.equal(sum(after, 'gemini_available_keys'), 0);
		assert.equal(sum(after, 'gemini_cooldowns_total', { reason: 'rpm' }), 1);
	});

	it('call an overloaded model no lack of keys, as log and alerts do not', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(overloaded));
		const { read } = measured(rig);
		rig.ask();
		await rig.clock.advance(500);
		const samples = await read();
		assert.equal(sum(samples, 'gemini_available_keys'), 0);
		assert.deepEqual(
			samples.flatMap(({ name, labels, value }) =>
				name === 'gemini_pool_state' && value === 1 ? labels['state'] : [],
			),
			['running'],
		);
	});

	it('hear of the other windows on the store, each prompt once', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		const elsewhere = new Rig({}, answers, { beside: rig, window: 'other' }).pool;
		const metrics = new Metrics(elsewhere, rig.clock, plain);
		const own = new Metrics(elsewhere, rig.clock, plain, 'own');
		await rig.answer();
		assert.equal(sum(samplesIn(await own.text()), 'gemini_requests_total'), 0);
		const samples = samplesIn(await metrics.text());
		assert.equal(sum(samples, 'gemini_requests_total', { status: 'success' }), 1);
		assert.equal(sum(samples, 'gemini_attempts_total'), 2);
		assert.equal(sum(samples, 'gemini_fallbacks_total'), 1);
		elsewhere.dispose();
	});

	it('show what waits in any window, and say so', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(20_000, 5)) : answers(send)), {
			window: 'one',
		});
		const elsewhere = new Rig({}, answers, { beside: rig, window: 'other' }).pool;
		const metrics = new Metrics(elsewhere, rig.clock, plain);
		const asked = rig.ask();
		await rig.clock.advance(3_000);
		const text = await metrics.text();
		assert.equal(sum(samplesIn(text), 'gemini_queue_length'), 1);
		assert.match(text, /# HELP gemini_queue_length Prompts that wait for a key now, in all windows\./);
		await rig.clock.until(asked.ended);
		elsewhere.dispose();
	});

	it('count alike in every window what one prompt does that tries a hundred keys', async () => {
		const rig = new Rig(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, {}])), () => fails(rpm()));
		const elsewhere = new Rig({}, answers, { beside: rig, window: 'other' }).pool;
		const metrics = new Metrics(elsewhere, rig.clock, plain);
		const { read } = measured(rig);
		await rig.answer({ maxWaitMs: 0 });
		assert.equal(rig.sends.length, 100);
		for (const samples of [await read(), samplesIn(await metrics.text())]) {
			assert.equal(sum(samples, 'gemini_attempts_total'), 100);
			assert.equal(sum(samples, 'gemini_fallbacks_total'), 100);
		}
		const written = rig.pool.usage().minutes();
		assert.equal(
			written.reduce((all, { fallbacks = 0 }) => all + fallbacks, 0),
			100,
		);
		elsewhere.dispose();
	});

	it('take labels with quotes, line breaks and emoji, and none that holds a key', async () => {
		const secret = `AQ.${'Ab1'.repeat(17)}`;
		const label = `the "team's"\nkey \\ 👩‍💻`;
		const rig = new Rig({ a: { label }, b: { label: secret } }, answers);
		const masker = createMasker();
		masker.learn(secret);
		const metrics = new Metrics(rig.pool, rig.clock, masker.mask);
		await rig.answer();
		await rig.answer();
		const text = await metrics.text();
		assert.ok(!text.includes(secret));
		const samples = samplesIn(text);
		assert.equal(sum(samples, 'gemini_attempts_total', { key: `the "team's" key \\ 👩‍💻` }), 1);
		assert.equal(sum(samples, 'gemini_attempts_total', { key: '‹redacted›' }), 1);
	});

	it('leave no name of a model to those that there are not: whoever asks can make up as many as there is room for', async () => {
		const rig = new Rig({ a: {} }, (send) =>
			send.model.startsWith('made-up') ? fails({ type: 'fail', reason: 'noSuchModel' }) : answers(send),
		);
		const { read } = measured(rig);
		for (let n = 0; n < 25; n++) await rig.answer({ models: [`made-up-${n}`] });
		await rig.answer({ models: ['real'] });
		const samples = await read();
		assert.equal(sum(samples, 'gemini_attempts_total', { model: 'real' }), 1);
		assert.equal(sum(samples, 'gemini_attempts_total', { model: 'other' }), 25);
	});

	it('are bounded in their series, whatever the number of keys and models', async () => {
		const rig = new Rig(Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, {}])), (send) =>
			send.nth === 1 ? answers(send) : fails(internal),
		);
		const { read } = measured(rig);
		for (let n = 0; n < 300; n++) await rig.answer({ models: [`model-${n % 40}`] });
		const samples = await read();
		const attempts = samples.filter(({ name }) => name === 'gemini_attempts_total');
		assert.equal(new Set(attempts.map(({ labels }) => labels['key'])).size, 101);
		assert.equal(new Set(attempts.map(({ labels }) => labels['model'])).size, 21);
		assert.equal(sum(samples, 'gemini_attempts_total'), rig.sends.length);
	});
});
