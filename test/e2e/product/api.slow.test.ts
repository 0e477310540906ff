import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import type { KeyFallback, PoolStats } from '../../../src/api/types';
import { scenarioOf } from '../../../src/simulator/scenario';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { eventually, until } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';

interface Line {
	readonly fallback?: KeyFallback;
	readonly stats?: PoolStats;
	readonly members?: readonly string[];
}

describe('another extension in the window', () => {
	const simulator = useSimulator(scenarioOf('five-keys'));
	let folder = '';
	const file = (): string => path.join(folder, 'neighbour.jsonl');
	const workbench = useWorkbench(async () => {
		folder = mkdtempSync(path.join(tmpdir(), 'keypool-neighbour-'));
		const installed = path.join(folder, 'installed');
		const own = path.join(installed, 'keypool-test.neighbour-0.0.0');
		const source = path.join(__dirname, '../../support/neighbour');
		cpSync(path.join(source, 'package.json'), path.join(own, 'package.json'));
		await esbuild.build({
			entryPoints: [path.join(source, 'extension.ts')],
			outfile: path.join(own, 'extension.js'),
			bundle: true,
			platform: 'node',
			format: 'cjs',
			external: ['vscode'],
			logLevel: 'warning',
		});
		return {
			env: { ...simulator().envWithKeys, KEYPOOL_NEIGHBOUR_FILE: file() },
			installed,
		};
	});
	after(() =>
		rmSync(folder, {
			recursive: true,
			force: true,
			maxRetries: 10,
			retryDelay: 100,
		}),
	);

	const lines = (): readonly Line[] =>
		existsSync(file())
			? readFileSync(file(), 'utf8')
					.split('\n')
					.filter((line) => line !== '')
					.map((line) => JSON.parse(line) as Line)
			: [];

	it('hears of each key that is set aside, and reads how the pool stands, through the API alone', async () => {
		const window = await workbench().open();
		await until('the other extension', () => lines().length > 0);
		const [first] = lines();
		assert.deepEqual([...(first?.members ?? [])].filter((name) => name !== 'secrets').sort(), [
			...['getStats', 'onDidChangePool', 'onFallback', 'version'],
		]);

		const chat = new Chat(window);
		const question = 'Who else hears of this?';
		await chat.ask(question);
		const { fallbacks } = await chat.finished(question);
		assert.equal(fallbacks, 3);
		await until('three fallbacks', () => lines().filter(({ fallback }) => fallback).length >= 3);
		const told = lines().flatMap(({ fallback }) => fallback ?? []);
		assert.deepEqual(
			told.map(({ reason }) => reason),
			['rpm', 'rpd', 'badKey'],
		);
		for (const { until: end, model } of told) {
			assert.ok(end !== undefined && end > Date.now() - 120_000, String(end));
			assert.equal(model, 'gemini-3.8-flash');
		}

		// What it hears of changes comes after the answer, and not all at once.
		await eventually(() => {
			const stats = lines().at(-1)?.stats;
			assert.deepEqual(
				Object.values(stats?.keys ?? {}).map(({ available, success, fail }) => [available, success, fail]),
				[
					[false, 0, 1],
					[false, 0, 1],
					[false, 0, 1],
					[true, 1, 0],
					[true, 0, 0],
				],
			);
			assert.deepEqual(
				told.map(({ key }) => stats?.keys[key]?.rateLimitedUntil),
				told.map(({ until: end }) => end),
			);
		});
		// Ids alone: no label, no key.
		const all = readFileSync(file(), 'utf8');
		for (const secret of ['sim-minute', 'sim-good-1']) assert.ok(!all.includes(secret), secret);

		// The log says the same; a long line is drawn as several.
		await window.palette('Keypool: Show Log');
		await window.outputLines('fallback: sim-invalid').first().waitFor();
		await window.outputLines('invalid_key (badKey) until').first().waitFor();
		await window.screenshot('api-fallbacks-in-the-log');
		assert.deepEqual(window.errors, []);
	});
});
