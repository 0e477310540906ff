import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Answer, Send } from '../../common/send';
import { connectInTime } from './connectInTime';
import { bodyOf, headersOf, sendable, unpacked } from './messages';

/**
 * Sends as `fetch` does, on Node's own open connections: of a short call `fetch` alone takes more than the rest of the
 * gateway. It follows no redirect, and asks for an answer without compression.
 */
export const httpSend: Send = (input, { method = 'GET', headers, body, signal } = {}) =>
	new Promise((resolve, reject) => {
		const address = new URL(input instanceof Request ? input.url : input);
		const sent = sendable(body);
		const request = address.protocol === 'https:' ? secureRequest : plainRequest;
		signal?.throwIfAborted();
		const call = request(address, { method, headers: unpacked(headers) });
		// Without the reason: a connection whose answer has come, read or not, tells it to nobody, which would end the process.
		const stop = (): void => {
			reject(signal?.reason as Error);
			call.destroy();
		};
		signal?.addEventListener('abort', stop);
		call.once('close', () => signal?.removeEventListener('abort', stop));
		connectInTime(call, reject);
		call.once('response', (message) => resolve(answerOf(message)));
		call.end(sent);
	});

function answerOf(message: IncomingMessage): Answer {
	const { statusCode: status = 0 } = message;
	return {
		status,
		ok: status >= 200 && status < 300,
		get headers() {
			return headersOf(message);
		},
		body: bodyOf(message, {
			// What has come whole is read to its end, so that the connection serves others.
			cancelled: () => void (message.complete ? message.resume() : message.destroy()),
		}),
	};
}
