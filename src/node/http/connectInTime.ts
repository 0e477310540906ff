import type { ClientRequest } from 'node:http';

/** ms until there is a connection, as long as `fetch` waits for one. */
const connectMs = 10_000;
/** Before there is a connection, these say that nothing was sent. Who wants a certificate of ours reads nothing later either. */
const ofTls = /^(?:ERR_SSL_(?![\w/]{0,40}(?:CERT|UNKNOWN_CA))|EPROTO)/;

/**
 * Tells `failed` of what breaks a call. A way on which packets are dropped, a tunnel that is dead, or a proxy that says nothing
 * would else be waited for as long as an answer. A connection stands once TLS has, where that is spoken.
 */
export function connectInTime(call: ClientRequest, failed: (error: Error) => void): void {
	let stands = false;
	const late = setTimeout(() => {
		call.destroy(Object.assign(new Error(`connect ETIMEDOUT ${call.host}`), { code: 'ETIMEDOUT' }));
	}, connectMs);
	const end = (): void => clearTimeout(late);
	const begin = (): void => {
		stands = true;
		end();
	};
	call.once('close', end).once('socket', (socket) => {
		// Through a tunnel TLS begins on a socket that is connected.
		const isSecure = 'alpnProtocol' in socket;
		if (isSecure ? socket.alpnProtocol !== null : !socket.connecting) begin();
		else socket.once(isSecure ? 'secureConnect' : 'connect', begin);
	});
	// Nobody asked for another protocol. Without a listener Node ends the connection and tells nobody.
	call.once('upgrade', (_, socket) => {
		socket.destroy();
		failed(Object.assign(new Error('The answer changes the protocol'), { code: 'ECONNRESET' }));
	});
	// More than one can come: the connection may be lost while the call is ended.
	call.on('error', (error: NodeJS.ErrnoException) => {
		const { code = '', syscall = '', message } = error;
		if (stands && ofTls.test(code)) failed(Object.assign(new Error(`read ${code}`), { code: 'ECONNRESET' }));
		// Where TLS begins, or a proxy is asked for its tunnel, the same words as on an open connection would count as sent.
		else if (!stands && /^(?:read|write)$/.test(syscall))
			failed(new Error(`${message} before secure TLS`, { cause: error }));
		else failed(error);
	});
}
