import type { Body } from '../../common/body';
import { maxStream, tooLarge, EitherCheck } from './checkedStream';

/**
 * The data of each event of a stream, whether it comes as events or as JSON in their place. Throws `ServiceError` at the first
 * error in it, `Failure` where it is too large, and what the connection throws.
 */
export async function* eventsIn(body: Body): AsyncGenerator<string, void, undefined> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	const check = new EitherCheck();
	let left = maxStream;
	try {
		for (;;) {
			const { done, value }: Awaited<ReturnType<typeof reader.read>> = await reader.read();
			left -= value?.byteLength ?? 0;
			yield* done ? check.end() : check.pass(decoder.decode(value, { stream: true }));
			const refusal = left < 0 ? tooLarge() : check.refused();
			if (refusal !== undefined) throw refusal;
			if (done) return;
		}
	} finally {
		await reader.cancel().catch(() => undefined);
	}
}
