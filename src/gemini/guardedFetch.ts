import { isFields } from './failures/details';
import { Refusal } from './failures/refusal';
import { EventReader, type ServerEvent } from './sse';

type Fetch = typeof globalThis.fetch;

/** Bytes. A real error body has at most 4 KB. */
const maxErrorBody = 131_072;
/** Bytes. The longest list of models is a few hundred KB. */
const maxAnswerBody = 8 * 1024 * 1024;

/**
 * What the SDK is given to fetch with. It refuses redirects, which would carry the key to another host, and it reads
 * errors where the SDK does not see them: bodies that are not JSON, errors inside a 200 (array-wrapped, `event: error`
 * frames, codes that are words, plain bodies instead of a stream). Throws `Refusal` with the body, bounded.
 */
export function guardedFetch(fetch: Fetch): Fetch {
	return async (input, init) => {
		const response = await fetch(input, { ...init, redirect: 'error' });
		if (
			response.redirected ||
			response.type === 'opaqueredirect' ||
			(response.status >= 300 && response.status < 400)
		) {
			await response.body?.cancel();
			throw new Error('The service answered with a redirect, which is not followed');
		}
		if (!response.ok) {
			throw new Refusal(await readAtMost(response, maxErrorBody), response.status);
		}
		if (response.body === null) {
			return response;
		}
		const { status, headers } = response;
		return new Response(
			isStream(input) ? checkedEvents(response.body) : checkedBody(await readAtMost(response, maxAnswerBody)),
			{ status, headers },
		);
	};
}

function isStream(input: Parameters<Fetch>[0]): boolean {
	const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
	return url.includes('alt=sse');
}

async function readAtMost(response: Response, bytes: number): Promise<string> {
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

function checkedBody(text: string): string {
	const body = parsed(text);
	if (text.trim() === '') {
		throw new Error('Response body is empty');
	}
	if (!isFields(body) || hasError(body)) {
		throw new Refusal(text);
	}
	return text;
}

/** Passes events on in the form that the SDK reads; ends with `Refusal` at the first error among them. */
function checkedEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	const check = new EventCheck();
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller): Promise<void> {
				for (;;) {
					// Only now: an error empties the queue, and what had come before it would be lost.
					const refusal = check.refused();
					if (refusal !== undefined) {
						await reader.cancel();
						throw refusal;
					}
					const { done, value }: Awaited<ReturnType<typeof reader.read>> = await reader.read();
					const passing = done ? check.end() : check.pass(decoder.decode(value, { stream: true }));
					if (passing !== '') {
						controller.enqueue(encoder.encode(passing));
						return;
					}
					if (done && check.refused() === undefined) {
						controller.close();
						return;
					}
				}
			},
			cancel: (reason) => reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	);
}

class EventCheck {
	private readonly events = new EventReader();
	private passed = 0;
	private refusal: Refusal | undefined;

	/** The first error that came; nothing is passed on after it. */
	refused(): Refusal | undefined {
		return this.refusal;
	}

	/** Returns the events that `text` completed, up to the first error. */
	pass(text: string): string {
		return this.checked(this.events.push(text));
	}

	/** The body is over. */
	end(): string {
		const event = this.events.end();
		const passing = this.checked(event === undefined ? [] : [event]);
		// No stream at all, or an error body put bare into one.
		const stray = this.events.strayText;
		if (stray.trim() !== '' && (this.passed === 0 || hasError(parsed(stray)))) {
			this.refusal ??= new Refusal(stray);
		}
		return passing;
	}

	private checked(found: readonly ServerEvent[]): string {
		let passing = '';
		for (const event of found) {
			this.refusal ??= refusalIn(event);
			if (this.refusal === undefined && event.data !== '[DONE]' && event.data !== '') {
				passing += `data: ${event.data.replaceAll('\n', ' ')}\n\n`;
				this.passed++;
			}
		}
		return passing;
	}
}

function refusalIn({ name, data }: ServerEvent): Refusal | undefined {
	if (name === 'error') {
		return new Refusal(data);
	}
	// Nearly every event ends here, unparsed: a quoted "error" inside an answer's text would have its quotes escaped.
	if (data === '' || data === '[DONE]' || (data.startsWith('{') && !data.includes('"error"'))) {
		return undefined;
	}
	const body = parsed(data);
	return typeof body === 'string' || hasError(body) ? new Refusal(data) : undefined;
}

/** Of a body, or of one that an array wraps. */
function hasError(body: unknown): boolean {
	const bodies: readonly unknown[] = Array.isArray(body) ? body : [body];
	return bodies.some((one) => isFields(one) && one['error'] !== undefined && one['error'] !== null);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
