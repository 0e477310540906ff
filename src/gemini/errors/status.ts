/**
 * Names that stand for an HTTP status where a body has no number: google.rpc.Code
 * (https://cloud.google.com/apis/design/errors) and the string codes of the Interactions and OpenAI-like surfaces.
 */
const statusByName = new Map<string, number>([
	['INVALID_ARGUMENT', 400],
	['INVALID_REQUEST', 400],
	['INVALID_REQUEST_ERROR', 400],
	['BAD_REQUEST', 400],
	['FAILED_PRECONDITION', 400],
	['OUT_OF_RANGE', 400],
	['UNAUTHENTICATED', 401],
	['AUTHENTICATION_ERROR', 401],
	['PERMISSION_DENIED', 403],
	['NOT_FOUND', 404],
	['ABORTED', 409],
	['RESOURCE_EXHAUSTED', 429],
	['RATE_LIMIT_EXCEEDED', 429],
	['TOO_MANY_REQUESTS', 429],
	['CANCELLED', 499],
	['UNAUTHORIZED', 401],
	['FORBIDDEN', 403],
	['INTERNAL', 500],
	['INTERNAL_ERROR', 500],
	['INTERNAL_SERVER_ERROR', 500],
	['UNKNOWN', 500],
	['SERVER_ERROR', 500],
	['UNIMPLEMENTED', 501],
	['UNAVAILABLE', 503],
	['SERVICE_UNAVAILABLE', 503],
	['OVERLOADED', 503],
	['OVERLOADED_ERROR', 503],
	['DEADLINE_EXCEEDED', 504],
]);

const name = /\b[A-Z]{5,}(?:_[A-Z]+){0,3}\b/g;
const statedNumber = /(?:status|code|error|http)\D{0,12}\b([45]\d\d)\b|^\W{0,3}([45]\d\d)\b/i;

/** A status from a field: 429, "429", "RESOURCE_EXHAUSTED", "invalid_request". Undefined for anything else. */
export function statusOf(field: unknown): number | undefined {
	if (typeof field === 'number') {
		return isErrorStatus(field) ? field : undefined;
	}
	if (typeof field !== 'string' || field.length > 40) {
		return undefined;
	}
	const spelt = field.trim().toUpperCase().replaceAll(/[\s-]/g, '_');
	return statusByName.get(spelt) ?? (isErrorStatus(Number(spelt)) ? Number(spelt) : undefined);
}

/** Names of google.rpc.Code, by which Google's own errors are known. */
const rpcCodes = new Set(
	'INVALID_ARGUMENT FAILED_PRECONDITION OUT_OF_RANGE UNAUTHENTICATED PERMISSION_DENIED NOT_FOUND ABORTED ALREADY_EXISTS RESOURCE_EXHAUSTED CANCELLED DATA_LOSS UNKNOWN INTERNAL UNIMPLEMENTED UNAVAILABLE DEADLINE_EXCEEDED'.split(
		' ',
	),
);

export function isRpcCode(name: string | undefined): boolean {
	return name !== undefined && rpcCodes.has(name);
}

/** A google.rpc.Code from a field, or undefined. */
export function googleStatusOf(field: unknown): string | undefined {
	return typeof field === 'string' && /^[A-Z_]{5,40}$/.test(field) ? field : undefined;
}

/** Number and name that a plain text states: "got status: 429", "503 UNAVAILABLE. …". */
export function statusInText(text: string): { readonly status?: number; readonly googleStatus?: string } {
	const head = text.slice(0, 400);
	const found = statedNumber.exec(head);
	const googleStatus = head.match(name)?.find((word) => statusByName.has(word));
	const status = found === null ? googleStatus && statusByName.get(googleStatus) : Number(found[1] ?? found[2]);
	return { ...(typeof status === 'number' && { status }), ...(googleStatus !== undefined && { googleStatus }) };
}

function isErrorStatus(status: number): boolean {
	return Number.isInteger(status) && status >= 400 && status <= 599;
}
