import { Failure } from '../../pool/pool';
import { EventCheck } from './eventCheck';
import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';

/** Bytes of one answer, with all that stands around its text: pictures are a few MB. */
const maxStream = 16 * 1024 * 1024;

/**
 * Passes a stream on in the form that the SDK reads; ends with `Refusal` at the first error in it, with `Failure` where it is too large. JSON where events were
 * asked for, one answer or a list of its chunks, is passed on as the events that it stands for.
 */
export function checkedStream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	const check = new EitherCheck();
	let left = maxStream;
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller): Promise<void> {
				for (;;) {
					// Only now: an error empties the queue, and what had come before it would be lost.
					const refusal = left < 0 ? tooLarge() : check.refused();
					if (refusal !== undefined) {
						await reader.cancel();
						throw refusal;
					}
					const { done, value }: Awaited<ReturnType<typeof reader.read>> = await reader.read();
					left -= value?.byteLength ?? 0;
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

function tooLarge(): Failure {
	return new Failure({ type: 'fail', reason: 'answerTooLarge' }, true, '');
}

/** No event begins like JSON: the first character tells which of the two came. */
class EitherCheck implements StreamCheck {
	private check: StreamCheck | undefined;

	refused(): Error | undefined {
		return this.check?.refused();
	}

	pass(text: string): string {
		if (this.check === undefined) {
			if (text.trim() === '') return '';
			this.check = /^\s*[[{]/.test(text) ? new JsonCheck() : new EventCheck();
		}
		return this.check.pass(text);
	}

	end(): string {
		return this.check?.end() ?? '';
	}
}
