import assert from 'node:assert/strict';
import type { BodyName } from '../../src/simulator/service';
import { sum } from '../support/monitoring/exposition';
import { World, type Asked } from '../support/whole/world';
import { InMemoryStore } from '../support/pool/inMemoryStore';

describe('abuse signals', () => {
	const rejections: unknown[] = [];
	const hear = (reason: unknown): void => void rejections.push(reason);
	before(async () => {
		// Reading it takes real time, which virtual time must not wait for.
		await import('@google/genai/web');
		process.on('unhandledRejection', hear);
	});
	after(() => {
		process.off('unhandledRejection', hear);
	});

	/** A world, and what asks in it one after the other. */
	function open(keys: number) {
		const world = new World({ seed: 3, keys, store: (clock) => new InMemoryStore(clock) });
		const all: Asked[] = [];
		const ask = async (times: number): Promise<void> => {
			for (let n = 0; n < times; n++) {
				all.push(world.ask(`q${all.length} [short]`));
				await world.clock.advance(200);
			}
			await world.clock.until(Promise.all(all.map(({ ended }) => ended)));
		};
		const refuse = (body: BodyName, ...names: readonly string[]): void => {
			for (const name of names)
				world.service.setFaults([{ when: 'always', on: 'generation', kind: 'error', body }], world.secretOf(name));
		};
		const refused = (): number =>
			[...world.service.counts.generation].reduce((all, [reason, n]) => all + (reason.includes(':403') ? n : 0), 0);
		return { world, all, ask, refuse, refused };
	}

	/** Everybody counts the same, and nothing was rejected that nobody hears. */
	async function agree({ world, all }: Pick<ReturnType<typeof open>, 'world' | 'all'>): Promise<void> {
		const samples = await world.samples();
		assert.deepEqual(
			{
				prompts: sum(samples, 'gemini_requests_total'),
				answered: sum(samples, 'gemini_requests_total', { status: 'success' }),
				logged: world.logged.prompts.length,
				sends: sum(samples, 'gemini_attempts_total'),
				loggedSends: world.logged.sends.length,
				store: world.counted.sends,
			},
			{
				prompts: all.length,
				answered: all.filter(({ finished }) => finished !== undefined).length,
				logged: all.length,
				sends: world.taken,
				loggedSends: world.taken,
				store: world.taken,
			},
		);
		assert.deepEqual(rejections, []);
		await world.end();
	}

	/** The pool is paused: nothing is sent, everybody is told, and it goes on when a person resumes. */
	async function pausedUntilResumed(run: ReturnType<typeof open>): Promise<void> {
		const { world, all, ask } = run;
		const { taken } = world;
		await ask(50);
		assert.equal(world.taken, taken, 'nothing was sent during the pause');
		assert.ok(all.slice(-50).every(({ error }) => error?.reason === 'paused'));
		const during = await world.samples();
		assert.equal(sum(during, 'gemini_pool_state', { state: 'paused' }), 1);
		assert.equal(sum(during, 'gemini_available_keys'), 0);
		assert.equal(
			sum(during, 'gemini_requests_total', { status: 'invalid_key' }),
			all.filter(({ error }) => error).length,
		);
		assert.equal(world.logged.paused, 1);
		await world.pool.execute({ type: 'resume' });
		await ask(50);
		assert.ok(all.slice(-50).every(({ finished }) => finished === 'STOP'));
		await agree(run);
	}

	for (const body of ['403_leaked_key', '403_consumer_suspended', '403_project_denied'] satisfies BodyName[]) {
		it(`with ${body} pauses at once, spares the other keys, and goes on when a person resumes`, async () => {
			const run = open(6);
			await run.ask(100);
			run.refuse(body, 'k3');
			await run.ask(100);
			assert.equal(run.world.pool.snapshot().paused?.by, 'k3');
			assert.equal(run.refused(), 1, 'one call met the signal');
			await pausedUntilResumed(run);
		});
	}

	for (const bodies of [
		['403_api_key_service_blocked', '403_api_key_service_blocked', '403_api_key_service_blocked'],
		['403_service_disabled', '403_service_disabled', '403_service_disabled'],
		['403_service_disabled', '403_api_key_service_blocked', '403_service_disabled'],
	] satisfies BodyName[][]) {
		it(`with ${bodies.join(', ')} on keys that had worked pauses at the third within a minute`, async () => {
			const run = open(6);
			await run.ask(100);
			for (const [n, body] of bodies.entries()) run.refuse(body, `k${n + 1}`);
			await run.ask(100);
			assert.ok(run.world.pool.snapshot().paused);
			assert.equal(run.refused(), 3, 'three calls met a 403');
			await pausedUntilResumed(run);
		});
	}

	it('are no two keys in a minute and a third one later', async () => {
		const run = open(6);
		await run.ask(100);
		run.refuse('403_service_disabled', 'k1', 'k2');
		await run.ask(100);
		assert.equal(run.refused(), 2);
		await run.world.clock.advance(60_000);
		run.refuse('403_service_disabled', 'k3');
		await run.ask(100);
		assert.equal(run.refused(), 3);
		assert.equal(run.world.pool.snapshot().paused, undefined);
		assert.ok(run.all.every(({ finished }) => finished === 'STOP'));
		await agree(run);
	});

	it('are no keys that never worked', async () => {
		const run = open(10);
		run.refuse('403_service_disabled', ...Array.from({ length: 9 }, (_, n) => `k${n}`));
		await run.ask(50);
		assert.equal(run.world.pool.snapshot().paused, undefined);
		assert.ok(run.all.every(({ finished }) => finished === 'STOP'));
		await agree(run);
	});

	it('are no nine retired keys', async () => {
		const run = open(10);
		for (let n = 0; n < 9; n++) run.refuse('400_api_key_expired', `k${n}`);
		await run.ask(1);
		assert.equal(run.all[0]?.finished, 'STOP');
		assert.equal(run.world.pool.snapshot().paused, undefined);
		await agree(run);
	});
});
