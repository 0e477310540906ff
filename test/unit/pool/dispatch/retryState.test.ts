import assert from 'node:assert/strict';
import { bucketId, type KeyId, type LeaseId, type ProjectId, type Verdict } from '../../../../src/pool/pool';
import { Course, type Budget, type Next } from '../../../../src/pool/dispatch/retryState';
import type { Grant } from '../../../../src/pool/types/leaseRequest';
import { badKey, internal, leaked, network, overloaded, rpm } from '../../../support/pool/rig';

const a = 'a' as KeyId;
/** The same key again, as soon as the model takes requests. */
const stays: Next = { go: 'on', setsAside: false };
const on: Next = { go: 'on', setsAside: true };
const fail: Next = { go: 'fail', setsAside: false };
const plenty: Budget = { left: 1000, overloadRetries: Infinity, hasOtherKey: true, otherModels: 0 };

function grant(model = 'm'): Grant {
	return {
		key: a,
		model,
		lease: 'r1.1' as LeaseId,
		holder: 'r1',
		label: 'a',
		bucketId: bucketId('p' as ProjectId, model),
		capId: undefined,
		resolved: model,
		cost: { bytes: 1, tokens: 0 },
		sentAt: 0,
		leaseMs: 1,
	};
}

const spent = (course: Course, model = 'm'): unknown => [[...course.spentBuckets], [...course.spentKeys(model)]];

describe('the course of a request', () => {
	it('spends the bucket of a quota, the key of a bench, until a new round', () => {
		const course = new Course(['m']);
		assert.deepEqual(course.after(rpm(), grant(), plenty), on);
		assert.deepEqual(spent(course), [['p/m'], []]);
		const close: Verdict = { act: 'close', why: 'tierLacksModel', forMs: 1 };
		assert.deepEqual(course.after(close, grant('n'), plenty), on);
		assert.deepEqual(course.after(badKey, grant(), plenty), on);
		assert.deepEqual(spent(course), [['p/m', 'p/n'], ['a']]);
		for (let n = 0; n < 4; n++) course.sending('m');
		course.newRound();
		assert.deepEqual(spent(course), [[], []]);
		assert.equal(course.sends, 4, 'a new round has the sends that are left');
	});

	it('ends with an abuse signal, and with a request that is wrong', () => {
		assert.deepEqual(new Course(['m']).after(leaked, grant(), plenty), { go: 'fail', setsAside: true });
		assert.deepEqual(new Course(['m']).after({ act: 'fail', why: 'badRequest' }, grant(), plenty), fail);
	});

	it('asks paid keys alone once the request is too large for the tier', () => {
		const course = new Course(['m']);
		const tooLarge: Verdict = { act: 'skipTier', why: 'tooLargeForTier', limit: 5 };
		assert.deepEqual(course.after(tooLarge, grant(), plenty), on);
		assert.deepEqual([course.paidForSize('m'), course.paidForSize('lite')], [true, false]);
		assert.deepEqual(spent(course), [['p/m'], []]);
	});

	it('tries one other key, a paid one where that may help, and then no more', () => {
		const course = new Course(['m']);
		assert.deepEqual(course.after({ act: 'tryOneOther', why: 'region', paid: true }, grant(), plenty), on);
		assert.deepEqual([course.paidOnly, spent(course)], [true, [[], ['a']]]);
		assert.deepEqual(course.after({ act: 'tryOneOther', why: 'region', paid: false }, grant(), plenty), fail);
		assert.equal(course.paidOnly, true);
		const other = new Course(['m']);
		other.after({ act: 'tryOneOther', why: 'region', paid: false }, grant(), plenty);
		assert.equal(other.paidOnly, false);
	});

	it('stays on the key while it backs off by itself, counting from 0', () => {
		const course = new Course(['m', 'lite']);
		for (let n = 0; n < 4; n++) {
			assert.deepEqual(course.after(network, grant(), plenty), { go: 'afterBackOff', setsAside: false, n, leastMs: 0 });
			assert.equal(course.prefer, a);
		}
		assert.deepEqual(course.after(network, grant(), plenty), on);
		assert.deepEqual([course.prefer, course.open, course.wanted], [undefined, ['lite'], 'm']);
		assert.deepEqual(
			course.after(network, grant('lite'), plenty),
			{ go: 'afterBackOff', setsAside: false, n: 0, leastMs: 0 },
			'counted by model',
		);
	});

	it('goes on at once where the model backs off for everybody, and fails when no model is left', () => {
		const course = new Course(['m']);
		for (let n = 0; n < 4; n++) assert.deepEqual(course.after(overloaded, grant(), plenty), stays);
		assert.deepEqual(course.after(overloaded, grant(), plenty), { go: 'fail', setsAside: true });
		assert.deepEqual(course.open, []);
	});

	it('goes to one other key after a server error twice, and fails after that', () => {
		const course = new Course(['m']);
		course.after(internal, grant(), plenty);
		course.after(internal, grant(), plenty);
		assert.deepEqual(course.after(internal, grant(), plenty), on);
		assert.deepEqual(spent(course), [[], ['a']]);
		assert.deepEqual(course.after(internal, grant(), plenty), fail);
	});

	it('goes to one other key after silence twice, then to another model, where the key that was left counts again', () => {
		const silent: Verdict = { act: 'backOff', why: 'idle', scope: 'request', times: 2, then: 'otherKeyThenModel' };
		const course = new Course(['m', 'lite']);
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
		assert.deepEqual(course.after(silent, grant('lite'), plenty), { go: 'fail', setsAside: true });
	});

	it('keeps away from the key that it left for another one, also in a new round', () => {
		const course = new Course(['m']);
		for (let n = 0; n < 3; n++) course.after(internal, grant(), plenty);
		course.after(rpm(), grant(), plenty);
		course.newRound();
		assert.deepEqual(spent(course), [[], ['a']]);
		assert.equal(course.isFresh, false);
	});

	it('looks once a round at what was refused early in it, where as many sends again are allowed', () => {
		const course = new Course(['m']);
		assert.equal(course.lookAgain(5), false, 'nothing was refused');
		course.newRound();
		course.after(rpm(), grant(), plenty);
		for (let n = 0; n < 2; n++) course.sending('m');
		assert.equal(course.lookAgain(1), false, 'two more were too many');
		assert.deepEqual([course.lookAgain(2), spent(course)], [true, [[], []]]);
		course.after(rpm(), grant(), plenty);
		assert.equal(course.lookAgain(4), false, 'once a round');
		course.newRound();
		course.after(rpm(), grant(), plenty);
		assert.equal(course.lookAgain(4), true);
	});

	it('doubles its patience for a request that ran out of time, for no other', () => {
		const course = new Course(['m']);
		course.after(network, grant(), plenty);
		assert.equal(course.patience, 1);
		const deadline: Verdict = { act: 'backOff', why: 'deadline', scope: 'request', times: 1, then: 'fail' };
		assert.deepEqual(course.after(deadline, grant(), plenty), {
			go: 'afterBackOff',
			setsAside: false,
			n: 0,
			leastMs: 0,
		});
		assert.equal(course.patience, 2);
		assert.deepEqual(course.after(deadline, grant(), plenty), fail);
	});

	it('puts the model that a person asks for first, also one it had given up', () => {
		const course = new Course(['m', 'lite', 'm']);
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
