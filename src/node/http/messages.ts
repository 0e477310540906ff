import type { IncomingMessage } from 'node:http';
import type { Body, BodyReader } from '../../common/body';

export function headersOf({ rawHeaders }: IncomingMessage): Headers {
	const headers = new Headers();
	for (let n = 0; n + 1 < rawHeaders.length; n += 2) headers.append(rawHeaders[n] ?? '', rawHeaders[n + 1] ?? '');
	return headers;
}

/** Headers to send: without a word on it, the answer may come in any packing. */
export function unpacked(headers: RequestInit['headers']): Record<string, string> {
	return { 'accept-encoding': 'identity', ...Object.fromEntries(new Headers(headers)) };
}

/** A body to send, in the forms that are sent as they are. @throws where it has another one */
export function sendable(body: RequestInit['body']): string | Uint8Array | undefined {
	if (body && typeof body !== 'string' && !(body instanceof Uint8Array)) throw new TypeError('The body must be text.');
	return body ?? undefined;
}

export interface MessageHooks {
	/** Told when the first piece is asked for. */
	readonly wanted?: () => void;
	/** Told when nothing more is wanted. */
	readonly cancelled?: () => void;
}

/** The body of a message, read as somebody asks for it, and not before. A web stream over it would be half of its way. */
export function bodyOf(message: IncomingMessage, { wanted, cancelled }: MessageHooks): Body {
	let pieces: AsyncIterator<unknown> | undefined;
	const reader: BodyReader = {
		read: async () => {
			if (pieces === undefined) wanted?.();
			// A reader that stops does not break the connection: the owner of the message does.
			pieces ??= message.iterator({ destroyOnReturn: false });
			const next: IteratorResult<unknown, unknown> = await pieces.next();
			return next.value instanceof Uint8Array ? { done: false, value: next.value } : { done: true };
		},
		cancel: () => {
			cancelled?.();
			return Promise.resolve();
		},
	};
	return { getReader: () => reader };
}
