import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';

describe('a file or folder that the gateway cannot use', () => {
	let headless: HeadlessProgram;
	beforeEach(async () => {
		headless = await HeadlessProgram.create();
	});
	afterEach(() => headless.dispose());

	it('is said at once, with what helps, where tokens and quotas would lie: nobody could be let in', async () => {
		const at = (name: string): string => path.join(headless.folder, name);
		await writeFile(at('file'), '');
		await symlink(at('nowhere'), at('link'));
		for (const [data, why] of [
			[at('file'), /[\\/]file is in the way/],
			[at('file/below'), /[\\/]file is in the way/],
			[at('link'), /[\\/]link is in the way \(a file, or a link that leads nowhere\)/],
			[at('x'.repeat(300)), /x has too long a name/],
			// Node makes folders there for ever.
			['/proc/kept', /\/proc\/kept is not there/],
		] as const) {
			for (const command of [[], ['token', 'add', 'ann'], ['token', 'list']]) {
				const said = await headless.fails('--data', data, ...command);
				assert.match(said, why);
				assert.match(said, /^--data cannot be made: .*\. Name a folder that this user may write to\.\n$/);
			}
		}
		assert.deepEqual((await readdir(headless.folder)).sort(), ['file', 'link']);
	});

	it('does not keep it from ending, where the record of quotas alone cannot be made', async () => {
		const { program } = await headless.start('--data', '/proc');
		await program.until(/^The record of quotas in --data cannot be opened/m);
		assert.equal(await program.interrupt(), 0);
	});

	it('is named in a sentence, whichever it is', async () => {
		const folder = path.join(headless.folder, 'clients');
		await mkdir(path.join(folder, 'clients.json'), { recursive: true });
		assert.match(
			await headless.fails('--data', folder),
			/[\\/]clients\.json is a folder: put that right, or name another folder with --data\.\n$/,
		);
		for (const [file, why] of [
			[folder, 'is a folder'],
			[path.join(headless.folder, 'none'), 'is not there'],
		] as const) {
			assert.equal(
				await headless.fails('--tls-cert', file, '--tls-key', file),
				`--tls-cert cannot be read: ${file} ${why}. Name a file that this user may read.\n`,
			);
		}
	});
});
