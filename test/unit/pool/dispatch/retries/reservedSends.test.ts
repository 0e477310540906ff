import assert from 'node:assert/strict';
import {
	RetryState,
	SendBudget,
	TimeLeft,
	type Budget,
	type NextStep,
} from '../../../../../src/pool/dispatch/retryState';
import { AnswerTimes } from '../../../../../src/pool/health/modelRecord';
import type { FailureAction, ProjectId } from '../../../../../src/pool/pool';
import type { LeaseGrant } from '../../../../../src/pool/types/leaseRequest';
import { Chooser } from '../../../../support/pool/chooser';
import { grantOf } from '../../../../support/pool/grant';
import { badKey, internal, overloaded, rpm, silent } from '../../../../support/pool/rig';

const project = 'p-a' as ProjectId;
const on: NextStep = { type: 'allocate', setsAside: true };
const stays: NextStep = { type: 'allocate', setsAside: false };
const backsOff = (n: number, minMs = 0): NextStep => ({ type: 'backOff', setsAside: false, n, minMs });

const grant = (model?: string): LeaseGrant => grantOf(model, project);

/** What is done after a failure, with so much of the budget. */
function after(
	action: FailureAction,
	more: Partial<Budget>,
	state = new RetryState(['m', 'lite']),
	model?: string,
): NextStep {
	const budget = { sendsLeft: 1_000, overloadRetries: Infinity, hasOtherKey: false, otherModels: 0, ...more };
	return state.afterFailure(action, grant(model), budget);
}

describe('the last sends of a request', () => {
	it('are kept for another key and another model that could answer, after all back-offs', () => {
		assert.deepEqual(after(internal, { sendsLeft: 1, hasOtherKey: true }), on);
		assert.deepEqual(after(internal, { sendsLeft: 1 }), backsOff(0));
		assert.deepEqual(after(internal, { sendsLeft: 2, hasOtherKey: true, otherModels: 5 }), backsOff(0));
		assert.deepEqual(after(silent, { sendsLeft: 2, hasOtherKey: true, otherModels: 1 }), on);
		assert.deepEqual(after(silent, { sendsLeft: 3, hasOtherKey: true, otherModels: 1 }), backsOff(0));
	});

	it('are kept for no other key once one was tried for that reason, whatever the model', () => {
		const state = new RetryState(['m', 'lite']);
		assert.deepEqual(after(internal, { sendsLeft: 1, hasOtherKey: true }, state), on);
		assert.deepEqual(after(internal, { sendsLeft: 1, hasOtherKey: true }, state, 'lite'), backsOff(0));
		const each = new RetryState(['m', 'lite']);
		assert.deepEqual(after(silent, { sendsLeft: 1, hasOtherKey: true }, each), on);
		assert.deepEqual(after(silent, { sendsLeft: 1, hasOtherKey: true }, each, 'lite'), on, 'of silence by model');
	});

	it('are no fault of the key where none is left', () => {
		assert.deepEqual(after(internal, { sendsLeft: 0, hasOtherKey: true }), stays);
	});

	it('go to models that were not asked yet, and to those that are open where there are none', () => {
		const state = new RetryState(['m', 'lite']);
		const any = (): boolean => true;
		state.countSend('m');
		assert.deepEqual([state.modelsToTry(2, any), state.modelsToTry(1, any)], [['m', 'lite'], ['lite']]);
		assert.deepEqual(
			state.modelsToTry(0, () => false),
			['m', 'lite'],
		);
	});

	it('are counted as kept for models that could answer now, and were not asked', async () => {
		const chooser = new Chooser({ a: {}, b: {} });
		const state = new RetryState(['m', 'lite', 'tiny']);
		const engine = { allocator: chooser.allocator, options: () => ({ maxRetries: 3 }), enabledKeys: () => 2 };
		const budget = new SendBudget(engine, state, (model) => chooser.request({ model }));
		state.countSend('m');
		const expected = { sendsLeft: 5, overloadRetries: Infinity, hasOtherKey: true, otherModels: 2 };
		assert.deepEqual(budget.after(grant()), expected);
		for (const key of ['a', 'b']) {
			await chooser.inBucket(key, (now) => ({ status: cooling(now) }), 'lite');
		}
		assert.equal(budget.after(grant()).otherModels, 1);
		state.countSend('tiny');
		assert.equal(budget.after(grant()).otherModels, 0);
	});
});

const cooling = (now: number) =>
	({ state: 'coolingDown', reason: 'rpm', since: now, until: now + 1_000, backoffLevel: 0 }) as const;

describe('the retries of an overloaded model', () => {
	it('are as few as a small day allows, and those of other failures are as many as ever', () => {
		const state = new RetryState(['m', 'lite']);
		assert.deepEqual(after(overloaded, { overloadRetries: 1 }, state), stays);
		assert.deepEqual(after(overloaded, { overloadRetries: 1 }, state), on);
		assert.deepEqual(state.openModels, ['lite']);
		const other = new RetryState(['m']);
		for (const n of [0, 1]) assert.deepEqual(after(internal, { overloadRetries: 1 }, other), backsOff(n));
	});

	it('are made however long the model backs off, whereas a request bears no longer back-off than it has time', () => {
		const longestBackOffMs = 9_999;
		const states = (action: FailureAction): FailureAction => ({ ...action, minDelaysMs: [10_000] }) as FailureAction;
		assert.deepEqual(after(states(overloaded), { longestBackOffMs }), stays);
		assert.deepEqual(after(states(internal), { longestBackOffMs, hasOtherKey: true }), on);
		assert.deepEqual(after(states(internal), { longestBackOffMs: 10_000 }), backsOff(0, 10_000));
	});
});

describe('what a request has left behind', () => {
	it('is nothing at first; a bucket or a key makes it one of its own', () => {
		assert.equal(new RetryState(['m']).hasNoExclusions, true);
		for (const action of [rpm(), badKey, { type: 'denyModel', reason: 'modelDenied', forMs: 1 }] as FailureAction[]) {
			const state = new RetryState(['m']);
			after(action, {}, state);
			assert.equal(state.hasNoExclusions, false, action.reason);
		}
	});

	it('is a key that may not use the model, for that model, in later rounds too', () => {
		const state = new RetryState(['m', 'lite']);
		assert.deepEqual(after({ type: 'denyModel', reason: 'modelDenied', forMs: 1 }, {}, state), on);
		state.newRound();
		assert.deepEqual([[...state.excludedKeys('m')], [...state.excludedKeys('lite')]], [['a'], []]);
	});

	it('is tried again where a bucket and a key were refused', () => {
		const state = new RetryState(['m']);
		after(rpm(), {}, state);
		after(badKey, {}, state);
		assert.equal(state.retryExcluded(1), true);
		assert.equal(state.hasNoExclusions, true);
	});

	it('is no key where the thought signatures alone are replaced', () => {
		const state = new RetryState(['m'], true);
		assert.deepEqual(after({ type: 'replaceSignatures', reason: 'thoughtSignature' }, {}, state), stays);
		assert.equal(state.preferredKey, 'a');
	});
});

describe('the time of a request', () => {
	function begun(timeoutMs?: number): { left: TimeLeft; clock: Chooser['clock'] } {
		const { clock, store } = new Chooser({});
		const engine = { queue: { awake: clock.monotonic }, store, answerTimes: new AnswerTimes(clock) };
		return { clock, left: new TimeLeft(engine, { maxWaitMs: 5_000, ...(timeoutMs !== undefined && { timeoutMs }) }) };
	}

	it('is spent by waits that were really waits', async () => {
		const { left, clock } = begun();
		for (const counts of [true, false]) {
			left.beginWait();
			await clock.advance(1_000);
			left.endWait(counts);
		}
		assert.deepEqual([left.waited, left.toWaitMs], [1_000, 4_000]);
	});

	it('does not suffice for an answer that would end with it', () => {
		const { left } = begun(1_000);
		assert.deepEqual([left.suffices(['m'], 999), left.suffices(['m'], 1_000)], [true, false]);
		assert.equal(begun().left.suffices(['m'], 1e9), true);
	});
});
