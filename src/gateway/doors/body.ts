import type { BodyReader } from '../../common/body';
import { within, type Clock } from '../../pool/pool';
import type { ClientPlace } from '../clients/clients';
import type { GatewayRequest } from '../parts';
import { hasTooManyValues } from './jsonMarks';

/** Bytes. */
const maxBody = 32 * 1024 * 1024;
/** ms that a body may be silent, and ms for all of it. */
const silenceMs = 15_000;
const wholeMs = 120_000;

/** Strict, because a replaced character would go on as another text than came in. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body as text and as its UTF-8 bytes, so that a body that stays unchanged is not encoded again. */
export interface WholeBody {
	readonly text: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ReadBody = WholeBody | { readonly refused: 'tooLarge' | 'tooManyValues' | 'tooSlow' | 'badJson' | 'full' };

/** Reads a body that is bounded in size and in time, as far as `place` has room for it. Rejects where the connection breaks. */
export async function readBody(
	request: Pick<GatewayRequest, 'headers' | 'body'>,
	place: Pick<ClientPlace, 'hold'>,
	clock: Clock,
): Promise<ReadBody> {
	const stated = Number(request.headers.get('content-length') ?? 0);
	if (stated > maxBody) return { refused: 'tooLarge' };
	const reader: BodyReader | undefined = request.body?.getReader();
	let bytes = new Uint8Array(0);
	let length = 0;
	if (reader === undefined) return textOf(bytes);
	const end = clock.monotonic() + wholeMs;
	const refuse = (refused: 'tooLarge' | 'tooSlow' | 'full'): ReadBody => {
		void reader.cancel().catch(() => undefined);
		return { refused };
	};
	for (;;) {
		const next = await within(clock, Math.min(silenceMs, end - clock.monotonic()), reader.read());
		if (next === 'late') return refuse('tooSlow');
		if (next.done) return textOf(bytes.subarray(0, length));
		const { byteLength } = next.value;
		if (length + byteLength > maxBody) return refuse('tooLarge');
		if (!place.hold(byteLength)) return refuse('full');
		bytes = withRoom(bytes, length + byteLength);
		bytes.set(next.value, length);
		length += byteLength;
	}
}

/** Twice as large where it is too small: pieces of one byte each would take 400 times as much in a list. */
function withRoom(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
	if (length <= bytes.length) return bytes;
	const larger = new Uint8Array(Math.min(maxBody, Math.max(length, 2 * bytes.length)));
	larger.set(bytes);
	return larger;
}

function textOf(whole: Uint8Array<ArrayBuffer>): ReadBody {
	try {
		const text = utf8.decode(whole);
		// A byte-order mark is no JSON.
		const bytes = whole.subarray(whole[0] === 0xef ? 3 : 0);
		return hasTooManyValues(text) ? { refused: 'tooManyValues' } : { text, bytes };
	} catch {
		return { refused: 'badJson' };
	}
}
