import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(__dirname, '../../..');
const run = promisify(execFile);

/** What an image says of itself, in the lines that only an engine obeys. */
const ofEngine = new Set(['USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL']);

interface Stage {
	readonly folder: string;
	/** Absolute within the stage. */
	workdir: string;
}

/**
 * The project's Dockerfile, built where no container engine is: each stage is an empty folder, into which COPY copies and in
 * which RUN runs. A line that it does not know is an error, so that none is left out.
 */
export class Image {
	entrypoint: readonly string[] = [];
	command: readonly string[] = [];
	private stage: Stage | undefined;
	private readonly stages = new Map<string, Stage>();

	private constructor(private readonly folder: string) {}

	static async build(): Promise<Image> {
		await mkdir(path.join(root, 'out'), { recursive: true });
		const image = new Image(await mkdtemp(path.join(root, 'out', 'image-')));
		const text = await readFile(path.join(root, 'Dockerfile'), 'utf8');
		try {
			for (const line of text.split('\n')) {
				if (line.trim() !== '' && !line.startsWith('#')) await image.obey(line);
			}
		} catch (error) {
			await image.remove();
			throw error;
		}
		return image;
	}

	/** A path of the image, on this machine. */
	pathOf(inside: string): string {
		return path.join(this.current.folder, inside);
	}

	/** The program as the image starts it, with paths of this machine. */
	get args(): readonly string[] {
		const [, ...rest] = this.entrypoint;
		return rest.map((arg) => (arg.startsWith('/') ? this.pathOf(arg) : arg));
	}

	get workdir(): string {
		return this.pathOf(this.current.workdir);
	}

	async remove(): Promise<void> {
		await rm(this.folder, { recursive: true, force: true });
	}

	private get current(): Stage {
		if (this.stage === undefined) throw new Error('A Dockerfile begins with FROM.');
		return this.stage;
	}

	private async obey(line: string): Promise<void> {
		const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
		switch (word) {
			case 'FROM': {
				const name = / AS (\w+)$/.exec(rest)?.[1] ?? 'last';
				const folder = path.join(this.folder, name);
				await mkdir(folder);
				this.stage = { folder, workdir: '/' };
				this.stages.set(name, this.stage);
				break;
			}
			case 'WORKDIR':
				this.current.workdir = rest;
				await mkdir(this.workdir, { recursive: true });
				break;
			case 'COPY':
				await this.copy(rest.split(' '));
				break;
			case 'RUN':
				await run('sh', ['-c', rest], { cwd: this.workdir, maxBuffer: 64 * 1024 * 1024 });
				break;
			case 'ENTRYPOINT':
				this.entrypoint = JSON.parse(rest) as readonly string[];
				break;
			case 'CMD':
				this.command = JSON.parse(rest) as readonly string[];
				break;
			default:
				if (!ofEngine.has(word)) throw new Error(`What is ${line}?`);
		}
	}

	private async copy(words: readonly string[]): Promise<void> {
		const from = /^--from=(\w+)$/.exec(words[0] ?? '')?.[1];
		const source = from === undefined ? root : this.stages.get(from)?.folder;
		if (source === undefined) throw new Error(`There is no stage ${from}.`);
		const paths = from === undefined ? words : words.slice(1);
		const target = path.resolve(this.workdir, paths.at(-1) ?? '');
		for (const one of paths.slice(0, -1)) {
			const isFolder = paths.at(-1)?.endsWith('/') ?? false;
			const to = isFolder ? path.join(target, path.basename(one)) : target;
			await cp(path.join(source, one), to, { recursive: true });
		}
	}
}
