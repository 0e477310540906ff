import { Failure } from '../../pool/pool';
import { EitherCheck } from './eitherCheck';

/** Bytes of one answer, including its JSON; pictures take a few MB. */
export const maxStream = 16 * 1024 * 1024;

/**
 * Passes a stream on in the form that the SDK reads; ends with `ServiceError` at the first error in it, with `Failure` where it is too large. JSON where events were
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
			cancel: (reason) => reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	);
}

export function tooLarge(): Failure {
	return new Failure({ type: 'fail', reason: 'answerTooLarge' }, true, '');
}
