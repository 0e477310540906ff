import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '../../src/simulator/http';
import { optionsOf, scenarioOf } from '../../src/simulator/scenario';
import { createService, systemClock } from '../../src/simulator/service';
import { root } from '../vscode/host';
import { useWorkbench } from './workbench';

const { secrets, ...scenario } = scenarioOf('five-keys');
const service = createService(optionsOf({ ...scenario, secrets }, { clock: systemClock, chance: Math.random }));

/** An extension folder with what is packaged, built as it is shipped. */
function packaged(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-packaged-'));
	const dist = path.join(folder, 'dist');
	execFileSync(process.execPath, ['esbuild.js', '--production', `--outdir=${dist}`], { cwd: root, stdio: 'pipe' });
	for (const name of ['package.json', 'package.nls.json', 'package.nls.vi.json', 'l10n', 'media']) {
		cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
	}
	return folder;
}

describe('what is packaged', () => {
	let folder = '';
	let close = (): Promise<void> => Promise.resolve();
	const workbench = useWorkbench(async () => {
		folder = packaged();
		const server = await serve(service);
		close = () => server.close();
		// The folder under development is the packaged one: even there the environment must count for nothing.
		return { extensions: [folder], env: { GEMINI_API_KEYS: secrets.join(','), KEYPOOL_BASE_URL: server.url } };
	});
	after(async () => {
		await close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('does not hold the code that reads keys and addresses from the environment', () => {
		const names = readdirSync(path.join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
		const shipped = names.filter((name) => name.endsWith('.js') && name !== 'simulator.js');
		const texts = shipped.map((name) => readFileSync(path.join(folder, 'dist', name), 'utf8'));
		assert.ok(texts.length > 0);
		assert.deepEqual(
			shipped.filter((_, n) => texts[n]?.includes('KEYPOOL_BASE_URL')),
			[],
		);
		const development = readFileSync(path.join(root, 'dist/extension.js'), 'utf8');
		assert.ok(development.includes('KEYPOOL_BASE_URL'), 'the development build no longer reads it under this name');
	});

	it('takes no key from the environment, and asks nobody', async () => {
		const window = await workbench().open();
		const status = window.statusBarItem('keypool.status');
		await status.waitFor();
		await window.openContainer();
		await window.view('Keys').waitFor();
		assert.equal(await window.treeRows('Keys').count(), 0);
		assert.doesNotMatch(await status.innerText(), /5/);
		assert.deepEqual(service.log, []);
	});
});
