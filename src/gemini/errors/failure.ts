import type { Masker } from '../../masking/masking';
import { Failure, type FailureAction } from '../../pool/pool';
import { classify } from './classify';
import { isFromGateway } from './gatewayAction';
import { causeOf, describe, isUnreadable, type Cause } from './network';
import { parseFailure, type ParsedFailure } from './parse';
import { proxyAction } from './proxyAction';
import { ServiceError } from './serviceError';
import { tierIn } from './tier';

const actions: Readonly<Record<Cause['kind'], FailureAction>> = {
	network: { type: 'retrySameKey', reason: 'network', scope: 'request', maxRetries: 4, afterRetries: 'fallbackModel' },
	proxy: proxyAction,
	unreachable: { type: 'retrySameKey', reason: 'unreachable', scope: 'request', maxRetries: 4, afterRetries: 'fail' },
	cutStream: {
		type: 'retrySameKey',
		reason: 'cutStream',
		scope: 'request',
		maxRetries: 2,
		afterRetries: 'otherKeyThenModel',
	},
	emptyAnswer: {
		type: 'retrySameKey',
		reason: 'emptyAnswer',
		scope: 'request',
		maxRetries: 2,
		afterRetries: 'otherKeyThenModel',
	},
	redirected: { type: 'fail', reason: 'redirected' },
	unsendableKey: { type: 'quarantine', reason: 'badKey', scope: 'key', abuse: false, recheckMs: [] },
};

/** An answer with nothing to show. */
export const emptyAnswer = actions.emptyAnswer;

/** The model's fault, with any key. */
export const malformedCall: FailureAction = {
	type: 'retrySameKey',
	reason: 'malformedCall',
	scope: 'request',
	maxRetries: 1,
	afterRetries: 'fail',
};

export const thoughtSignature: FailureAction = { type: 'replaceSignatures', reason: 'thoughtSignature' };

/** ms. Most often a minute's quota is used up; which one, and for how long, the browser tells nobody. */
const unreadableMs = 20_000;

/** The service answered, and the browser lets no page read what: this bucket rests for a little, and nobody is offline. */
export function unreadable(thrown: unknown, mask: Masker): Failure {
	const action: FailureAction = { type: 'coolDown', reason: 'unreadable', delayMs: unreadableMs };
	return new Failure(action, true, mask(describe(thrown)).slice(0, 1000));
}

/** A key that is missing, or that no header can carry. */
export const unsendableKey = actions.unsendableKey;

/**
 * The `Failure` for whatever a call threw. The caller must handle aborts of its own signal first: here an abort counts as a
 * broken connection. `asked` is the request's model, if it had one. `isGateway`: a gateway of Keypool was asked.
 */
export function failureOf(thrown: unknown, mask: Masker, asked?: string, isGateway = false): Failure {
	if (thrown instanceof Failure) {
		return thrown;
	}
	const cause = isTold(thrown) ? undefined : causeOf(thrown);
	if (cause !== undefined) {
		const action = isGateway && isUnreadable(thrown) ? actions.unreachable : actions[cause.kind];
		return new Failure(action, cause.sent, mask(describe(thrown)).slice(0, 1000));
	}
	const parsed = parseFailure(thrown, mask);
	const action = classify(parsed, asked);
	const told = isGateway && !isFromGateway(parsed) ? inPlaceOfGateway(action, parsed) : action;
	return new Failure(told, true, parsed.message, parsed.status, tierIn(parsed));
}

/** Somebody before the gateway knows nothing of tokens; one whose gateway is away says so as if a model were overloaded. */
function inPlaceOfGateway(action: FailureAction, { isFromService }: ParsedFailure): FailureAction {
	if (action.type === 'quarantine') return proxyAction;
	return action.reason === 'overloaded' && !isFromService ? actions.unreachable : action;
}

/** Whether the service reported it: as our `ServiceError`, or as the SDK's ApiError (known by its status, because bundling renames classes). */
function isTold(thrown: unknown): boolean {
	return (
		thrown instanceof ServiceError ||
		(typeof thrown === 'object' && thrown !== null && 'status' in thrown && typeof thrown.status === 'number')
	);
}
