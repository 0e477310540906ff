import type { Body } from '../../common/body';
import { Failure } from '../../pool/pool';
import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';
import { ServiceError } from '../errors/serviceError';
import { hasError, parsed } from './json';
import { EventReader, type ServerEvent } from './sse';

/** Bytes of one answer, including its JSON; pictures take a few MB. */
export const maxStream = 16 * 1024 * 1024;

/**
 * Passes a stream on in the form that the SDK reads; ends with `ServiceError` at the first error in it, with `Failure` where it is too large. JSON where events were
 * asked for, one answer or a list of its chunks, is passed on as the events that it stands for.
 */
export function checkedStream(body: Body): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	const check = new EitherCheck();
	let left = maxStream;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller): Promise<void> {
				for (;;) {
					// Only now, because an error discards what is queued, and what came before it would be lost.
					const refusal = left < 0 ? tooLarge() : check.refused();
					if (refusal !== undefined) {
						await reader.cancel();
						throw refusal;
					}
					const { done, value }: Awaited<ReturnType<typeof reader.read>> = await reader.read();
					left -= value?.byteLength ?? 0;
					const passing = done ? check.end() : check.pass(decoder.decode(value, { stream: true }));
					if (passing.length > 0) {
						controller.enqueue(encoder.encode(passing.map((data) => `data: ${data}\n\n`).join('')));
						return;
					}
					if (done && check.refused() === undefined) {
						controller.close();
						return;
					}
				}
			},
			cancel: () => reader.cancel(),
		},
		{ highWaterMark: 0 },
	);
}

export function tooLarge(): Failure {
	return new Failure({ type: 'fail', reason: 'answerTooLarge' }, true, '');
}

/** No event begins like JSON: the first character tells which of the two came. */
export class EitherCheck implements StreamCheck {
	private check: StreamCheck | undefined;

	refused(): Error | undefined {
		return this.check?.refused();
	}

	pass(text: string): readonly string[] {
		if (this.check === undefined) {
			if (text.trim() === '') return [];
			this.check = /^\s*[[{]/.test(text) ? new JsonCheck() : new EventCheck();
		}
		return this.check.pass(text);
	}

	end(): readonly string[] {
		return this.check?.end() ?? [];
	}
}

/** Reads events; keeps what the SDK would lose of an error among them. */
class EventCheck implements StreamCheck {
	private readonly events = new EventReader();
	private passed = 0;
	private refusal: ServiceError | undefined;

	refused(): Error | undefined {
		return this.refusal;
	}

	pass(text: string): readonly string[] {
		return this.checked(this.events.push(text));
	}

	end(): readonly string[] {
		const event = this.events.end();
		const passing = this.checked(event === undefined ? [] : [event]);
		// No stream at all, or an error body put bare into one.
		const stray = this.events.strayText;
		if (stray.trim() !== '' && (this.passed === 0 || hasError(parsed(stray)))) {
			this.refusal ??= new ServiceError(stray);
		}
		return passing;
	}

	private checked(found: readonly ServerEvent[]): readonly string[] {
		const passing: string[] = [];
		for (const event of found) {
			this.refusal ??= refusalIn(event);
			if (this.refusal === undefined && event.data !== '[DONE]' && event.data !== '') {
				passing.push(event.data.replaceAll('\n', ' '));
				this.passed++;
			}
		}
		return passing;
	}
}

function refusalIn({ name, data }: ServerEvent): ServiceError | undefined {
	if (name === 'error') {
		return new ServiceError(data);
	}
	// Nearly every event ends here, unparsed: a quoted "error" inside an answer's text would have its quotes escaped.
	if (data === '' || data === '[DONE]' || (data.startsWith('{') && !data.includes('"error"'))) {
		return undefined;
	}
	const body = parsed(data);
	return typeof body === 'string' || hasError(body) ? new ServiceError(data) : undefined;
}
