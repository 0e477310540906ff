import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of a test, on a free port of the loopback. */
export interface Loopback {
	readonly server: Server;
	readonly port: number;
	/** `http://127.0.0.1:port`, without a slash at the end. */
	readonly url: string;
	/** Ends at once, open connections included; from now on nobody listens there. */
	readonly close: () => Promise<void>;
}

/** Servers of the enclosing `describe`, closed after its tests. */
export function useLoopback(): (handle?: RequestListener) => Promise<Loopback> {
	const open: Loopback[] = [];
	after(() => Promise.all(open.splice(0).map((each) => each.close())));
	return async (handle = (_, response) => response.end()) => {
		const server = createServer(handle);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		let closing: Promise<void> | undefined;
		const close = (): Promise<void> =>
			(closing ??= new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}));
		const each = { server, port, url: `http://127.0.0.1:${String(port)}`, close };
		open.push(each);
		return each;
	};
}
