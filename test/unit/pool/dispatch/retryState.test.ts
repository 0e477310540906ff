import assert from 'node:assert/strict';
import { bucketId, type KeyId, type LeaseId, type ProjectId, type FailureAction } from '../../../../src/pool/pool';
import { RetryState, type Budget, type NextStep } from '../../../../src/pool/dispatch/retryState';
import type { LeaseGrant } from '../../../../src/pool/types/leaseRequest';
import { badKey, internal, leaked, network, overloaded, rpm } from '../../../support/pool/rig';

const a = 'a' as KeyId;
/** The same key again, as soon as the model takes requests. */
const stays: NextStep = { type: 'on', setsAside: false };
const on: NextStep = { type: 'on', setsAside: true };
const fail: NextStep = { type: 'fail', setsAside: false };
const plenty: Budget = { left: 1000, overloadRetries: Infinity, hasOtherKey: true, otherModels: 0 };

function grant(model = 'm'): LeaseGrant {
	return {
		key: a,
		model,
		lease: 'r1.1' as LeaseId,
		holder: 'r1',
		client: 'chat',
		project: 'p' as ProjectId,
		tier: 'free',
		label: 'a',
		bucketId: bucketId('p' as ProjectId, model),
		capId: undefined,
		resolved: model,
		size: { bytes: 1, tokens: 0 },
		sentAt: 0,
		leaseMs: 1,
	};
}

const spent = (course: RetryState, model = 'm'): unknown => [
	[...course.excludedBuckets],
	[...course.excludedKeys(model)],
];

describe('the course of a request', () => {
	it('spends the bucket of a quota, the key of a bench, until a new round', () => {
		const course = new RetryState(['m']);
		assert.deepEqual(course.after(rpm(), grant(), plenty), on);
		assert.deepEqual(spent(course), [['p/m'], []]);
		const close: FailureAction = { type: 'markUnsupported', reason: 'tierLacksModel', forMs: 1 };
		assert.deepEqual(course.after(close, grant('n'), plenty), on);
		assert.deepEqual(course.after(badKey, grant(), plenty), on);
		assert.deepEqual(spent(course), [['p/m', 'p/n'], ['a']]);
		for (let n = 0; n < 4; n++) course.sending('m');
		course.newRound();
		assert.deepEqual(spent(course), [[], []]);
		assert.equal(course.sends, 4, 'a new round has the sends that are left');
	});

	it('ends with an abuse signal, and with a request that is wrong', () => {
		assert.deepEqual(new RetryState(['m']).after(leaked, grant(), plenty), { type: 'fail', setsAside: true });
		assert.deepEqual(new RetryState(['m']).after({ type: 'fail', reason: 'badRequest' }, grant(), plenty), fail);
	});

	it('asks paid keys alone once the request is too large for the tier', () => {
		const course = new RetryState(['m']);
		const tooLarge: FailureAction = { type: 'excludeTier', reason: 'tooLargeForTier', limit: 5 };
		assert.deepEqual(course.after(tooLarge, grant(), plenty), on);
		assert.deepEqual([course.paidForSize('m'), course.paidForSize('lite')], [true, false]);
		assert.deepEqual(spent(course), [['p/m'], []]);
	});

	it('tries one other key, a paid one where that may help, and then no more', () => {
		const course = new RetryState(['m']);
		assert.deepEqual(course.after({ type: 'retryOtherKeyOnce', reason: 'region', paid: true }, grant(), plenty), on);
		assert.deepEqual([course.paidOnly, spent(course)], [true, [[], ['a']]]);
		assert.deepEqual(course.after({ type: 'retryOtherKeyOnce', reason: 'region', paid: false }, grant(), plenty), fail);
		assert.equal(course.paidOnly, true);
		const other = new RetryState(['m']);
		other.after({ type: 'retryOtherKeyOnce', reason: 'region', paid: false }, grant(), plenty);
		assert.equal(other.paidOnly, false);
	});

	it('stays on the key while it backs off by itself, counting from 0', () => {
		const course = new RetryState(['m', 'lite']);
		for (let n = 0; n < 4; n++) {
			assert.deepEqual(course.after(network, grant(), plenty), {
				type: 'afterBackOff',
				setsAside: false,
				n,
				leastMs: 0,
			});
			assert.equal(course.preferredKey, a);
		}
		assert.deepEqual(course.after(network, grant(), plenty), on);
		assert.deepEqual([course.preferredKey, course.open, course.wanted], [undefined, ['lite'], 'm']);
		assert.deepEqual(
			course.after(network, grant('lite'), plenty),
			{ type: 'afterBackOff', setsAside: false, n: 0, leastMs: 0 },
			'counted by model',
		);
	});

	it('goes on at once where the model backs off for everybody, and fails when no model is left', () => {
		const course = new RetryState(['m']);
		for (let n = 0; n < 4; n++) assert.deepEqual(course.after(overloaded, grant(), plenty), stays);
		assert.deepEqual(course.after(overloaded, grant(), plenty), { type: 'fail', setsAside: true });
		assert.deepEqual(course.open, []);
	});

	it('goes to one other key after a server error twice, and fails after that', () => {
		const course = new RetryState(['m']);
		course.after(internal, grant(), plenty);
		course.after(internal, grant(), plenty);
		assert.deepEqual(course.after(internal, grant(), plenty), on);
		assert.deepEqual(spent(course), [[], ['a']]);
		assert.deepEqual(course.after(internal, grant(), plenty), fail);
	});

	it('goes to one other key after silence twice, then to another model, where the key that was left counts again', () => {
		const silent: FailureAction = {
			type: 'retrySameKey',
			reason: 'idle',
			scope: 'request',
			times: 2,
			then: 'otherKeyThenModel',
		};
		const course = new RetryState(['m', 'lite']);
		course.after(silent, grant(), plenty);
		course.after(silent, grant(), plenty);
		assert.deepEqual(course.after(silent, grant(), plenty), on);
		assert.deepEqual(
			[spent(course), spent(course, 'lite')],
			[
				[[], ['a']],
				[[], []],
			],
		);
		assert.deepEqual([course.after(silent, grant(), plenty), course.open], [on, ['lite']]);
		for (let n = 0; n < 2; n++) course.after(silent, grant('lite'), plenty);
		assert.deepEqual(course.after(silent, grant('lite'), plenty), on, 'one other key for this model, too');
		assert.deepEqual(course.after(silent, grant('lite'), plenty), { type: 'fail', setsAside: true });
	});

	it('keeps away from the key that it left for another one, also in a new round', () => {
		const course = new RetryState(['m']);
		for (let n = 0; n < 3; n++) course.after(internal, grant(), plenty);
		course.after(rpm(), grant(), plenty);
		course.newRound();
		assert.deepEqual(spent(course), [[], ['a']]);
		assert.equal(course.isFresh, false);
	});

	it('looks once a round at what was refused early in it, where as many sends again are allowed', () => {
		const course = new RetryState(['m']);
		assert.equal(course.retryExcluded(5), false, 'nothing was refused');
		course.newRound();
		course.after(rpm(), grant(), plenty);
		for (let n = 0; n < 2; n++) course.sending('m');
		assert.equal(course.retryExcluded(1), false, 'two more were too many');
		assert.deepEqual([course.retryExcluded(2), spent(course)], [true, [[], []]]);
		course.after(rpm(), grant(), plenty);
		assert.equal(course.retryExcluded(4), false, 'once a round');
		course.newRound();
		course.after(rpm(), grant(), plenty);
		assert.equal(course.retryExcluded(4), true);
	});

	it('doubles its patience for a request that ran out of time, for no other', () => {
		const course = new RetryState(['m']);
		course.after(network, grant(), plenty);
		assert.equal(course.timeoutFactor, 1);
		const deadline: FailureAction = {
			type: 'retrySameKey',
			reason: 'deadline',
			scope: 'request',
			times: 1,
			then: 'fail',
		};
		assert.deepEqual(course.after(deadline, grant(), plenty), {
			type: 'afterBackOff',
			setsAside: false,
			n: 0,
			leastMs: 0,
		});
		assert.equal(course.timeoutFactor, 2);
		assert.deepEqual(course.after(deadline, grant(), plenty), fail);
	});

	it('puts the model that a person asks for first, also one it had given up', () => {
		const course = new RetryState(['m', 'lite', 'm']);
		assert.deepEqual(course.open, ['m', 'lite']);
		course.useModel('pro');
		assert.deepEqual([course.open, course.wanted], [['pro', 'm', 'lite'], 'pro']);
		course.useModel('lite');
		assert.deepEqual(course.open, ['lite', 'pro', 'm']);
		for (let n = 0; n < 5; n++) course.after(overloaded, grant('m'), plenty);
		assert.deepEqual(course.open, ['lite', 'pro']);
		course.useModel('m');
		assert.deepEqual(course.open, ['m', 'lite', 'pro']);
	});
});
