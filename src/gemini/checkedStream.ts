import { EventCheck } from './eventCheck';
import { JsonCheck } from './jsonCheck';
import type { StreamCheck } from './streamCheck';

/**
 * Passes a stream on in the form that the SDK reads; ends with `Refusal` at the first error in it. JSON where events were
 * asked for, one answer or a list of its chunks, is passed on as the events that it stands for.
 */
export function checkedStream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const encoder = new TextEncoder();
	const check = new EitherCheck();
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
