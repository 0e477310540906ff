import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import type { Client, Place } from './client';

const script = path.resolve('test/conformance/clients/geminiCli/node_modules/@google/gemini-cli/bundle/gemini.js');
/** It takes the address only where the way to sign in is pinned. */
const settings = {
	security: { auth: { selectedType: 'gemini-api-key' } },
	privacy: { usageStatisticsEnabled: false },
	general: { enableAutoUpdate: false },
};
const Output = v.object({ response: v.optional(v.string()) });

/** Google's own client, without a screen: one process for each prompt, in a home of its own. */
export function geminiCli({ baseUrl, brief }: Place): Client {
	const folder = mkdtempSync(path.join(os.tmpdir(), 'keypool-conformance-'));
	const work = path.join(folder, 'work');
	mkdirSync(work);
	mkdirSync(path.join(folder, '.gemini'));
	writeFileSync(path.join(folder, '.gemini/settings.json'), JSON.stringify(settings));
	const env = {
		PATH: process.env['PATH'],
		KEYPOOL_BENCH_TIME: process.env['KEYPOOL_BENCH_TIME'],
		KEYPOOL_BENCH_SEED: process.env['KEYPOOL_BENCH_SEED'],
		HOME: folder,
		TMPDIR: folder,
		GEMINI_CLI_HOME: folder,
		GEMINI_CLI_TRUST_WORKSPACE: 'true',
		GEMINI_CLI_NO_RELAUNCH: 'true',
		GOOGLE_GEMINI_BASE_URL: baseUrl,
		GEMINI_API_KEY: brief.keys[0]?.secret,
	};
	return {
		startMs: 15_000,
		ask: ({ prompt, models }, _, signal) => {
			const args = [...process.execArgv, script, '-p', prompt, '-m', models[0] ?? '', '-o', 'json'];
			const child = spawn(process.execPath, args, { cwd: work, env, signal, stdio: ['ignore', 'pipe', 'ignore'] });
			const chunks: Buffer[] = [];
			child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
			return new Promise((resolve, reject) => {
				child.once('error', reject);
				child.once('close', (code) => {
					if (code !== 0) {
						reject(new Error(`gemini-cli ended with ${code}.`));
						return;
					}
					resolve({ text: v.parse(Output, JSON.parse(Buffer.concat(chunks).toString())).response ?? '' });
				});
			});
		},
		close: () => {
			rmSync(folder, { recursive: true, force: true });
			return Promise.resolve();
		},
	};
}
