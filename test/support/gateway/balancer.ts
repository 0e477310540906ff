import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection of a client, to one of the replicas. */
interface Line {
	readonly to: string;
	/** The client has asked, and nothing has come back. */
	isWaiting: boolean;
}

/** A balancer as stands in front of replicas: takes them in turn, those alone whose readiness is green. */
export class Balancer {
	private readonly lines = new Set<Line>();
	private readonly sockets = new Set<Socket>();
	private readonly watching = new Set<() => void>();
	private turn = 0;

	/** `http://127.0.0.1:port` of each; nobody is served before there is one. */
	replicas: readonly string[] = [];

	private constructor(private readonly server: Server) {}

	static async open(): Promise<Balancer> {
		const server = createServer();
		const balancer = new Balancer(server);
		server.on('connection', (client) => void balancer.take(client).catch(() => client.destroy()));
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return balancer;
	}

	/** `localhost:port`, as its clients name it. */
	get host(): string {
		return `localhost:${(this.server.address() as AddressInfo).port}`;
	}

	/** Resolves when a client waits for an answer of this replica. */
	async waitsFor(replica: string): Promise<void> {
		while (![...this.lines].some(({ to, isWaiting }) => to === replica && isWaiting)) {
			await new Promise<void>((resolve) => this.watching.add(resolve));
		}
	}

	async close(): Promise<void> {
		this.server.close();
		for (const socket of this.sockets) socket.destroy();
		await once(this.server, 'close');
	}

	private async take(client: Socket): Promise<void> {
		this.keep(client);
		client.pause();
		const to = await this.next();
		if (to === undefined) return void client.destroy();
		const { hostname, port } = new URL(to);
		const replica = this.keep(connect(Number(port), hostname));
		const line: Line = { to, isWaiting: false };
		this.lines.add(line);
		client.on('data', () => this.moves(line, true)).pipe(replica);
		replica.on('data', () => this.moves(line, false)).pipe(client);
		const end = (): void => {
			this.lines.delete(line);
			client.destroy();
			replica.destroy();
		};
		client.on('close', end);
		replica.on('close', end);
	}

	private moves(line: Line, isWaiting: boolean): void {
		line.isWaiting = isWaiting;
		for (const look of this.watching) look();
		this.watching.clear();
	}

	private async next(): Promise<string | undefined> {
		for (let tried = 0; tried < this.replicas.length; tried++) {
			const replica = this.replicas[this.turn++ % this.replicas.length] ?? '';
			const isReady = await fetch(`${replica}/readyz`, { headers: { connection: 'close' } }).then(
				({ ok }) => ok,
				() => false,
			);
			if (isReady) return replica;
		}
		return undefined;
	}

	private keep(socket: Socket): Socket {
		this.sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => this.sockets.delete(socket));
		return socket;
	}
}
