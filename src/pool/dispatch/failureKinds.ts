import type { LeaseOutcome } from '../types/callEvent';
import type { Failure, FailureAction } from '../types/failure';
import type { Received } from '../types/poolRequest';

/** Failures that the service does not count as a request. */
export const refusalTypes: ReadonlySet<FailureAction['type']> = new Set([
	'coolDown',
	'markUnsupported',
	'denyModel',
	'excludeTier',
	'quarantine',
]);

/** Calls that were refused for quota or for the key, or for a model that is none, did not count at the service. */
export function leaseOutcomeOf({ sent, action }: Failure, received: Received): LeaseOutcome {
	const isRefused = refusalTypes.has(action.type) || action.reason === 'noSuchModel';
	return sent && isRefused ? { type: 'refused' } : cutOutcome(sent, received);
}

/** Of a call that ended without an answer; the service may have counted its input before. */
export function cutOutcome(sent: boolean, { usage }: Received): LeaseOutcome {
	if (!sent) return { type: 'unsent' };
	return { type: 'spent', ...(usage && usage.input > 0 && { input: usage.input }) };
}

/** Whether the service itself answered, and not with trouble of its own: nor somebody between. */
export function isAnswer({ sent, action }: Failure): boolean {
	return sent && action.type !== 'retrySameKey' && action.reason !== 'redirected';
}

/** A 429 that names no quota can mean the model's own capacity, and a blocked region comes as one; a plain denial names nothing. */
export function isOfKey(action: FailureAction): boolean {
	if (action.type === 'quarantine') return action.scope !== 'account';
	return action.reason !== 'capacity' && action.reason !== 'unreadable' && action.reason !== 'modelDenied';
}

/** Refusals that are about the model as much as about the request: what models take, and how much of it, differs. */
export function mayBeOfModel({ reason }: FailureAction): boolean {
	return ['badRequest', 'promptTooLong', 'noSuchModel', 'thoughtSignature'].includes(reason);
}
