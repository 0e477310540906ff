import assert from 'node:assert/strict';
import { GatewayRig } from '../../support/gateway/gatewayRig';
import { loadSdk } from '../../support/gemini/room';
import { Colleague } from '../../support/teamGateway/colleague';

/** A gateway of a paid and a free key, and a colleague whose token is for these. */
async function team(keys: 'any' | 'paid' | 'free') {
	const doors = { hosts: ['kp.example'], origins: [] };
	const rig = new GatewayRig({ a: { tier: 'paid' }, b: {} }, { doors, client: { keys } });
	const colleague = new Colleague(rig);
	await colleague.use();
	return { rig, colleague };
}

describe('what a team’s gateway may answer with', () => {
	// Reading it takes real time, in which virtual time would run on.
	before(loadSdk);

	it('sends nothing there that must be paid, where it may fall to free keys', async () => {
		const any = await team('any');
		assert.equal((await any.colleague.ask({ needs: { paid: true } })).error?.reason, 'paidOnly');
		const own = await team('paid');
		assert.match((await own.colleague.ask({ needs: { paid: true } })).text, /sim-answer-/);
	});

	it('sends nothing there that must be free, where it may fall to paid keys, nor before it has told', async () => {
		for (const [keys, isSent] of [
			['any', false],
			['paid', false],
			['free', true],
		] as const) {
			const { rig, colleague } = await team(keys);
			const { text, error } = await colleague.ask({ needs: { free: true } });
			assert.deepEqual([text !== '', error?.reason], isSent ? [true, undefined] : [false, 'noUsableKey'], keys);
			const other = new Colleague(rig);
			other.isAway = true;
			await other.use();
			assert.equal((await other.ask({ needs: { free: true } })).error?.reason, 'noUsableKey');
		}
	});
});
