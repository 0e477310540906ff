import { isObject, jsonIn, type Json } from '../../common/json';
import { ServiceError } from '../errors/serviceError';
import { hasError } from './hasError';
import { retryAfterMs } from './retryAfter';
import { isUnreadable } from '../errors/network';
import type { BodyReader } from '../../common/body';
import type { Answer, Send } from '../../common/send';

type Fetch = typeof globalThis.fetch;

/** Bytes. A real error body has at most 4 KB. */
const maxErrorBody = 131_072;
/** Bytes. The longest list of models is a few hundred KB. */
const maxAnswerBody = 8 * 1024 * 1024;

/**
 * What the SDK is given to fetch whole answers with. It refuses redirects, which would carry the key to another host, and it
 * reads errors where the SDK does not see them: bodies that are not JSON, errors inside a 200 (array-wrapped, codes that are
 * words). Throws `ServiceError` with the body, bounded.
 */
export function guardedFetch(fetch: Send, now: () => number): Fetch {
	return async (input, init) => {
		const response = await guarded(fetch, now, input, init);
		const { status, headers } = response;
		const text = response.body === null ? null : await readAtMost(response, maxAnswerBody);
		if (text !== null) checkedBody(text);
		return new Response(text, { status, headers });
	};
}

/** Fetches, and hands out only an answer of the service that is none of its errors. Throws `ServiceError` with the body, bounded. */
export async function guarded(
	fetch: Send,
	now: () => number,
	input: Parameters<Fetch>[0],
	init?: RequestInit,
): Promise<Answer> {
	const response = await fetch(input, { ...init, redirect: 'error' });
	if (
		response.redirected === true ||
		response.type === 'opaqueredirect' ||
		(response.status >= 300 && response.status < 400)
	) {
		await response.body?.getReader().cancel();
		throw new Error('The service answered with a redirect, which is not followed');
	}
	if (!response.ok) {
		const retryAfter = retryAfterMs(urlOf(input), response.headers, now);
		throw new ServiceError(await readAtMost(response, maxErrorBody), response.status, retryAfter);
	}
	return response;
}

function urlOf(input: Parameters<Fetch>[0]): string {
	return typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
}

/** ms of silence after which a body that is whole has ended: the way may have lost its end. */
const longestSilenceMs = 10_000;

/** @param tooLarge what to throw at a body that has more; absent: the rest is left out */
export async function readAtMost(
	response: Pick<Answer, 'body'>,
	bytes: number,
	tooLarge?: () => Error,
	silenceMs = longestSilenceMs,
): Promise<string> {
	const reader: BodyReader | undefined = response.body?.getReader();
	const decoder = new TextDecoder();
	const texts: string[] = [];
	const isWhole = (): boolean => jsonIn(texts.join('')) !== undefined;
	for (let left = bytes; reader !== undefined && left > 0;) {
		const reading = reader.read().catch((lost: unknown) => {
			// What has come can be whole although the way lost the end of the body.
			if (!isWhole()) throw lost;
			return { done: true as const, value: undefined };
		});
		const first = texts.length > 0 ? await inTime(reading, silenceMs) : await reading;
		if (first === undefined && isWhole()) {
			void reader.cancel().catch(() => undefined);
			break;
		}
		const { done, value } = first ?? (await reading);
		if (done) {
			break;
		}
		texts.push(decoder.decode(value.subarray(0, left), { stream: true }));
		left -= value.byteLength;
		if (left <= 0) {
			await reader.cancel();
			if (tooLarge) throw tooLarge();
		}
	}
	return texts.join('');
}

/** Undefined where it takes longer. The timer ends with the work: most bodies have ended at once. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What a body says that should be one whole answer. @throws what is wrong with it */
export function checkedBody(text: string): Json {
	const body = jsonIn(text);
	if (text.trim() === '') {
		throw new Error('Response body is empty');
	}
	// It is retried as a stream that was cut; an error is told however badly it is written.
	if (body === undefined && /^\s*\{/.test(text) && !/(?<!\\)["']error["']\s*:/.test(text)) {
		throw new SyntaxError('The body ended within its JSON');
	}
	if (!isObject(body) || hasError(body)) {
		throw new ServiceError(text);
	}
	return body;
}

/** ms. A host that has answered somebody within this time is there. */
const recentMs = 15_000;
/** ms. */
const probeTimeoutMs = 5_000;

/**
 * Tells whether the host is there although a browser says nothing of an answer: where an answer lacks the headers that let a
 * page read it, `fetch` throws what it throws without a network.
 */
export class HostWatch {
	private answeredAt = -Infinity;

	/** @param now ms */
	constructor(
		private readonly fetch: Send,
		private readonly now: () => number,
	) {}

	/** The same `fetch`, with each answer seen. */
	readonly watched: Send = async (input, init) => {
		const response = await this.fetch(input, init);
		this.answeredAt = this.now();
		return response;
	};

	/** Whether a call threw only because the browser may not hand out the answer. */
	async isUnreadable(thrown: unknown, address: string): Promise<boolean> {
		return isUnreadable(thrown) && (this.hasAnsweredLately() || (await this.isThere(address)));
	}

	private hasAnsweredLately(): boolean {
		return this.now() - this.answeredAt < recentMs;
	}

	/** Without a key and a header; nobody reads the answer, which a browser allows of every host. */
	private async isThere(address: string): Promise<boolean> {
		try {
			const signal = AbortSignal.timeout(probeTimeoutMs);
			await this.fetch(new URL(address).origin, { mode: 'no-cors', credentials: 'omit', signal });
			return true;
		} catch {
			return false;
		}
	}
}
