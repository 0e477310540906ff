import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve, type Server } from '../../../src/simulator/http';
import { createService, systemClock, type Fault, type Service } from '../../../src/simulator/service';
import { bundled } from '../bundled';
import { Program } from '../program';
import { seeded } from '../simulator/stand';

const quotas = { 'gemini-3.8-flash': { rpm: 1_000, tpm: 10_000_000, rpd: 10_000 } };

/** The gateway's program, over a simulator on a socket, with a folder of its own for what it keeps. */
export class HeadlessProgram {
	private readonly programs: Program[] = [];
	/** More of the environment of what runs from now on. */
	readonly environment: Record<string, string> = {};
	/** Where it runs from now on; absent: in the project's folder. */
	cwd: string | undefined;
	/** What runs it from now on; absent: the Node of this process. */
	node: string | undefined;

	private constructor(
		readonly service: Service,
		private readonly simulator: Server,
		/** Of its own; gone with it. */
		readonly folder: string,
		/** As a variable of the environment has them. */
		readonly keys: string,
	) {}

	static async create(faults: Readonly<Record<string, readonly Fault[]>> = { a: [], b: [] }): Promise<HeadlessProgram> {
		const names = Object.keys(faults);
		const service = createService({
			clock: systemClock,
			chance: seeded(1),
			pace: 1,
			projects: names.map((id) => ({ id, tier: 'free', quotas })),
			keys: names.map((id) => ({ secret: secretOf(id), project: id, faults: faults[id] ?? [] })),
		});
		const folder = await mkdtemp(path.join(tmpdir(), 'keypool-headless-'));
		return new HeadlessProgram(service, await serve(service), folder, names.map(secretOf).join(','));
	}

	get data(): string {
		return path.join(this.folder, 'data');
	}

	run(...args: readonly string[]): Program {
		const { PATH } = process.env;
		const env = {
			PATH,
			HOME: this.folder,
			GEMINI_API_KEYS: this.keys,
			KEYPOOL_METRICS_TOKEN: 'sesame',
			...this.environment,
		};
		const at = bundled('src/headless/main.ts');
		const program = new Program([at, '--data', this.data, ...args], env, this.cwd, this.node);
		this.programs.push(program);
		return program;
	}

	/** Runs a command to its end; answers what it printed. Throws where it failed. */
	async say(...args: readonly string[]): Promise<string> {
		const program = this.run(...args);
		if ((await program.ended) !== 0) throw new Error(program.text);
		return program.text.trim();
	}

	/** Runs a command that must fail; answers what it printed. */
	async fails(...args: readonly string[]): Promise<string> {
		const program = this.run(...args);
		if ((await program.ended) === 0) throw new Error(`It did not fail: ${program.text}`);
		return program.text;
	}

	/** Serves on a free port; answers the program and its address. */
	async start(...args: readonly string[]): Promise<{ readonly program: Program; readonly url: string }> {
		const program = this.run('--port', '0', '--base-url', this.simulator.url, ...args);
		const [, url = ''] = await program.until(/answers at (https?:\S+)/);
		return { program, url };
	}

	/** Ends what still runs at once: told to end, the gateway of a team would wait for its balancers first. */
	async dispose(): Promise<void> {
		await Promise.all(this.programs.map((program) => program.crash()));
		await this.simulator.close();
		await rm(this.folder, { recursive: true, force: true });
	}
}

const secretOf = (name: string): string => `sim-headless-${name}-${'x'.repeat(20)}`;
