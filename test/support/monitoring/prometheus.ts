import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { until } from '../window/until';
import { freePort } from './freePort';

const Answer = v.object({
	status: v.literal('success'),
	data: v.object({
		resultType: v.string(),
		result: v.array(v.object({ metric: v.record(v.string(), v.string()), value: v.tuple([v.number(), v.string()]) })),
	}),
});

export interface Result {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

/** A real Prometheus that reads one address each second. */
export class Prometheus {
	private constructor(
		private readonly child: ChildProcess,
		private readonly folder: string,
		private readonly port: number,
	) {}

	/** @param token what the target asks for */
	static async start(target: string, token?: string): Promise<Prometheus> {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-prometheus-'));
		const port = await freePort();
		const config = path.join(folder, 'prometheus.yml');
		// JSON is YAML.
		writeFileSync(
			config,
			JSON.stringify({
				global: { scrape_interval: '1s' },
				scrape_configs: [
					{
						job_name: 'keypool',
						static_configs: [{ targets: [target] }],
						...(token !== undefined && { authorization: { credentials: token } }),
					},
				],
			}),
		);
		const args = [`--config.file=${config}`, `--storage.tsdb.path=${path.join(folder, 'data')}`];
		args.push(`--web.listen-address=127.0.0.1:${port}`, '--log.level=warn');
		const child = spawn('prometheus', args, { stdio: 'ignore' });
		const failed = new Promise<never>((_, reject) => {
			child.once('error', () => reject(new Error('Prometheus is missing: install the package `prometheus`.')));
		});
		const prometheus = new Prometheus(child, folder, port);
		try {
			await Promise.race([failed, until('Prometheus', () => prometheus.isReady())]);
		} catch (error) {
			await prometheus.stop();
			throw error;
		}
		return prometheus;
	}

	/** What an expression is now. */
	async query(expression: string): Promise<readonly Result[]> {
		const url = new URL('/api/v1/query', `http://127.0.0.1:${this.port}`);
		const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ query: expression }) });
		const answer: unknown = await response.json();
		if (!v.is(Answer, answer)) throw new Error(`${expression}: ${JSON.stringify(answer)}`);
		return answer.data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
	}

	/** The one number that an expression is. */
	async number(expression: string): Promise<number | undefined> {
		const [first] = await this.query(expression);
		return first?.value;
	}

	async stop(): Promise<void> {
		const ended = new Promise((resolve) => this.child.once('close', resolve));
		if (this.child.pid !== undefined && this.child.kill()) await ended;
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}

	private async isReady(): Promise<boolean> {
		try {
			return (await fetch(`http://127.0.0.1:${this.port}/-/ready`)).ok;
		} catch {
			return false;
		}
	}
}

/** Runs promtool; throws with what it complains about. */
export function promtool(args: readonly string[], input?: string): void {
	const { status, stdout, stderr, error } = spawnSync('promtool', args, { input, encoding: 'utf8' });
	if (error) throw new Error('promtool is missing: install the package `prometheus`.', { cause: error });
	if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`);
}
