import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/context/openFile';
import { Position } from '../../../support/editor/documents';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

interface Place {
	readonly path: string;
}

/** Opens what an answer names where these folders are open, by name; what was shown, and what was said. */
async function opened(named: string, folders: Readonly<Record<string, string>>, there: readonly string[]) {
	const editor = new EditorStandIn();
	const shown: string[] = [];
	Object.assign(editor.api, {
		Position,
		FileType: { File: 1 },
		Uri: { joinPath: ({ path }: Place, ...parts: readonly string[]) => ({ path: [path, ...parts].join('/') }) },
		workspace: {
			workspaceFolders: Object.entries(folders).map(([name, path]) => ({ name, uri: { path } })),
			fs: { stat: () => Promise.resolve({ type: 1 }) },
			openTextDocument: ({ path }: Place) => Promise.resolve(shown.push(path)),
		},
	});
	Object.assign(editor.api.window, { showTextDocument: () => Promise.resolve() });
	const { openFile } = editor.read('../editor/context/openFile') as typeof used;
	const locate = ({ path }: Place) =>
		Promise.resolve({ state: there.includes(path) ? ('inside' as const) : ('absent' as const), path });
	await openFile({ locate }, named);
	return { shown, told: textsIn(editor.given) };
}

describe('a file that an answer names', () => {
	const there = ['/w/api/package.json', '/w/web/package.json'];

	it('is the one of the folder whose name its path begins with, where several are open', async () => {
		const folders = { api: '/w/api', web: '/w/web' };
		assert.deepEqual((await opened('web/package.json', folders, there)).shown, ['/w/web/package.json']);
		assert.deepEqual((await opened('package.json', folders, there)).shown, ['/w/api/package.json']);
		// As a workspace file can name them.
		const named = { 'packages/api': '/w/api', 'packages/web': '/w/web' };
		assert.deepEqual((await opened('packages/web/package.json', named, there)).shown, ['/w/web/package.json']);
	});

	it('is said not to be there where no folder has it, or where the path leads elsewhere', async () => {
		for (const name of ['web/other.json', '../web/package.json', '/w/web/package.json', 'command:x']) {
			const { shown, told } = await opened(name, { api: '/w/api', web: '/w/web' }, there);
			assert.deepEqual([shown, told], [[], [`There is no file ${name} in this workspace.`]]);
		}
	});
});
