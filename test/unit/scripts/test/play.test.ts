import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { playAll, type Stage } from '../../../../scripts/test/play.mjs';

/** What a stage prints: when it begins and when it ends, on a clock that all processes share. */
const script =
	'const at = () => process.hrtime.bigint().toString(); console.log(at()); setTimeout(() => console.log(at()), 40);';

const stage = (name: string, more: Partial<Stage> = {}): Stage => ({ name, commands: [['--eval', script]], ...more });

/** The stages in the order of their beginnings, each with those that ran beside it. */
async function played(stages: readonly Stage[]): Promise<Record<string, readonly string[]>> {
	const results = await playAll(stages, { width: 2, show: () => undefined });
	const spans = results.map(({ stage: { name }, output }) => {
		const [from = '', to = ''] = output.split('\n');
		return { name, from: BigInt(from), to: BigInt(to) };
	});
	spans.sort((a, b) => (a.from < b.from ? -1 : 1));
	return Object.fromEntries(
		spans.map((one) => [
			one.name,
			spans.filter((other) => other !== one && other.from < one.to && one.from < other.to).map(({ name }) => name),
		]),
	);
}

describe('the runner of stages', () => {
	it('plays a stage of two slots alone, and nothing that comes later before it', async () => {
		const all = await played([stage('a'), stage('wide', { slots: 2 }), stage('b'), stage('c')]);
		assert.deepEqual(all['wide'], []);
		assert.deepEqual(Object.keys(all).slice(0, 2), ['a', 'wide']);
	});

	it('waits for what a stage needs, and plays others meanwhile', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-play-'));
		const mark = JSON.stringify(path.join(folder, 'mark'));
		const looks = `setInterval(() => require('fs').existsSync(${mark}) && process.exit(), 5);`;
		const writes = `require('fs').writeFileSync(${mark}, '');`;
		const ended: string[] = [];
		// Ends when another has begun that stands after what waits for it.
		const stages = [
			stage('build', { commands: [['--eval', looks]] }),
			stage('needs', { after: 'build' }),
			stage('other', { commands: [['--eval', writes]] }),
		];
		await playAll(stages, { width: 2, show: (text) => ended.push(/── (\w+)/.exec(text)?.[1] ?? '') });
		assert.ok(ended.indexOf('build') < ended.indexOf('needs'));
		assert.equal(ended.length, 3);
		rmSync(folder, { recursive: true });
	});

	it('does not play what needs a stage that failed', async () => {
		const broken = stage('build', { commands: [['--eval', 'process.exit(3)']] });
		const results = await playAll([broken, stage('needs', { after: 'build' })], { width: 2, show: () => undefined });
		assert.deepEqual(
			results.map(({ passed, failed, output }) => [passed, failed, output]),
			[
				[0, 1, ''],
				[0, 1, 'not run, because build failed'],
			],
		);
	});
});
