import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';

const root = path.resolve(__dirname, '../../..');

/** A line that is planted into a file; the file need not exist, what it imports must. */
interface Plant {
	readonly file: string;
	readonly line: string;
	readonly rule: string;
}

const restricted = 'no-restricted-imports';
const dynamic = 'no-restricted-syntax';
/** The same rule: it takes calls and imports by their shape. */
const shows = dynamic;
const globals = 'no-restricted-globals';
const zones = 'import-x/no-restricted-paths';
const writes = 'no-restricted-properties';
const backtracking = 'regexp/no-super-linear-backtracking';
const move = 'regexp/no-super-linear-move';

const forbidden: readonly Plant[] = [
	{ file: 'src/pool/planted.ts', line: `import 'vscode';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `import 'node:fs';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `import '@google/genai';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `import 'fs';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `import 'croner';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `document.title = '';`, rule: globals },
	{ file: 'src/pool/planted.ts', line: `globalThis.fetch('');`, rule: globals },
	{ file: 'src/pool/planted.ts', line: `import '../gemini/request/prompt';`, rule: zones },
	{ file: 'src/pool/quota/planted.ts', line: `import '../dispatch/requestRunner';`, rule: zones },
	{ file: 'src/pool/selection/planted.ts', line: `import '../dispatch/requestRunner';`, rule: zones },
	{ file: 'src/pool/types/planted.ts', line: `import '../quota/bucket';`, rule: zones },
	{ file: 'src/views/planted.ts', line: `import 'child_process';`, rule: restricted },
	{ file: 'src/views/planted.ts', line: `void import('fs/promises');`, rule: dynamic },
	{ file: 'src/webviews/chat/planted.ts', line: `import '../html';`, rule: restricted },
	{ file: 'src/webviews/chat/planted.ts', line: `import 'fs';`, rule: restricted },
	{ file: 'src/pool/planted.ts', line: `import '../common/dispose';`, rule: zones },
	{ file: 'src/gemini/planted.ts', line: `import 'vscode';`, rule: restricted },
	{ file: 'src/gemini/planted.ts', line: `import '../ask';`, rule: zones },
	{ file: 'src/ask.ts', line: `import '@google/genai/web';`, rule: restricted },
	{ file: 'src/ask.ts', line: `import './pool/types/stateStore';`, rule: restricted },
	{ file: 'src/masking/masking.ts', line: `import 'node:crypto';`, rule: restricted },
	{ file: 'src/masking/masking.ts', line: `import '../ask';`, rule: zones },
	{ file: 'src/views/planted.ts', line: `import '../simulator/service';`, rule: zones },
	{ file: 'src/views/planted.ts', line: `import '../chat/model/conversation';`, rule: zones },
	{ file: 'src/simulator/planted.ts', line: `import '../pool/pool';`, rule: zones },
	{ file: 'src/webviews/chat/planted.ts', line: `import 'vscode';`, rule: restricted },
	{ file: 'src/views/planted.ts', line: `void import('@google/genai');`, rule: dynamic },
	{ file: 'src/views/planted.ts', line: `void import('node:fs');`, rule: dynamic },
	{ file: 'src/pool/planted.ts', line: `void import('vscode');`, rule: dynamic },
	{ file: 'src/pool/planted.ts', line: `void import('../ask');`, rule: zones },
	{ file: 'src/ui/planted.ts', line: `import '../localization/words';`, rule: zones },
	// What shows a text as it is: all of it has its place in src/ui.
	{ file: 'src/views/planted.ts', line: `void vscode.window.showErrorMessage('');`, rule: shows },
	{ file: 'src/keys/planted.ts', line: `void window.showWarningMessage('');`, rule: shows },
	{ file: 'src/extension.ts', line: `void vscode.window.showInformationMessage('');`, rule: shows },
	{ file: 'src/editor/planted.ts', line: `void window.withProgress({}, work);`, rule: shows },
	{ file: 'src/chat/planted.ts', line: `void window.showQuickPick([]);`, rule: shows },
	{ file: 'src/chat/planted.ts', line: `void window.createQuickPick();`, rule: shows },
	{ file: 'src/monitoring/planted.ts', line: `void window.showInputBox();`, rule: shows },
	{ file: 'src/simulatorMode/planted.ts', line: `void window.createInputBox();`, rule: shows },
	{ file: 'src/views/planted.ts', line: `void window.createStatusBarItem();`, rule: shows },
	{ file: 'src/removeEverything.ts', line: `window.setStatusBarMessage('');`, rule: shows },
	{ file: 'src/views/planted.ts', line: `void new vscode.MarkdownString('');`, rule: shows },
	{ file: 'src/views/planted.ts', line: `import { MarkdownString as M } from 'vscode';`, rule: shows },
	{ file: 'src/views/planted.ts', line: `void window['showErrorMessage']('');`, rule: shows },
	{ file: 'src/views/planted.ts', line: `const { showErrorMessage: say } = window;`, rule: shows },
	{ file: 'src/views/planted.ts', line: `const show = window.showErrorMessage;`, rule: shows },
	{ file: 'src/editor/planted.ts', line: `void workspace.fs.writeFile(uri, bytes);`, rule: writes },
	{ file: 'src/views/planted.ts', line: `const { writeFile } = workspace.fs;`, rule: writes },
	{ file: 'src/chat/planted.ts', line: `void edit.createFile(uri);`, rule: writes },
	// An expression that a text of others makes take the square of its length, or more.
	{ file: 'src/gemini/planted.ts', line: String.raw`/^\s*(\s*x)*$/.test('');`, rule: backtracking },
	{ file: 'src/webviews/chat/planted.ts', line: `'='.replace(/=+$/, '');`, rule: move },
];

/** Itself, the composition root, and the simulated keys of the product. */
const mayMeetSimulator = ['simulator/planted.ts', 'extension.ts', 'simulatorMode/planted.ts'];

const allowed: readonly Omit<Plant, 'rule'>[] = [
	{ file: 'src/pool/planted.ts', line: `import './types/key';` },
	{ file: 'src/gemini/planted.ts', line: `import '@google/genai/web';` },
	{ file: 'src/gemini/planted.ts', line: `import '../masking/masking';` },
	{ file: 'src/ask.ts', line: `import 'vscode';` },
	{ file: 'src/views/planted.ts', line: `import '../ask';` },
	{ file: 'src/simulator/http.ts', line: `import 'node:http';` },
	{ file: 'src/node/planted.ts', line: `import 'node:fs';` },
	{ file: 'src/ask.ts', line: `import './pool/pool';` },
	{ file: 'src/workspaceFiles/planted.ts', line: `void fs.writeFile(uri, bytes);` },
	{ file: 'src/ui/planted.ts', line: `void window.showErrorMessage('');` },
	{ file: 'src/views/planted.ts', line: `import { showError } from '../ui/messages';` },
	{ file: 'src/editor/planted.ts', line: `import { withProgress } from '../ui/progress';` },
];

describe('lint knows the rooms', function () {
	this.timeout(60_000);
	const eslint = new ESLint({ cwd: root });

	/** The rules of the house that a planted line breaks. */
	async function broken({ file, line }: Omit<Plant, 'rule'>): Promise<(string | null)[]> {
		const results = await eslint.lintText(`${line}\n`, { filePath: path.join(root, file) });
		const messages = results.flatMap(({ messages }) => messages);
		assert.ok(
			messages.every(({ fatal }) => fatal !== true),
			JSON.stringify(messages),
		);
		return messages
			.map(({ ruleId }) => ruleId)
			.filter(
				(rule) => rule !== null && [restricted, dynamic, globals, zones, writes, backtracking, move].includes(rule),
			);
	}

	for (const plant of forbidden) {
		it(`refuses ${plant.line} in ${plant.file}`, async () => {
			assert.deepEqual(await broken(plant), [plant.rule]);
		});
	}

	it('knows every room: the simulator is met by those alone that are meant to', async () => {
		const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true })
			.map((entry) => (entry.isDirectory() ? `${entry.name}/planted.ts` : entry.name))
			.filter((file) => !mayMeetSimulator.includes(file) && !file.endsWith('.d.ts'));
		for (const file of rooms) {
			const from = file.includes('/') ? '..' : '.';
			const plant = { file: `src/${file}`, line: `import '${from}/simulator/service';` };
			assert.deepEqual(await broken(plant), [zones], file);
		}
	});

	for (const plant of allowed) {
		it(`allows ${plant.line} in ${plant.file}`, async () => {
			assert.deepEqual(await broken(plant), []);
		});
	}
});
