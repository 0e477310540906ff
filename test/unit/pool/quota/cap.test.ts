import assert from 'node:assert/strict';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

describe('a daily cap of nothing', () => {
	it('cools the project down before its first call, and says so', async () => {
		const rig = new Rig(
			{ a: { tier: 'paid', dailyCap: { requests: 0 } }, b: { tier: 'paid', dailyCap: { requests: 1 } } },
			answers,
		);
		const standings = (): string[] => rig.pool.snapshot().keys.map(({ availability }) => availability.state);
		assert.deepEqual(standings(), ['coolingDown', 'usable']);
		assert.equal((await rig.answer()).text, 'from b');
		assert.deepEqual(standings(), ['coolingDown', 'coolingDown']);
		assert.equal(rig.order, 'b');
	});
});

describe('a daily cap that is used up', () => {
	it('is not said to be why a model is refused that no midnight brings back', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 1 }, limits: { pro: { rpd: 0 } } } }, answers);
		await rig.answer();
		const { error } = await rig.answer({ models: ['pro'], maxWaitMs: 0 });
		assert.deepEqual([error?.reason, error?.facts.limit], ['rpd', 0]);
	});

	it('is what a key is said to rest for, also while its minute rests for less', async () => {
		const rig = new Rig({ a: { dailyCap: { requests: 1 } } }, (send) =>
			send.model === 'm' ? fails(rpm(30_000)) : answers(send),
		);
		await rig.answer({ models: ['m', 'lite'] });
		const { keys, supplies } = rig.pool.snapshot();
		const until = keys[0]?.cap?.dayEndsAt;
		assert.deepEqual(keys[0]?.availability, { state: 'coolingDown', reason: 'cap', until });
		assert.deepEqual(
			supplies.map(({ model, back }) => [model, back]),
			[
				['m', until],
				['lite', until],
			],
		);
		rig.pool.configure({ model: 'lite' });
		assert.equal(rig.pool.snapshot().supplies[1]?.back, until);
	});
});
