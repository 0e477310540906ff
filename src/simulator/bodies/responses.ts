import { doubleEncoded, statusText, wrapped, type Body } from './bodies';
import type { Wrapping } from './faults';

/** The connection is gone in the middle of a body, as `fetch` words it. */
export function terminated(): TypeError {
	return new TypeError('terminated', {
		cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
	});
}

/** There is no connection to begin with, as `fetch` words it. */
export function fetchFailed(code: string): TypeError {
	return new TypeError('fetch failed', { cause: Object.assign(new Error(`read ${code}`), { code }) });
}

export function wrap(body: Body, wrapping: Wrapping | undefined): Body {
	switch (wrapping) {
		case 'array':
			return wrapped(body);
		case 'double':
			return doubleEncoded(body);
		default:
			return body;
	}
}

export function jsonResponse({ status, json }: Body, retryAfter?: string): Response {
	return new Response(JSON.stringify(json, undefined, 2), {
		status,
		statusText: statusText(status),
		headers: {
			'content-type': 'application/json; charset=UTF-8',
			...(retryAfter !== undefined && { 'retry-after': retryAfter }),
		},
	});
}
