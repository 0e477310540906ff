import type { Dialect } from '../../gemini/gemini';

/** What a client is told in place of an answer, or of the rest of one. */
export interface GatewayError {
	readonly status: number;
	/** For programs: a reason of the pool, or one of the gateway's own. */
	readonly reason: string;
	readonly message: string;
	/** Whether a retry helps. `wait`: after `retryAfterMs`; `retry`: it may; `never`: not without a change. */
	readonly help: 'wait' | 'retry' | 'never';
	readonly retryAfterMs?: number;
}

/** ms. OpenAI's client honours only waits up to this; told a longer one, it retries at once. Agents sleep through it silently. */
const longestHintMs = 60_000;

const googleStatuses: Readonly<Record<number, string>> = {
	400: 'INVALID_ARGUMENT',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'NOT_FOUND',
	429: 'RESOURCE_EXHAUSTED',
	502: 'UNAVAILABLE',
	503: 'UNAVAILABLE',
	504: 'DEADLINE_EXCEEDED',
};

const openAiTypes: Readonly<Record<number, string>> = {
	401: 'authentication_error',
	403: 'permission_error',
	404: 'not_found_error',
	429: 'rate_limit_error',
};

/**
 * The body of an error in the client's own dialect. Both carry Google's details, which another Keypool reads if it asks
 * this gateway.
 */
export function errorBody(dialect: Dialect, error: GatewayError): string {
	const said = dialect === 'gemini' ? geminiError(error) : openAiError(error);
	// A client of Anthropic's, which is told what to use instead, reads the message only where this type stands above it.
	const type = dialect === 'openai' && error.reason === 'unsupported' ? { type: 'error' } : {};
	return JSON.stringify({ ...type, error: { ...said, details: detailsOf(error) } });
}

/** Headers that say whether to retry and, if that is soon, exactly when, as clients read it. */
export function errorHeaders({ help, retryAfterMs }: GatewayError): Readonly<Record<string, string>> {
	const isSoon = retryAfterMs === undefined ? help !== 'never' : retryAfterMs < longestHintMs;
	return {
		'x-should-retry': String(isSoon),
		...(isSoon &&
			retryAfterMs !== undefined && {
				'retry-after': String(Math.ceil(retryAfterMs / 1000)),
				'retry-after-ms': String(Math.ceil(retryAfterMs)),
			}),
	};
}

function geminiError({ status, message }: GatewayError): object {
	const google = googleStatuses[status] ?? (status >= 500 ? 'INTERNAL' : 'FAILED_PRECONDITION');
	return { code: status, message, status: google };
}

function openAiError({ status, reason, message }: GatewayError): object {
	const type = openAiTypes[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
	return { message, type, param: null, code: snake(reason).toLowerCase() };
}

function detailsOf({ reason, retryAfterMs }: GatewayError): readonly object[] {
	const type = 'type.googleapis.com/google.rpc.';
	return [
		{ '@type': `${type}ErrorInfo`, reason: `KEYPOOL_${snake(reason)}`, domain: 'keypool' },
		...(retryAfterMs === undefined ? [] : [{ '@type': `${type}RetryInfo`, retryDelay: seconds(retryAfterMs) }]),
	];
}

const snake = (word: string): string => word.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();

/** As protobuf writes a duration: "1.5s". */
const seconds = (ms: number): string => `${Number((Math.ceil(ms) / 1000).toFixed(3))}s`;
