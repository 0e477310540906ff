import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noticesFor, packageFolders } from '../../../../scripts/package/packages.cjs';

describe('the licences of what is shipped', () => {
	const root = mkdtempSync(path.join(tmpdir(), 'keypool-licences-'));
	after(() => rmSync(root, { recursive: true, force: true }));

	/** A package with some files beside its manifest. */
	function installed(name: string, license: string | undefined, files: Readonly<Record<string, string>>): string {
		const folder = `node_modules/${name}`;
		mkdirSync(path.join(root, folder), { recursive: true });
		const all = { ...files, 'package.json': JSON.stringify({ name, version: '1.0.0', license }) };
		for (const [file, text] of Object.entries(all)) writeFileSync(path.join(root, folder, file), text);
		return folder;
	}

	it('stand with each package, in their own words', async () => {
		const one = installed('@some/one', 'MIT', { 'license.txt': 'Permission is granted.', NOTICE: 'By us.' });
		const two = installed('two', '(MPL-2.0 OR Apache-2.0)', { LICENSE: 'Some words.', 'LICENSE-MPL': 'Other words.' });
		const notices = await noticesFor(root, [one, two]);
		for (const serviceMessage of [
			'parts that it does not use are left out',
			'@some/one 1.0.0 (MIT)',
			'Permission is granted.',
			'By us.',
			'Some words.',
			'Other words.',
		])
			assert.ok(notices.includes(serviceMessage), serviceMessage);
	});

	it('are one where a package leaves the choice and one of the two is Apache’s', async () => {
		const files = { LICENSE: '  Apache License\nof words.', 'LICENSE-MPL': 'Other words.', NOTICE: 'By them.' };
		const notices = await noticesFor(root, [installed('either', '(MPL-2.0 OR Apache-2.0)', files)]);
		assert.match(notices, /either 1\.0\.0 \(Apache-2\.0\)\s+Apache License\nof words\.\s+By them\.\s*$/);
	});

	it('are an error where their text is missing, though the manifest names them', async () => {
		for (const files of [{}, { LICENSE: '\n' }, { NOTICE: 'By us.' }]) {
			const bare = installed(`bare-${Object.keys(files).join('-')}`, 'MIT', files);
			await assert.rejects(
				noticesFor(root, [bare]),
				/bare-.* is shipped, and the text of its licence \(MIT\) is not in it/,
			);
		}
		await assert.rejects(
			noticesFor(root, [installed('nameless', undefined, { LICENSE: 'Words.' })]),
			/names no licence/,
		);
	});

	it('are those of the folder that a file is in, however deep', () => {
		assert.deepEqual(
			packageFolders([
				'src/a.ts',
				'node_modules/b/node_modules/@c/d/e/f.js',
				'node_modules/b/g.js',
				'node_modules/b/h.js',
			]),
			['node_modules/b', 'node_modules/b/node_modules/@c/d'],
		);
	});
});
