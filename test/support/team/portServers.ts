import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis, type RedisOptions } from 'iovalkey';

/** Another program may take a port between our look and the server's start. */
const maxTries = 5;

/** Real servers on ports of this machine that were free, each in a folder of its own. */
export class PortServers {
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-servers-'));
	private readonly children = new Map<number, ChildProcess>();

	/**
	 * Starts `valkey-server`, and resolves to its port when it listens.
	 *
	 * @param argumentsOf of its folder and port, and of one more port
	 */
	async start(argumentsOf: (folder: string, port: number, more: number) => readonly string[]): Promise<number> {
		for (let tries = 1; ; tries++) {
			const [port, more] = [await freePort(), await freePort()];
			const folder = path.join(this.folder, String(port));
			mkdirSync(folder);
			const child = spawn('valkey-server', argumentsOf(folder, port, more), { cwd: folder, stdio: 'ignore' });
			this.children.set(port, child);
			const ended = new Promise<false>((resolve) => {
				child.once('error', () => resolve(false));
				child.once('exit', () => resolve(false));
			});
			if (await Promise.race([ended, listens(port, () => child.exitCode === null)])) return port;
			this.children.delete(port);
			if (tries >= maxTries) throw new Error('valkey-server did not start.');
		}
	}

	/** Ends one at once, by its process id. */
	async kill(port: number): Promise<void> {
		const child = this.children.get(port);
		this.children.delete(port);
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((resolve) => void child.once('exit', resolve));
		child.kill('SIGKILL');
		await ended;
	}

	/** Asks one something beside everybody else. */
	async ask<T>(port: number, act: (client: Redis) => Promise<T>, options: RedisOptions = {}): Promise<T> {
		const client = new Redis({ host: 'localhost', port, lazyConnect: true, ...options });
		try {
			await client.connect();
			return await act(client);
		} finally {
			client.disconnect();
		}
	}

	async end(): Promise<void> {
		for (const port of [...this.children.keys()]) await this.kill(port);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** What every server of these tests is started with. */
export const plain = (folder: string): readonly string[] => [
	...['--bind', '127.0.0.1', '--dir', folder, '--save', ''],
	...['--repl-diskless-sync-delay', '0', '--protected-mode', 'no'],
];

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => void server.close(resolve));
	return port;
}

async function listens(port: number, isAlive: () => boolean): Promise<boolean> {
	while (isAlive()) {
		const isUp = await new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1');
			socket.once('connect', () => {
				socket.destroy();
				resolve(true);
			});
			socket.once('error', () => resolve(false));
		});
		if (isUp) return true;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	return false;
}
