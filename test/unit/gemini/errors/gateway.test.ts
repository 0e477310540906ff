import assert from 'node:assert/strict';
import { errorBody, type GatewayError } from '../../../../src/gateway/answers/gatewayError';
import { fromRefusal, type Refusal } from '../../../../src/gateway/answers/ownErrors';
import { fromPoolError } from '../../../../src/gateway/answers/poolErrors';
import { failureOf } from '../../../../src/gemini/errors/failure';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';
import { createWords } from '../../../../src/localization/words';
import { PoolError, type FailureAction, type PoolFacts, type Reason } from '../../../../src/pool/pool';

const t = (text: string): string => text;
const words = createWords(t, { language: 'en' }, () => 0);

/** What the SDK throws for an answer of a gateway, in either dialect's status. */
const told = (status: number, body: string): FailureAction =>
	failureOf(Object.assign(new Error(`got status: ${status}. ${body}`), { status }), t, 'gemini-3.8-flash').action;
/** It means the same in both: a tool of OpenAI's may ask through the colleague's own gateway. */
const inEitherDialect = (error: GatewayError): FailureAction => {
	const action = told(error.status, errorBody('gemini', error));
	assert.deepEqual(told(error.status, errorBody('openai', error)), action, error.reason);
	return action;
};
const refused = (refusal: Refusal): FailureAction => inEitherDialect(fromRefusal(refusal, t));
const ofPool = (reason: Reason, facts: PoolFacts = {}): FailureAction =>
	inEitherDialect(fromPoolError(new PoolError(reason, [], facts), words, 0));

describe('gemini: what a team’s gateway says', () => {
	it('is never held against the token, whatever became of the keys there', () => {
		for (const reason of [
			...(['badKey', 'blocked', 'serviceDisabled', 'billing', 'suspended', 'leaked', 'denied', 'region'] as const),
			...(['paused', 'noKeys', 'paidOnly', 'keysLocked', 'clientHeld', 'hostRefused'] as const),
		]) {
			assert.deepEqual(ofPool(reason), { type: 'fail', reason: 'gatewayRefused' }, reason);
		}
		// Of its own network, which comes back by itself. All of a batch is kept, where each prompt would fail by itself.
		for (const reason of ['unreachable', 'proxy'] as const) {
			assert.deepEqual(ofPool(reason), { type: 'fail', reason: 'gatewayRefused', retryInMs: 10_000 }, reason);
		}
		// So it is where that is the network of one behind it.
		const behind = { type: 'fail', reason: 'gatewayRefused' } as const;
		assert.deepEqual(ofPool('gatewayRefused', { retryAt: 9_000 }), { ...behind, retryInMs: 9_000 });
		assert.deepEqual(ofPool('gatewayRefused'), behind);
	});

	it('rests the model exactly as long as it says', () => {
		const rest = { type: 'coolDown', reason: 'capacity', delayMs: 12_000 } as const;
		for (const reason of ['rpm', 'rpd', 'capacity', 'throttled', 'noUsableKey', 'tooManyTries'] as const) {
			assert.deepEqual(ofPool(reason, { retryAt: 12_000 }), rest);
		}
		// It is no try where it has but waited there, for seconds: its own wait here may be 15 minutes.
		assert.deepEqual(ofPool('waitedTooLong', { retryAt: 12_000 }), { ...rest, isNoTry: true });
		assert.deepEqual(ofPool('waitedTooLong', { retryAt: 3 }), { ...rest, delayMs: 1_000, isNoTry: true });
		// Nor where it lacks a place, which an answer under way gives back, in minutes perhaps.
		for (const refusal of [{ type: 'tooManyAtOnce', limit: 8 }, { type: 'full' }] as const) {
			assert.deepEqual(refused(refusal), { type: 'coolDown', reason: 'capacity', delayMs: 10_000, isNoTry: true });
		}
	});

	it('names a budget as one, and no budget asks for a raise that only the gateway’s owner can give', () => {
		for (const reason of ['budget', 'cap'] as const) {
			assert.deepEqual(ofPool(reason, { retryAt: 9 }), { type: 'fail', reason: 'gatewayBudget', retryInMs: 9 });
			assert.deepEqual(ofPool(reason), { type: 'fail', reason: 'gatewayBudget' }, 'it is never allowed by waiting');
		}
		const day = refused({ type: 'requestsOfDay', limit: 3, retryAfterMs: 5_000, until: '08:00' });
		assert.deepEqual(day, { type: 'fail', reason: 'gatewayBudget', retryInMs: 5_000 });
		const { text, remedy, action } = words.describeReason('gatewayBudget', { serviceMessage: 'Ask Ann.' });
		assert.match(`${text} ${remedy}`, /budget at the team’s gateway.*It says: /);
		assert.equal(action, undefined);
	});

	it('is about the model where it says so: nobody waits for a token to be for it, and another model takes over', () => {
		const denied = { type: 'denyModel', reason: 'modelDenied', forMs: 0 };
		assert.deepEqual(ofPool('modelDenied'), denied);
		assert.deepEqual(ofPool('tierLacksModel'), denied);
		assert.deepEqual(refused({ type: 'modelNotAllowed', model: 'x' }), denied);
		const overloaded = {
			...{ type: 'retrySameKey', reason: 'overloaded', scope: 'model', maxRetries: 1, afterRetries: 'fallbackModel' },
		};
		assert.deepEqual(ofPool('overloaded'), overloaded);
		assert.deepEqual(ofPool('overloaded', { retryAt: 12_000 }), { ...overloaded, minDelaysMs: [12_000] });
	});

	it('is about the request where it says so', () => {
		for (const reason of [
			...(['noSuchModel', 'promptTooLong', 'contentBlocked', 'badRequest'] as const),
			...(['answerTooLong', 'answerTooLarge'] as const),
		]) {
			assert.deepEqual(ofPool(reason), { type: 'fail', reason });
		}
		// Of one line of a batch alone: the others may fit.
		for (const tooLarge of [ofPool('tooLargeForTier', { limit: 250_000 }), refused({ type: 'tooLarge' })])
			assert.deepEqual(tooLarge, { type: 'fail', reason: 'promptTooLong' });
		assert.deepEqual(ofPool('thoughtSignature'), { type: 'replaceSignatures', reason: 'thoughtSignature' });
	});

	it('is tried once more where a pool there has tried already, then with another model', () => {
		const again = { type: 'retrySameKey', reason: 'internal', scope: 'request', maxRetries: 1 };
		for (const action of [ofPool('internal'), ofPool('network'), refused({ type: 'stopping' })]) {
			assert.deepEqual(action, { ...again, afterRetries: 'fallbackModel' });
		}
	});

	it('is trouble that passes where it broke off an answer, which OpenAI’s dialect gives no status', () => {
		const broken = errorBody('openai', fromPoolError(new PoolError('cutStream', []), words, 0));
		const { type, reason } = failureOf(new ServiceError(broken), t, 'gemini-3.8-flash').action;
		assert.deepEqual([type, reason], ['retrySameKey', 'internal']);
	});

	it('says that the token is good no more: it rests until a check finds it good again', () => {
		const gone = { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [600_000] };
		for (const type of ['noToken', 'unknownToken', 'googleKey'] as const) assert.deepEqual(refused({ type }), gone);
	});

	it('is told from what stands before it: a page that asks who one is says nothing of the token', () => {
		const ask = (body: string, isGateway: boolean): FailureAction =>
			failureOf(new ServiceError(body, 401), t, 'gemini-3.8-flash', isGateway).action;
		const ofGoogle = JSON.stringify({ error: { code: 401, message: 'no', status: 'UNAUTHENTICATED' } });
		for (const body of [ofGoogle, '<html>Sign in</html>']) {
			const { type, reason } = ask(body, true);
			assert.deepEqual([type, reason], ['retrySameKey', 'proxy'], body);
		}
		assert.equal(ask(ofGoogle, false).type, 'quarantine');
		const own = errorBody('gemini', fromRefusal({ type: 'unknownToken' }, t));
		assert.equal(ask(own, true).type, 'quarantine');
		const overloaded = JSON.stringify({ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } });
		assert.equal(failureOf(new ServiceError(overloaded, 503), t, 'm', true).action.reason, 'overloaded');
	});

	it('is waited for to the millisecond, rounded up, and not at all where it states no time', () => {
		const busy = (message: string, delay: readonly object[]): FailureAction => {
			const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'KEYPOOL_RPM', domain: 'keypool' };
			const details = [info, ...delay];
			return told(429, JSON.stringify({ error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } }));
		};
		const stated = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.0005s' };
		assert.deepEqual(busy('Later.', [stated]), { type: 'coolDown', reason: 'capacity', delayMs: 1_001 });
		assert.deepEqual(busy('Later.', []), { type: 'fail', reason: 'gatewayRefused' });
	});

	it('is read by its domain alone: nobody else can speak so', () => {
		const body = JSON.stringify({ error: { code: 403, message: 'no', status: 'PERMISSION_DENIED', details: [] } });
		assert.notEqual(told(403, body).reason, 'gatewayRefused');
		for (const [domain, reason] of [
			['googleapis.com', 'KEYPOOL_PAUSED'],
			['keypool', 'SERVICE_DISABLED'],
			['keypool', undefined],
		]) {
			const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', domain, ...(reason && { reason }) };
			const error = { code: 403, message: 'no', status: 'PERMISSION_DENIED', details: [info] };
			assert.notEqual(told(403, JSON.stringify({ error })).reason, 'gatewayRefused', `${domain} ${reason}`);
		}
	});
});
