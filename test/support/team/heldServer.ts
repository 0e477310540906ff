import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a team's server: takes whoever connects, and lets nothing through before it is told to. */
export class HeldServer {
	private readonly clients: Socket[] = [];
	private isReleased = false;

	private constructor(
		private readonly server: Server,
		private readonly behind: string,
	) {
		server.on('connection', (client) => {
			this.clients.push(client.on('error', () => undefined));
			if (this.isReleased) this.letThrough(client);
		});
	}

	/** Listens on the socket `path`, before the server on the socket `behind`. */
	static async open(path: string, behind: string): Promise<HeldServer> {
		const server = createServer();
		const held = new HeldServer(server, behind);
		server.listen(path);
		await once(server, 'listening');
		return held;
	}

	/** Resolves when somebody has connected. */
	async reached(): Promise<void> {
		if (this.clients.length === 0) await once(this.server, 'connection');
	}

	/** Lets everything through; resolves when who had connected first has gone, and all of the others. */
	async release(): Promise<void> {
		this.isReleased = true;
		const [first] = this.clients;
		for (const client of this.clients) this.letThrough(client);
		if (first && !first.closed) await once(first, 'close');
		this.server.close();
		await once(this.server, 'close');
	}

	private letThrough(client: Socket): void {
		client.pipe(connect(this.behind).on('error', () => undefined)).pipe(client);
	}
}
