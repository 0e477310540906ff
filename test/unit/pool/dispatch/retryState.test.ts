import assert from 'node:assert/strict';
import type { FailureAction, KeyId } from '../../../../src/pool/pool';
import { RetryState, type Budget, type NextStep } from '../../../../src/pool/dispatch/retryState';
import { grantOf as grant } from '../../../support/pool/grant';
import { badKey, deadline, internal, leaked, network, overloaded, rpm, silent } from '../../../support/pool/rig';

const a = 'a' as KeyId;
/** The same key again, as soon as the model takes requests. */
const stays: NextStep = { type: 'allocate', setsAside: false };
const on: NextStep = { type: 'allocate', setsAside: true };
const fail: NextStep = { type: 'fail', setsAside: false };
const plenty: Budget = { sendsLeft: 1000, overloadRetries: Infinity, hasOtherKey: true, otherModels: 0 };

const spent = (retryState: RetryState, model = 'm'): unknown => [
	[...retryState.excludedBuckets],
	[...retryState.excludedKeys(model)],
];

describe('the course of a request', () => {
	it('excludes the bucket of a quota, the key of a quarantine, until a new round', () => {
		const retryState = new RetryState(['m']);
		assert.deepEqual(retryState.afterFailure(rpm(), grant(), plenty), on);
		assert.deepEqual(spent(retryState), [['p/m'], []]);
		const close: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1 };
		assert.deepEqual(retryState.afterFailure(close, grant('n'), plenty), on);
		assert.deepEqual(retryState.afterFailure(badKey, grant(), plenty), on);
		assert.deepEqual(spent(retryState), [['p/m', 'p/n'], ['a']]);
		for (let n = 0; n < 4; n++) retryState.countSend('m');
		retryState.newRound();
		assert.deepEqual(spent(retryState), [[], []]);
		assert.equal(retryState.sends, 4, 'a new round has the sends that are left');
	});

	it('ends with an abuse signal, and with a request that is wrong', () => {
		assert.deepEqual(new RetryState(['m']).afterFailure(leaked, grant(), plenty), { type: 'fail', setsAside: true });
		assert.deepEqual(new RetryState(['m']).afterFailure({ type: 'fail', reason: 'badRequest' }, grant(), plenty), fail);
	});

	it('asks paid keys alone once the request is too large for the tier', () => {
		const retryState = new RetryState(['m']);
		const tooLarge: FailureAction = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 5 };
		assert.deepEqual(retryState.afterFailure(tooLarge, grant(), plenty), on);
		assert.deepEqual([retryState.paidForSize('m'), retryState.paidForSize('lite')], [true, false]);
		assert.deepEqual(spent(retryState), [['p/m'], []]);
	});

	it('tries one other key, a paid one where that may help, and then no more', () => {
		const retryState = new RetryState(['m']);
		assert.deepEqual(
			retryState.afterFailure({ type: 'retryOtherKeyOnce', reason: 'region', paid: true }, grant(), plenty),
			on,
		);
		assert.deepEqual([retryState.paidOnly, spent(retryState)], [true, [[], ['a']]]);
		assert.deepEqual(
			retryState.afterFailure({ type: 'retryOtherKeyOnce', reason: 'region', paid: false }, grant(), plenty),
			fail,
		);
		assert.equal(retryState.paidOnly, true);
		const other = new RetryState(['m']);
		other.afterFailure({ type: 'retryOtherKeyOnce', reason: 'region', paid: false }, grant(), plenty);
		assert.equal(other.paidOnly, false);
	});

	it('stays on the key while it backs off by itself, counting from 0', () => {
		const retryState = new RetryState(['m', 'lite']);
		for (let n = 0; n < 4; n++) {
			assert.deepEqual(retryState.afterFailure(network, grant(), plenty), {
				type: 'backOff',
				setsAside: false,
				n,
				minMs: 0,
			});
			assert.equal(retryState.preferredKey, a);
		}
		assert.deepEqual(retryState.afterFailure(network, grant(), plenty), on);
		assert.deepEqual([retryState.preferredKey, retryState.openModels, retryState.wanted], [undefined, ['lite'], 'm']);
		assert.deepEqual(
			retryState.afterFailure(network, grant('lite'), plenty),
			{ type: 'backOff', setsAside: false, n: 0, minMs: 0 },
			'counted by model',
		);
	});

	it('goes on at once where the model backs off for everybody, and fails when no model is left', () => {
		const retryState = new RetryState(['m']);
		for (let n = 0; n < 4; n++) assert.deepEqual(retryState.afterFailure(overloaded, grant(), plenty), stays);
		assert.deepEqual(retryState.afterFailure(overloaded, grant(), plenty), { type: 'fail', setsAside: true });
		assert.deepEqual(retryState.openModels, []);
	});

	it('goes to one other key after a server error twice, and fails after that', () => {
		const retryState = new RetryState(['m']);
		retryState.afterFailure(internal, grant(), plenty);
		retryState.afterFailure(internal, grant(), plenty);
		assert.deepEqual(retryState.afterFailure(internal, grant(), plenty), on);
		assert.deepEqual(spent(retryState), [[], ['a']]);
		assert.deepEqual(retryState.afterFailure(internal, grant(), plenty), fail);
	});

	it('goes to one other key after silence twice, then to another model, where the key that was left counts again', () => {
		const retryState = new RetryState(['m', 'lite']);
		retryState.afterFailure(silent, grant(), plenty);
		retryState.afterFailure(silent, grant(), plenty);
		assert.deepEqual(retryState.afterFailure(silent, grant(), plenty), on);
		assert.deepEqual(
			[spent(retryState), spent(retryState, 'lite')],
			[
				[[], ['a']],
				[[], []],
			],
		);
		assert.deepEqual([retryState.afterFailure(silent, grant(), plenty), retryState.openModels], [on, ['lite']]);
		for (let n = 0; n < 2; n++) retryState.afterFailure(silent, grant('lite'), plenty);
		assert.deepEqual(retryState.afterFailure(silent, grant('lite'), plenty), on, 'one other key for this model, too');
		assert.deepEqual(retryState.afterFailure(silent, grant('lite'), plenty), { type: 'fail', setsAside: true });
	});

	it('keeps away from the key that it left for another one, also in a new round', () => {
		const retryState = new RetryState(['m']);
		for (let n = 0; n < 3; n++) retryState.afterFailure(internal, grant(), plenty);
		retryState.afterFailure(rpm(), grant(), plenty);
		retryState.newRound();
		assert.deepEqual(spent(retryState), [[], ['a']]);
		assert.equal(retryState.hasNoExclusions, false);
	});

	it('looks once a round at what was refused early in it, where as many sends again are allowed', () => {
		const retryState = new RetryState(['m']);
		assert.equal(retryState.retryExcluded(5), false, 'nothing was refused');
		retryState.newRound();
		retryState.afterFailure(rpm(), grant(), plenty);
		for (let n = 0; n < 2; n++) retryState.countSend('m');
		assert.equal(retryState.retryExcluded(1), false, 'two more were too many');
		assert.deepEqual([retryState.retryExcluded(2), spent(retryState)], [true, [[], []]]);
		retryState.afterFailure(rpm(), grant(), plenty);
		assert.equal(retryState.retryExcluded(4), false, 'once a round');
		retryState.newRound();
		retryState.afterFailure(rpm(), grant(), plenty);
		assert.equal(retryState.retryExcluded(4), true);
	});

	it('doubles its patience for a request that ran out of time, for no other', () => {
		const retryState = new RetryState(['m']);
		retryState.afterFailure(network, grant(), plenty);
		assert.equal(retryState.timeoutFactor, 1);
		assert.deepEqual(retryState.afterFailure(deadline, grant(), plenty), {
			type: 'backOff',
			setsAside: false,
			n: 0,
			minMs: 0,
		});
		assert.equal(retryState.timeoutFactor, 2);
		assert.deepEqual(retryState.afterFailure(deadline, grant(), plenty), fail);
	});

	it('puts the model that a person asks for first, also one it had given up', () => {
		const retryState = new RetryState(['m', 'lite', 'm']);
		assert.deepEqual(retryState.openModels, ['m', 'lite']);
		retryState.useModel('pro');
		assert.deepEqual([retryState.openModels, retryState.wanted], [['pro', 'm', 'lite'], 'pro']);
		retryState.useModel('lite');
		assert.deepEqual(retryState.openModels, ['lite', 'pro', 'm']);
		for (let n = 0; n < 5; n++) retryState.afterFailure(overloaded, grant('m'), plenty);
		assert.deepEqual(retryState.openModels, ['lite', 'pro']);
		retryState.useModel('m');
		assert.deepEqual(retryState.openModels, ['m', 'lite', 'pro']);
	});
});
