import assert from 'node:assert/strict';
import { playDay, type DayPlan } from '../../bench/agentDay/day';
import { geminiCliDay } from '../../bench/agentDay/geminiCli';
import { keypoolDay } from '../../bench/agentDay/keypool';
import { geminiBody, sessionsOf } from '../../bench/agentDay/sessions';

describe('a day with an agent', () => {
	/** More calls than three free days and the money bear. */
	const plan: DayPlan = { sessions: 2, calls: 45, dollars: 0.4 };

	it('sends calls of gemini-cli’s size, the same ones each time', () => {
		const [session = []] = sessionsOf(1, 60);
		assert.equal(session.length, 60);
		const bytes = session.slice(10).map((call) => geminiBody(call).length);
		assert.ok(Math.min(...bytes) > 38_000 && Math.max(...bytes) < 44_000, bytes.join());
		assert.deepEqual(sessionsOf(1, 60), [session]);
	});

	it('shows no 429 while quota is left, changes no model and spends no cent too much', async () => {
		const { agent, world } = keypoolDay(plan.dollars);
		const { needless429s, visible429s, modelChanges, overspent, answered, spent } = await playDay(agent, world, plan);
		assert.deepEqual({ needless429s, modelChanges, overspent }, { needless429s: 0, modelChanges: 0, overspent: 0 });
		// It used what there was, and said so once it was gone.
		assert.ok(answered > 60 && answered < plan.sessions * plan.calls, String(answered));
		assert.ok(spent > 0.1 && spent <= plan.dollars, String(spent));
		assert.equal(visible429s, 1);
	});

	it('sees what a client with one key at a time shows and spends', async () => {
		const { agent, world } = geminiCliDay(0.1);
		const { needless429s, visible429s, overspent, answered } = await playDay(agent, world, plan);
		// Each free project's day ends before a person's eyes; nobody counts the money.
		assert.deepEqual([visible429s, answered], [3, plan.sessions * plan.calls]);
		assert.ok(needless429s >= 2, String(needless429s));
		assert.ok(overspent > 0.05, String(overspent));
	});
});
