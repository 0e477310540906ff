import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sbomOf } from '../../../../scripts/package/sbom.cjs';

interface Document {
	readonly components: readonly Readonly<Record<string, unknown>>[];
	readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe('the bill of materials', () => {
	const root = mkdtempSync(path.join(tmpdir(), 'keypool-sbom-'));
	const deep = 'node_modules/@some/one/node_modules/two';
	const shipped = ['node_modules/@some/one', deep, 'node_modules/two'];
	const inputs = {
		'src/a.ts': {
			imports: [{ path: 'src/b.ts' }, { path: 'node_modules/@some/one/x.js' }, { path: 'vscode', external: true }],
		},
		'src/b.ts': { imports: [{ path: 'node_modules/two/y.js' }, { path: 'node_modules/two/z.js' }] },
		'node_modules/@some/one/x.js': { imports: [{ path: 'node_modules/@some/one/w.js' }, { path: `${deep}/y.js` }] },
		'node_modules/two/y.js': { imports: [{ path: 'node:fs', external: true }] },
	};

	function write(file: string, value: unknown): void {
		mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
		writeFileSync(path.join(root, file), JSON.stringify(value));
	}

	before(() => {
		write('package.json', { name: 'ours', version: '0.0.1', license: 'MIT' });
		write('node_modules/@some/one/package.json', { name: '@some/one', version: '1.0.0', license: 'MIT' });
		write(`${deep}/package.json`, { name: 'two', version: '2.0.0', license: '(MPL-2.0 OR Apache-2.0)' });
		write('node_modules/two/package.json', { name: 'two', version: '3.0.0', license: 'ISC' });
		const locked = { integrity: `sha512-${Buffer.from('its bytes').toString('base64')}` };
		const packages = Object.fromEntries(shipped.map((folder) => [folder, locked]));
		write('package-lock.json', { packages: { ...packages, 'node_modules/tool': locked } });
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	const read = async (folders = shipped): Promise<Document> =>
		JSON.parse(await sbomOf(root, folders, inputs)) as Document;

	it('names each package in the bundles once, with version, licence, address and digest, and no other', async () => {
		const { components } = await read();
		assert.deepEqual(
			components.map(({ purl, licenses }) => [purl, licenses]),
			[
				['pkg:npm/%40some/one@1.0.0', [{ license: { id: 'MIT' } }]],
				['pkg:npm/two@2.0.0', [{ expression: 'MPL-2.0 OR Apache-2.0' }]],
				['pkg:npm/two@3.0.0', [{ license: { id: 'ISC' } }]],
			],
		);
		const [one] = components;
		assert.deepEqual([one?.['group'], one?.['name']], ['@some', 'one']);
		assert.deepEqual(one?.['hashes'], [{ alg: 'SHA-512', content: Buffer.from('its bytes').toString('hex') }]);
	});

	it('says who needs whom, as the bundles’ files import each other', async () => {
		const { dependencies } = await read();
		assert.deepEqual(dependencies, [
			{ ref: 'ours', dependsOn: ['node_modules/@some/one', 'node_modules/two'] },
			{ ref: 'node_modules/@some/one', dependsOn: [deep] },
			{ ref: deep, dependsOn: [] },
			{ ref: 'node_modules/two', dependsOn: [] },
		]);
	});

	it('is the same of the same bundles, and refuses a package that nobody locked', async () => {
		assert.equal(await sbomOf(root, shipped, inputs), await sbomOf(root, shipped, inputs));
		write('node_modules/stray/package.json', { name: 'stray', version: '1.0.0', license: 'MIT' });
		await assert.rejects(read(['node_modules/stray']), /node_modules\/stray is shipped, and package-lock.json/);
	});
});
