import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** A program of this project that a test runs in a process of its own. */
export class Program {
	/** What it has written so far, errors too. */
	text = '';
	/** The exit code, once it has ended and all that it wrote is in `text`. */
	readonly ended: Promise<number>;
	private readonly child;

	/**
	 * Runs Node with `args`, in the project's folder by default; `env` is the whole environment, absent: this process's. `node`
	 * is another Node than this process's.
	 */
	constructor(
		args: readonly string[],
		env: Readonly<Record<string, string | undefined>> = process.env,
		cwd = root,
		node = process.execPath,
	) {
		this.child = spawn(node, args, { cwd, env });
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.on('data', (chunk: Buffer) => {
				this.text += chunk.toString();
			});
		}
		this.ended = once(this.child, 'close').then(([code]) => Number(code ?? -1));
	}

	/** Waits until `wanted` is in what it wrote; throws where it ends without. */
	async until(wanted: RegExp): Promise<RegExpExecArray> {
		const over = this.ended.then(() => true);
		for (let ended = false; ;) {
			const found = wanted.exec(this.text);
			if (found !== null) {
				return found;
			}
			if (ended) {
				throw new Error(`It ended without ${String(wanted)}:\n${this.text}`);
			}
			ended = await Promise.race([once(this.child.stdout, 'data').then(() => false), over]);
		}
	}

	/** Reads nothing more, as whoever collected its log and has ended. */
	deafen(): void {
		this.child.stdout.destroy();
		this.child.stderr.destroy();
	}

	/** Ends it as Ctrl+C does, and returns the exit code. */
	interrupt(): Promise<number> {
		this.child.kill('SIGINT');
		return this.ended;
	}

	/** Ends it as a crash does: it does nothing more. */
	crash(): Promise<number> {
		this.child.kill('SIGKILL');
		return this.ended;
	}
}
