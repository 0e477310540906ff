import { checkedStream } from './checkedStream';
import { isFields } from '../errors/details';
import { ServiceError } from '../errors/serviceError';
import { hasError, parsed } from './json';
import { retryAfterMs } from './retryAfter';

type Fetch = typeof globalThis.fetch;

/** Bytes. A real error body has at most 4 KB. */
const maxErrorBody = 131_072;
/** Bytes. The longest list of models is a few hundred KB. */
const maxAnswerBody = 8 * 1024 * 1024;

/**
 * What the SDK is given to fetch with. It refuses redirects, which would carry the key to another host, and it reads
 * errors where the SDK does not see them: bodies that are not JSON, errors inside a 200 (array-wrapped, `event: error`
 * frames, codes that are words, plain bodies instead of a stream). Throws `ServiceError` with the body, bounded.
 */
export function guardedFetch(fetch: Fetch, now: () => number): Fetch {
	return async (input, init) => {
		const response = await guarded(fetch, now, input, init);
		if (response.body === null) {
			return response;
		}
		const { status, headers } = response;
		return new Response(
			isStream(input) ? checkedStream(response.body) : checkedBody(await readAtMost(response, maxAnswerBody)),
			{ status, headers },
		);
	};
}

/** Fetches, and hands out only an answer of the service that is none of its errors. Throws `ServiceError` with the body, bounded. */
export async function guarded(
	fetch: Fetch,
	now: () => number,
	input: Parameters<Fetch>[0],
	init?: RequestInit,
): Promise<Response> {
	const response = await fetch(input, { ...init, redirect: 'error' });
	if (response.redirected || response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
		await response.body?.cancel();
		throw new Error('The service answered with a redirect, which is not followed');
	}
	if (!response.ok) {
		const retryAfter = retryAfterMs(urlOf(input), response.headers, now);
		throw new ServiceError(await readAtMost(response, maxErrorBody), response.status, retryAfter);
	}
	return response;
}

function isStream(input: Parameters<Fetch>[0]): boolean {
	return urlOf(input).includes('alt=sse');
}

function urlOf(input: Parameters<Fetch>[0]): string {
	return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}

export async function readAtMost(response: Response, bytes: number): Promise<string> {
	const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
	const decoder = new TextDecoder();
	const texts: string[] = [];
	for (let left = bytes; reader !== undefined && left > 0;) {
		const { done, value } = await reader.read();
		if (done) {
			break;
		}
		texts.push(decoder.decode(value.subarray(0, left), { stream: true }));
		left -= value.byteLength;
		if (left <= 0) {
			await reader.cancel();
		}
	}
	return texts.join('');
}

/** @throws what is wrong with a body that should be one whole answer */
export function checkedBody(text: string): string {
	const body = parsed(text);
	if (text.trim() === '') {
		throw new Error('Response body is empty');
	}
	if (!isFields(body) || hasError(body)) {
		throw new ServiceError(text);
	}
	return text;
}
