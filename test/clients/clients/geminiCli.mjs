import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { imageQuestion, model, pixel, question } from './questions.mjs';

export const name = 'gemini-cli, headless';

const program = path.join(
	path.dirname(createRequire(import.meta.url).resolve('@google/gemini-cli/package.json')),
	'bundle/gemini.js',
);

/** It has no place for a schema of the answer. */
export const cannot = ['json'];

export async function ask(task, { url, token }) {
	const folder = await mkdtemp(path.join(tmpdir(), 'keypool-cli-'));
	try {
		const settings = {
			security: { auth: { selectedType: 'gemini-api-key' } },
			privacy: { usageStatisticsEnabled: false },
			general: { disableAutoUpdate: true },
		};
		await mkdir(path.join(folder, '.gemini'));
		await writeFile(path.join(folder, '.gemini/settings.json'), JSON.stringify(settings));
		await writeFile(path.join(folder, 'note.txt'), 'The note.');
		await writeFile(path.join(folder, 'pixel.png'), Buffer.from(pixel, 'base64'));
		const prompts = {
			// The same arguments in whatever folder it works.
			tools: 'Please [call read_file {"file_path":"note.txt"}]',
			image: `@pixel.png ${imageQuestion}`,
		};
		return await run(prompts[task] ?? question, folder, { url, token });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function run(prompt, folder, { url, token }) {
	const { PATH } = process.env;
	const env = {
		PATH,
		HOME: folder,
		GEMINI_CLI_HOME: folder,
		GEMINI_API_KEY: token,
		GOOGLE_GEMINI_BASE_URL: url,
		GEMINI_CLI_TRUST_WORKSPACE: 'true',
		NO_COLOR: '1',
	};
	const child = spawn(process.execPath, [program, '-m', model, '-p', prompt], {
		cwd: folder,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const said = { out: '', err: '' };
	child.stdout.on('data', (data) => (said.out += data));
	child.stderr.on('data', (data) => (said.err += data));
	const code = await new Promise((resolve) => child.on('close', (exit, signal) => resolve(exit ?? signal)));
	if (code !== 0) throw new Error(`exit ${code}: ${said.err.slice(-400)}`);
	return said.out;
}
