import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'iovalkey';
import type { TeamServer as Address } from '../../../src/team/valkey/server';

/** A real server in a folder of its own, on a Unix socket: no port is needed. */
export class TeamServer {
	readonly folder = mkdtempSync(path.join(tmpdir(), 'keypool-team-'));
	private child: ChildProcess | undefined;

	/** @param program `valkey-server` or `redis-server` */
	constructor(
		private readonly program = 'valkey-server',
		private readonly options: readonly string[] = ['--save', ''],
	) {}

	get socket(): string {
		return path.join(this.folder, 's');
	}

	address(user?: string, password?: string): Address {
		return {
			...{ kind: 'socket', nodes: [], path: this.socket, tls: false },
			...(user !== undefined && { user }),
			...(password !== undefined && { password }),
		};
	}

	/** Resolves when it answers. */
	async start(more: readonly string[] = []): Promise<void> {
		const args = ['--port', '0', '--unixsocket', this.socket, '--dir', this.folder, ...this.options, ...more];
		const child = spawn(this.program, args, { stdio: 'ignore' });
		this.child = child;
		const failed = new Promise<never>((_, reject) => {
			child.once('error', reject);
			child.once('exit', (code) => reject(new Error(`${this.program} ended with ${String(code)}.`)));
		});
		failed.catch(() => undefined);
		await Promise.race([failed, this.answers()]);
	}

	/** Ends it at once, by its process id. */
	async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
		const { child } = this;
		this.child = undefined;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = new Promise((resolve) => void child.once('exit', resolve));
		child.kill(signal);
		await ended;
	}

	/** Stops it without ending it, so that it takes connections and answers nothing; or lets it go on. */
	signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
		this.child?.kill(signal);
	}

	/** Asks it something beside everybody else. */
	async ask<T>(act: (client: Redis) => Promise<T>): Promise<T> {
		const client = new Redis({ path: this.socket, lazyConnect: true });
		try {
			await client.connect();
			return await act(client);
		} finally {
			client.disconnect();
		}
	}

	/** Everything that it holds, as one text. */
	dump(): Promise<string> {
		return this.ask(async (client) => {
			const parts: string[] = [];
			for (const key of await client.keys('*')) {
				const type = await client.type(key);
				parts.push(key, type);
				if (type === 'hash') parts.push(JSON.stringify(await client.hgetall(key)));
				if (type === 'zset') parts.push(JSON.stringify(await client.zrange(key, 0, -1, 'WITHSCORES')));
				if (!['hash', 'zset', 'string'].includes(type)) throw new Error(`A ${type} is not read.`);
				if (type === 'string') parts.push((await client.get(key)) ?? '');
			}
			return parts.join('\n');
		});
	}

	async end(): Promise<void> {
		await this.kill();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** The socket is there a moment before it takes anybody. */
	private async answers(): Promise<void> {
		for (;;) {
			const isUp = await new Promise<boolean>((resolve) => {
				const socket = connect(this.socket);
				socket.once('connect', () => {
					socket.write('PING\r\n');
				});
				socket.once('data', (data) => {
					socket.destroy();
					resolve(/PONG|NOAUTH|LOADING/.test(String(data)));
				});
				socket.once('error', () => resolve(false));
			});
			if (isUp) return;
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}
}
