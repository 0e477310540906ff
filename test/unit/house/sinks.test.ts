import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sinks } from '../../support/house/sinks';
import { usesIn } from '../../support/house/uses';

const src = path.resolve(__dirname, '../../../src');

/** Each use in a file that is not listed for it, and each of something that nobody has classed. */
function unlisted(file: string, text: string): readonly string[] {
	const found = usesIn(file, text).flatMap(({ what, kind }) => {
		if (kind === 'harmless') return [];
		if (kind === 'unknown') return [`${file} uses ${what}: class it in sinks.ts`];
		const files: readonly string[] = sinks[kind];
		return files.includes(file)
			? []
			: [`${file} is a new ${kind} sink (${what}): list it in sinks.ts, and plant a canary`];
	});
	return [...new Set(found)];
}

describe('the ways on which texts leave', () => {
	const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts') && !/^simulator[\\/]/.test(file) && !file.endsWith('.d.ts'))
		.map((file) => file.replaceAll(path.sep, '/'));
	const texts = new Map(files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')]));

	it('are all listed, file by file', () => {
		const found = [...texts].flatMap(([file, text]) => unlisted(file, text));
		assert.deepEqual(found, []);
	});

	it('are all in use where they are listed', () => {
		const used = new Set([...texts].flatMap(([file, text]) => usesIn(file, text).map(({ kind }) => `${kind} ${file}`)));
		const gone = Object.entries(sinks).flatMap(([kind, of]) => of.map((file) => `${kind} ${file}`));
		assert.deepEqual(
			gone.filter((one) => !used.has(one)),
			[],
		);
	});

	const importing = (names: string) => `import ${names} from 'vscode';`;
	for (const [shape, text] of Object.entries({
		'a call': `${importing('{ window }')} void window.showErrorMessage('x');`,
		'a call through the whole API': `${importing('* as vscode')} void vscode.env.clipboard.writeText('x');`,
		'a call through the default import': `${importing('vscode')} void vscode.env.clipboard.writeText('x');`,
		'another name': `${importing('{ window as w }')} w.createTerminal('x');`,
		'a name that is put together': `${importing('{ window }')} window['showError' + 'Message']('x');`,
		'a member in brackets': `${importing('{ env }')} void env['clipboard'].writeText('x');`,
		'a namespace in brackets': `${importing('* as vscode')} void vscode['env'].clipboard.writeText('x');`,
		'a function that is taken out': `${importing('{ window }')} const { showErrorMessage } = window; showErrorMessage('x');`,
		'a function that is taken out under another name': `${importing('{ env }')} const { clipboard: c } = env; c.writeText('x');`,
		'a namespace that is taken out': `${importing('* as vscode')} const { window } = vscode; window.showErrorMessage('x');`,
		'a function that is taken out of the whole API': `${importing('* as vscode')} const { env: { clipboard } } = vscode;`,
		'all but one function': `${importing('{ window }')} const { state, ...others } = window;`,
		'a namespace under another name': `${importing('{ window }')} const w = window; w.showErrorMessage('x');`,
		'a namespace that is handed on': `${importing('{ window }')} show(window);`,
		'a namespace in an object': `${importing('{ window }')} show({ window });`,
		'a namespace that others import from here': `export { window } from 'vscode';`,
		'the API as a whole': `${importing('* as vscode')} show(vscode);`,
		'the API, read at run time': `const { window } = await import('vscode');`,
		'the API, required': `import vscode = require('vscode'); vscode.window.showErrorMessage('x');`,
		'a function that nobody knows yet': `${importing('{ lm }')} lm.selectChatModels();`,
		'another module': `import { appendFileSync } from 'node:fs'; appendFileSync('x', 'x');`,
		'another module, at run time': `await import('node:child_process');`,
		'another module, required': `const { writeFileSync } = require('node:fs');`,
		'a module by a computed name': `await import(name);`,
		'a listed module in another file': `import { writeFile } from 'node:fs/promises'; await writeFile('x', 'x');`,
		'a request': `await fetch('https://example.com');`,
		'a request of the global object': `await globalThis.fetch('https://example.com');`,
		'a request in brackets': `await globalThis['fetch']('https://example.com');`,
		'a request that is taken out': `const { fetch: get } = globalThis; await get('https://example.com');`,
		'a request that is handed on': `run({ fetch });`,
		'storage of the browser': `localStorage.setItem('a', 'b');`,
		'storage of the browser, handed on': `keep(localStorage);`,
		'the clipboard of the browser': `navigator.clipboard.writeText('x');`,
		'the console': `console.log('x');`,
		'the output of the process': `process.stdout.write('x');`,
		'the output of the process, taken out': `const { stderr } = process; stderr.write('x');`,
		'the page of a webview': `view.webview.html = 'x';`,
		'the page of a webview, in brackets': `view.webview['html'] = 'x';`,
		'a message to a webview': `const { postMessage } = panel.webview; postMessage('x');`,
		'what the editor keeps': `context.globalState.update('a', 'b');`,
		'what the editor keeps, taken out': `const { workspaceState } = context; workspaceState.update('a', 'b');`,
		'what the editor keeps, as it comes in': `export function start({ workspaceState }: Context) {}`,
		'the secret storage': `const { secrets } = extension; secrets.store('a', 'b');`,
	})) {
		it(`are noticed when they are new: ${shape}`, () => {
			// A room that has sinks of its own: what another file of it may does not count.
			assert.equal(unlisted('views/shared/rows.ts', text).length > 0, true);
		});
	}

	it('are not seen where there are none', () => {
		for (const text of [
			`import type { window } from 'vscode'; export type W = typeof window;`,
			`import * as vscode from 'vscode'; export const at = new vscode.Position(0, 0);`,
			`import { l10n } from 'vscode'; export const { t } = l10n;`,
			`import { window } from 'vscode'; export const { activeTextEditor } = window;`,
			`export interface Parts { readonly fetch: typeof globalThis.fetch; readonly console: string }`,
			`export const platform = typeof process === 'undefined' ? '' : process.platform;`,
		]) {
			assert.deepEqual(unlisted('views/shared/rows.ts', text), [], text);
		}
	});
});
