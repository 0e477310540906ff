import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import * as listed from './sinks';
import { sinks, type Sink } from './sinks';

const src = path.resolve(__dirname, '../../../src');
// Maps: a property may have the name of one that every object has.
const editorApi = new Map(Object.entries(listed.editorApi));
const modules = new Map(Object.entries(listed.modules));
const names = new Map(Object.entries(listed.names));
const namespaces = new Set(
	[
		'window',
		'workspace',
		'env',
		'commands',
		'languages',
		'lm',
		'scm',
		'tasks',
		'debug',
		'extensions',
		'notebooks',
	].concat(['comments', 'authentication', 'chat', 'tests']),
);
/** Types and values of the editor's that are no namespace of functions. */
const forbidden = new Set(['console', 'localStorage', 'sessionStorage', 'XMLHttpRequest', 'WebSocket', 'EventSource']);

interface Use {
	readonly file: string;
	readonly what: string;
	readonly kind: Sink | 'harmless' | 'unknown';
}

/** Every use of something that texts could leave by. */
function usesIn(file: string, text: string): readonly Use[] {
	const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
	const uses: Use[] = [];
	const add = (what: string, kind: Use['kind']): void => void uses.push({ file, what, kind });
	/** Names under which this file knows a namespace of the editor's. */
	const imported = new Map<string, string>();
	let whole: string | undefined;
	const fromModule = (name: string): void => {
		if (name.startsWith('.')) return;
		const known = [...modules].find(([module]) => name === module || name.startsWith(`${module}/`));
		add(name, known?.[1] ?? 'unknown');
	};
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
			const name = node.moduleSpecifier.text;
			if (node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) fromModule(name);
			const bindings = node.importClause?.namedBindings;
			if (name === 'vscode' && bindings) {
				if (ts.isNamespaceImport(bindings)) whole = bindings.name.text;
				else
					for (const { name: local, propertyName } of bindings.elements)
						imported.set(local.text, (propertyName ?? local).text);
			}
			return;
		}
		if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
			const [name] = node.arguments;
			if (name && ts.isStringLiteral(name)) fromModule(name.text);
		}
		if (ts.isPropertyAccessExpression(node)) {
			const namespace = namespaceOf(node.expression);
			if (namespace !== undefined && namespaces.has(namespace)) {
				const what = `${namespace}.${node.name.text}`;
				add(what, editorApi.get(what) ?? 'unknown');
			}
			const kind = names.get(node.name.text);
			if (kind) add(node.name.text, kind);
			if (node.name.text === 'secrets' && ts.isIdentifier(node.expression) && node.expression.text === 'context') {
				add('context.secrets', 'secretStorage');
			}
			if (ts.isBinaryExpression(node.parent) && node.parent.left === node && node.name.text === 'html')
				add('html', 'webview');
			if (ts.isIdentifier(node.expression) && forbidden.has(node.expression.text)) add(node.expression.text, 'unknown');
		}
		if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
			const kind = names.get(node.expression.text);
			if (kind) add(node.expression.text, kind);
		}
		ts.forEachChild(node, visit);
	};
	const namespaceOf = (expression: ts.Expression): string | undefined => {
		if (ts.isIdentifier(expression)) return imported.get(expression.text);
		if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression)) return undefined;
		return expression.expression.text === whole ? expression.name.text : undefined;
	};
	visit(source);
	return uses;
}

/** Each `room: sink` that is not listed, and each use of something that nobody has classed. */
function unlisted(file: string, text: string): readonly string[] {
	const room = file.split(path.sep)[0] ?? '';
	const found = usesIn(file, text).flatMap(({ what, kind }) => {
		if (kind === 'harmless') return [];
		if (kind === 'unknown') return [`${file} uses ${what}: class it in sinks.ts`];
		const rooms: readonly string[] = sinks[kind];
		return rooms.includes(room)
			? []
			: [`${file} is a new ${kind} sink (${what}): list it in sinks.ts, and plant a canary`];
	});
	return [...new Set(found)];
}

describe('the ways on which texts leave', () => {
	const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
		(file) => file.endsWith('.ts') && !file.startsWith('simulator') && !file.endsWith('.d.ts'),
	);

	const texts = new Map(files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')]));

	it('are all listed', () => {
		const found = [...texts].flatMap(([file, text]) => unlisted(file, text));
		assert.deepEqual(found, []);
	});

	it('are all in use', () => {
		const used = new Set([...texts].flatMap(([file, text]) => usesIn(file, text).map(({ kind }) => kind)));
		assert.deepEqual(
			Object.keys(sinks).filter((sink) => !used.has(sink as Sink)),
			[],
		);
	});

	it('are noticed when they are new', () => {
		for (const [file, text] of [
			['pool/x.ts', `import { window } from 'vscode'; void window.showErrorMessage('x');`],
			['gemini/x.ts', `import * as vscode from 'vscode'; void vscode.env.clipboard.writeText('x');`],
			['views/x.ts', `import { window as w } from 'vscode'; w.createTerminal('x');`],
			['chat/x.ts', `import { appendFileSync } from 'node:fs'; appendFileSync('x', 'x');`],
			['keys/x.ts', `await import('node:child_process');`],
			['keys/x.ts', `await fetch('https://example.com');`],
			['webviews/chat/x.ts', `localStorage.setItem('a', 'b');`],
			['platform/x.ts', `console.log('x');`],
			['keys/x.ts', `view.webview.html = 'x';`],
		] as const) {
			assert.equal(unlisted(file, text).length, 1, text);
		}
	});
});
