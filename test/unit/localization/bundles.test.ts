import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../..');
const placeholders = (text: string) => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();

function readStrings(path: string): Record<string, string> {
	const parsed: unknown = JSON.parse(readFileSync(join(root, path), 'utf8'));
	assert.ok(typeof parsed === 'object' && parsed !== null, `${path} holds an object`);
	const entries = Object.entries(parsed).map(([key, value]: [string, unknown]) => {
		assert.ok(typeof value === 'string' && value.trim() !== '', `${path}: ${key} is a text`);
		return [key, value] as const;
	});
	return Object.fromEntries(entries);
}

/** The texts of all calls `t(…)` and `l10n.t(…)` in a file, as VS Code's bundles name them. */
function textsIn(path: string): string[] {
	const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
	const texts: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node) && isTranslate(node.expression)) {
			const [first] = node.arguments;
			const { line } = file.getLineAndCharacterOfPosition(node.pos);
			assert.ok(first && ts.isStringLiteralLike(first), `${path}:${line + 1}: t() takes a literal text first`);
			texts.push(first.text);
		}
		ts.forEachChild(node, visit);
	};
	visit(file);
	return texts;
}

function isTranslate(callee: ts.Expression): boolean {
	if (ts.isIdentifier(callee)) return callee.text === 't';
	return ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}

function sources(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(root, folder, name));
}

function assertSorted(path: string, strings: Record<string, string>): void {
	assert.deepEqual(Object.keys(strings), Object.keys(strings).sort(), `${path}: keys are sorted`);
}

function assertSamePlaceholders(english: string, vietnamese: string | undefined): void {
	assert.deepEqual(placeholders(vietnamese ?? ''), placeholders(english), `placeholders of "${english}"`);
}

describe('localisation', () => {
	const bundle = 'l10n/bundle.l10n.vi.json';
	const texts = [...new Set(sources('src').flatMap(textsIn))].sort();

	it('every text in the code has a Vietnamese translation, and none is left over', () => {
		const vietnamese = readStrings(bundle);
		assert.ok(texts.length > 0, 'the code holds texts');
		assert.deepEqual(
			{
				untranslated: texts.filter((text) => !(text in vietnamese)),
				unused: Object.keys(vietnamese).filter((text) => !texts.includes(text)),
			},
			{ untranslated: [], unused: [] },
		);
		assertSorted(bundle, vietnamese);
	});

	it('translations keep the placeholders', () => {
		const vietnamese = readStrings(bundle);
		for (const [english, translated] of Object.entries(vietnamese)) assertSamePlaceholders(english, translated);
	});

	it('the manifest uses exactly the keys that both package.nls files define', () => {
		const english = readStrings('package.nls.json');
		const vietnamese = readStrings('package.nls.vi.json');
		const manifest = readFileSync(join(root, 'package.json'), 'utf8');
		const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]);
		assert.deepEqual(Object.keys(english), [...new Set(used)].sort());
		assert.deepEqual(Object.keys(vietnamese), Object.keys(english));
		for (const [key, text] of Object.entries(english)) assertSamePlaceholders(text, vietnamese[key]);
	});

	it('links in the manifest lead to the same commands and pages in both languages', () => {
		const english = readStrings('package.nls.json');
		const vietnamese = readStrings('package.nls.vi.json');
		const targets = (text: string | undefined) => (text ?? '').match(/\]\([^)]*\)/g) ?? [];
		for (const [key, text] of Object.entries(english)) assert.deepEqual(targets(vietnamese[key]), targets(text), key);
	});

	it('a command is called in a text as it is called in the palette of that language', () => {
		const [english, vietnamese] = [readStrings('package.nls.json'), readStrings('package.nls.vi.json')];
		const commands = Object.keys(english).filter((key) => key.startsWith('command.'));
		const calls = (text: string, titles: Record<string, string>) =>
			commands.filter((key) => text.includes(`Keypool: ${titles[key] ?? ''}`));
		const pairs = [
			...Object.entries(readStrings(bundle)),
			...Object.entries(english).map(([key, text]) => [text, vietnamese[key] ?? ''] as const),
		];
		assert.ok(pairs.some(([text]) => calls(text, english).length > 0));
		for (const [text, translated] of pairs) assert.deepEqual(calls(translated, vietnamese), calls(text, english), text);
	});

	it('the manifest names the folder of the bundles', () => {
		const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
		assert.ok(typeof manifest === 'object' && manifest !== null && 'l10n' in manifest);
		assert.ok(typeof manifest.l10n === 'string' && existsSync(join(root, manifest.l10n, 'bundle.l10n.vi.json')));
	});
});
