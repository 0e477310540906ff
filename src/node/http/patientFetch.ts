// By their short names: VS Code hands out modules under them that honour its settings for proxies and certificates.
import { request as plainRequest, type IncomingMessage } from 'http';
import { request as secureRequest } from 'https';
import { Readable } from 'node:stream';
import { connectInTime } from './connectInTime';
import { headersOf, sendable, unpacked } from './messages';

/** Answers that have no body. */
const empty: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Fetches text for as long as the caller's signal lets it: Node's own `fetch` gives up where 5 minutes bring no head of an
 * answer, and in VS Code nobody can tell it otherwise. It follows no redirect.
 */
export const patientFetch: typeof globalThis.fetch = (input, { method = 'GET', headers, body, signal } = {}) =>
	new Promise((resolve, reject) => {
		const address = new URL(input instanceof Request ? input.url : input);
		const sent = sendable(body);
		const start = address.protocol === 'https:' ? secureRequest : plainRequest;
		const call = start(address, {
			method,
			headers: unpacked(headers),
			...(signal && { signal }),
		});
		connectInTime(call, reject);
		call.once('response', (message) => {
			try {
				resolve(responseOf(message));
			} catch (error) {
				// A status that there is not. Thrown from here it would reach nobody, and the caller would wait.
				message.destroy();
				reject(error instanceof Error ? error : new Error(String(error)));
			}
		});
		call.end(sent);
	});

function responseOf(message: IncomingMessage): Response {
	const { statusCode: status = 500 } = message;
	const headers = headersOf(message);
	if (empty.has(status)) {
		message.resume();
		return new Response(null, { status, headers });
	}
	return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array<ArrayBuffer>>, { status, headers });
}
