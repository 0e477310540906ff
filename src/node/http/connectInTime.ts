import type { ClientRequest } from 'node:http';

/** ms until there is a connection, as long as `fetch` waits for one. */
const connectMs = 10_000;

/**
 * A way on which packets are dropped, a tunnel that is dead, or a proxy that says nothing would else be waited for as long as an
 * answer. A connection stands once TLS has, where that is spoken.
 */
export function connectInTime(call: ClientRequest): void {
	const late = setTimeout(() => {
		call.destroy(Object.assign(new Error(`connect ETIMEDOUT ${call.host}`), { code: 'ETIMEDOUT' }));
	}, connectMs);
	const end = (): void => clearTimeout(late);
	call.once('close', end).once('socket', (socket) => {
		if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', end);
		else end();
	});
}
