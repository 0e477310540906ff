import assert from 'node:assert/strict';
import { errorBody } from '../../../../src/gateway/answers/gatewayError';
import { fromRefusal } from '../../../../src/gateway/answers/ownErrors';
import { fromPoolError } from '../../../../src/gateway/answers/poolErrors';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { createWords } from '../../../../src/localization/words';
import { PoolError, type FailureAction, type PoolFacts, type Reason } from '../../../../src/pool/pool';

const t = (text: string): string => text;
const words = createWords(t, { language: 'en' }, () => 0);

/** What the SDK throws for an answer of a gateway, in either dialect's status. */
const told = (status: number, body: string): FailureAction =>
	failureOf(Object.assign(new Error(`got status: ${status}. ${body}`), { status }), t, 'gemini-3.8-flash').action;
const ofPool = (reason: Reason, facts: PoolFacts = {}): FailureAction => {
	const error = fromPoolError(new PoolError(reason, [], facts), words, 0);
	return told(error.status, errorBody('gemini', error));
};

describe('gemini: what a team’s gateway says', () => {
	it('is never held against the token, whatever became of the keys there', () => {
		for (const reason of [
			...(['badKey', 'blocked', 'serviceDisabled', 'billing', 'suspended', 'leaked', 'denied', 'region'] as const),
			...(['paused', 'noKeys', 'paidOnly', 'keysLocked', 'clientHeld', 'hostRefused'] as const),
		]) {
			assert.deepEqual(ofPool(reason), { type: 'fail', reason: 'gatewayRefused' }, reason);
		}
	});

	it('rests the model exactly as long as it says', () => {
		for (const reason of ['rpm', 'rpd', 'capacity', 'throttled', 'waitedTooLong', 'noUsableKey'] as const) {
			assert.deepEqual(ofPool(reason, { retryAt: 12_000 }), { type: 'coolDown', reason: 'capacity', delayMs: 12_000 });
		}
		const busy = fromRefusal({ type: 'tooManyAtOnce', limit: 8 }, t);
		assert.deepEqual(told(busy.status, errorBody('gemini', busy)), {
			...{ type: 'coolDown', reason: 'capacity', delayMs: 1_000 },
		});
	});

	it('names a budget as one, and no budget asks for a raise that only the gateway’s owner can give', () => {
		for (const reason of ['budget', 'cap'] as const) {
			assert.deepEqual(ofPool(reason, { retryAt: 9 }), { type: 'fail', reason: 'gatewayBudget' });
		}
		const day = fromRefusal({ type: 'requestsOfDay', limit: 3, retryAfterMs: 5_000 }, t);
		assert.deepEqual(told(day.status, errorBody('gemini', day)), { type: 'fail', reason: 'gatewayBudget' });
		const { text, remedy, action } = words.describeReason('gatewayBudget', { serviceMessage: 'Ask Ann.' });
		assert.match(`${text} ${remedy}`, /budget at the team’s gateway.*It says: /);
		assert.equal(action, undefined);
	});

	it('is about the model or the request where it says so', () => {
		assert.deepEqual(ofPool('noSuchModel'), { type: 'fail', reason: 'noSuchModel' });
		assert.deepEqual(ofPool('promptTooLong'), { type: 'fail', reason: 'promptTooLong' });
		assert.equal(ofPool('thoughtSignature').type, 'replaceSignatures');
		assert.equal(ofPool('modelDenied').type, 'denyModel');
		const notAllowed = fromRefusal({ type: 'modelNotAllowed', model: 'x' }, t);
		assert.equal(told(notAllowed.status, errorBody('gemini', notAllowed)).type, 'denyModel');
		const overloaded = ofPool('overloaded');
		assert.ok(overloaded.type === 'retrySameKey' && overloaded.scope === 'model');
	});

	it('says that the token is good no more, and that the gateway goes away', () => {
		const gone = fromRefusal({ type: 'unknownToken' }, t);
		const action = told(gone.status, errorBody('gemini', gone));
		assert.ok(action.type === 'quarantine' && action.reason === 'badKey' && !action.abuse);
		const stopping = fromRefusal({ type: 'stopping' }, t);
		const leaves = told(stopping.status, errorBody('gemini', stopping));
		assert.ok(leaves.type === 'retrySameKey' && leaves.scope === 'request');
	});

	it('is read by its domain alone: nobody else can speak so', () => {
		const body = JSON.stringify({ error: { code: 403, message: 'no', status: 'PERMISSION_DENIED', details: [] } });
		assert.notEqual(told(403, body).reason, 'gatewayRefused');
	});
});
