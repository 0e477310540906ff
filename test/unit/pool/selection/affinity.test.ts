import assert from 'node:assert/strict';
import type { Session } from '../../../../src/pool/pool';
import { Affinity } from '../../../../src/pool/selection/affinity';
import { answers, fails, Rig, rpm, type KeyPlan } from '../../../support/pool/rig';
import { aKey } from '../../../support/aKey';

const of = (id: string, isInTurn = false): { readonly session: Session } => ({ session: { id, isInTurn } });
const three: Readonly<Record<string, KeyPlan>> = { a: {}, b: {}, c: {} };

/** The keys that answered, in order. */
async function keysOf(rig: Rig, ...sessions: readonly (Session | undefined)[]): Promise<string> {
	const before = rig.sends.length;
	for (const session of sessions) await rig.answer(session ? { session } : {});
	return rig.sends
		.slice(before)
		.map(({ key }) => key)
		.join(' ');
}

describe('affinity of a session', () => {
	for (const strategy of ['headroom', 'healthScore'] as const) {
		it(`keeps a session on the key that answered it last under ${strategy}`, async () => {
			let luck = 0;
			const rig = new Rig(three, answers, { strategy, random: () => luck });
			const [first] = (await keysOf(rig, of('s').session)).split(' ');
			luck = 0.99;
			// Requests of no session use the key less than the others.
			await keysOf(rig, undefined, undefined);
			assert.equal(await keysOf(rig, of('s').session, of('s').session, of('s').session), `${first} ${first} ${first}`);
		});
	}

	for (const strategy of ['roundRobin', 'weighted', 'leastRecentlyUsed'] as const) {
		it(`leaves ${strategy} its turns, but for the middle of a turn`, async () => {
			const rig = new Rig(three, answers, { strategy });
			const session = of('s').session;
			const keys = await keysOf(rig, session, session, session);
			assert.deepEqual(keys.split(' ').sort(), ['a', 'b', 'c']);
			const last = keys.split(' ').at(-1);
			const inTurn = of('s', true).session;
			assert.equal(await keysOf(rig, inTurn, inTurn), `${last} ${last}`);
		});
	}

	it('does not keep primary-backup from its primary, not in the middle of a turn either', async () => {
		let refusals = 1;
		const rig = new Rig(
			{ a: {}, b: { role: 'backup' } },
			(send) => (send.key === 'a' && refusals-- > 0 ? fails(rpm(1_000)) : answers(send)),
			{ strategy: 'primaryBackup' },
		);
		const session = of('s', true).session;
		assert.equal(await keysOf(rig, session), 'a b');
		await rig.clock.advance(120_000);
		assert.equal(await keysOf(rig, session), 'a');
	});

	it('stays within the money class: a free key that can serve goes before the paid one of the session', async () => {
		let refusals = 1;
		const rig = new Rig(
			{ free: {}, paid: { tier: 'paid' } },
			(send) => (send.key === 'free' && refusals-- > 0 ? fails(rpm(1_000)) : answers(send)),
			{ strategy: 'headroom' },
		);
		assert.equal(await keysOf(rig, of('s').session), 'free paid');
		await rig.clock.advance(120_000);
		assert.equal(await keysOf(rig, of('s').session), 'free');
	});

	it('moves on where its key cannot serve, and stays with the new one', async () => {
		let refuses = false;
		const rig = new Rig(three, (send) => (refuses && send.key === 'a' ? fails(rpm(600_000)) : answers(send)), {
			strategy: 'headroom',
		});
		const session = of('s').session;
		assert.equal(await keysOf(rig, session), 'a');
		refuses = true;
		const [, second] = (await keysOf(rig, session)).split(' ');
		assert.notEqual(second, 'a');
		assert.equal(await keysOf(rig, session), second);
	});

	it('does not make a session wait for its key while another one can serve', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 1 } } }, b: {} }, answers, { strategy: 'headroom' });
		const session = of('s').session;
		await keysOf(rig, session);
		const asked = rig.ask({ session });
		await rig.clock.settle();
		await asked.ended;
		assert.equal(asked.types, 'output done');
		assert.equal(rig.sends.at(-1)?.key, 'b');
	});

	it('remembers a bounded number of sessions, the newest', () => {
		const affinity = new Affinity();
		const { id } = aKey('a', 'p', 0);
		for (let n = 0; n <= 2_000; n++) affinity.answered({ id: `s${n}`, isInTurn: false }, id);
		assert.deepEqual(affinity.of({ id: 's0', isInTurn: false }), {});
		assert.deepEqual(affinity.of({ id: 's1', isInTurn: true }), { sessionKey: id, isInTurn: true });
		affinity.answered({ id: 's1', isInTurn: false }, id);
		affinity.answered({ id: 'one more', isInTurn: false }, id);
		const known = ['s1', 's2', 's3'].map((one) => affinity.of({ id: one, isInTurn: false }).sessionKey);
		assert.deepEqual(known, [id, undefined, id], 'the one that was answered longest ago goes first');
	});
});
