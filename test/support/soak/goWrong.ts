import assert from 'node:assert/strict';
import type { Asked, World } from '../whole/world';
import type { Edges } from './edges';

/** Prompts of a person who goes on asking after the pool has paused. */
const afterwards = 3_000;

/**
 * A program in a loop, a month's budget that is nearly spent, a day that is used up, an abuse signal, and a person who goes on
 * asking: what rules of alerts are for. Resolves to how many prompts that took.
 */
export async function goWrong(world: World, edges: Edges): Promise<number> {
	const { clock, service, pool } = world;
	let asked = 0;
	const ask = async (question: string): Promise<Asked> => {
		const one = world.ask(question);
		asked++;
		await clock.until(one.ended);
		// The keychain refuses now and then.
		return one.error?.reason === 'keysLocked' ? ask(question) : one;
	};
	await clock.until(Promise.all(Array.from({ length: 20 }, () => pool.noteToolCall('gateway:loop', 'the same'))));
	world.setTier('paid');
	const spent = (): number => pool.snapshot().spending.month.cost;
	while (spent() === 0) await ask(`What does it cost? [short] ${asked}`);
	pool.configure({ budgets: { pool: { month: (1.05 * spent()) / 1e6 } } });
	world.setTier('free');
	// Less than any project has had today, also one whose key was quarantined for most of the run.
	for (const { id } of world.projects) service.setQuota(id, world.model, { rpm: 60, tpm: 4_000_000, rpd: 1 });
	const { attempts } = await ask('Whose day is used up? [short]');
	assert.ok(
		attempts.some(({ outcome }) => outcome === 'rpd'),
		attempts.map(({ outcome }) => outcome).join(),
	);
	service.setFaults([{ when: 'always', on: 'generation', kind: 'error', body: '403_leaked_key' }]);
	await ask('Who was leaked? [short]');
	await clock.advance(10_000);
	assert.ok(pool.snapshot().paused);
	for (let n = 0; n < afterwards; n += 50) {
		const some = Array.from({ length: 50 }, (_, m) => world.ask(`after ${n + m} [short]`));
		await clock.until(Promise.all(some.map(({ ended }) => ended)));
		assert.ok(some.every(({ error }) => error?.reason === 'paused'));
	}
	// A try fails now and then; the next ones come after seconds, then minutes.
	for (let minute = 0; minute < 30 && !edges.told.includes('poolPaused'); minute++) await clock.advance(60_000);
	assert.ok(edges.told.includes('poolPaused'), edges.told.join());
	return asked + afterwards;
}
