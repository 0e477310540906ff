import { readFileSync } from 'node:fs';
import ts from 'typescript';
import * as listed from './sinks';
import type { Sink } from './sinks';

/** One use of something that texts could leave by. */
export interface Use {
	readonly what: string;
	readonly kind: Sink | 'harmless' | 'unknown';
}

// Maps: a property may have the name of one that every object has.
const editorApi = new Map(Object.entries(listed.editorApi));
const modules = new Map(Object.entries(listed.modules));
const members = new Map(Object.entries(listed.members));
const globals = new Map(Object.entries(listed.globals));

/** The editor's namespaces, as its own types name them. */
const namespaces = namespacesIn(readFileSync(require.resolve('@types/vscode/index.d.ts'), 'utf8'));

function namespacesIn(types: string): ReadonlySet<string> {
	const names = new Set<string>();
	const visit = (node: ts.Node): void => {
		if (ts.isModuleDeclaration(node)) {
			if (ts.isIdentifier(node.name)) names.add(node.name.text);
			if (node.body) ts.forEachChild(node.body, visit);
		}
	};
	ts.forEachChild(ts.createSourceFile('vscode.d.ts', types, ts.ScriptTarget.Latest), visit);
	// Texts in the user's language: nothing leaves by it.
	names.delete('l10n');
	return names;
}

/** Where a namespace, or the whole of an object, stands in the code, and which of its members are meant. */
type Reach =
	| { readonly is: 'members'; readonly names: readonly string[] }
	| { readonly is: 'all' }
	| { readonly is: 'nothing' };

/** Every use in a file of something that texts could leave by, in whatever shape the code writes it. */
export function usesIn(file: string, text: string): readonly Use[] {
	const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
	const uses: Use[] = [];
	const add = (what: string, kind: Use['kind']): void => void uses.push({ what, kind });
	/** Names under which this file knows a namespace of the editor's; `*` is the editor's whole API. */
	const imported = new Map<string, string>();

	const fromModule = (node: ts.Node | undefined): void => {
		if (!node || !ts.isStringLiteralLike(node)) return add('a module by a name that is computed', 'unknown');
		const name = node.text;
		if (name.startsWith('.')) return;
		const known = [...modules].find(([module]) => name === module || name.startsWith(`${module}/`));
		add(name, known?.[1] ?? 'unknown');
	};
	const ofNamespace = (namespace: string, reach: Reach): void => {
		if (reach.is === 'all') add(`${namespace}, as a whole`, editorApi.get(`${namespace}, as a whole`) ?? 'unknown');
		if (reach.is !== 'members') return;
		for (const name of reach.names) add(`${namespace}.${name}`, editorApi.get(`${namespace}.${name}`) ?? 'unknown');
	};
	const ofEditor = (node: ts.Node, reach: Reach): void => {
		if (reach.is === 'all') add('vscode, as a whole', editorApi.get('vscode, as a whole') ?? 'unknown');
		if (reach.is !== 'members') return;
		const pattern = patternOf(node);
		for (const one of pattern?.elements ?? []) {
			const name = nameIn(one);
			if (ts.isIdentifier(one.name)) imported.set(one.name.text, name ?? '*');
			else if (name !== undefined && namespaces.has(name)) ofNamespace(name, { is: 'all' });
		}
		if (pattern) return;
		for (const name of reach.names) if (namespaces.has(name)) ofNamespace(name, reachOf(node.parent));
	};
	const ofGlobal = (name: string, reach: Reach): void => {
		const known = globals.get(name);
		if (known === undefined || reach.is === 'nothing') return;
		if (typeof known === 'string') return add(name, known);
		for (const member of reach.is === 'all' ? ['as a whole'] : reach.names) {
			if (globals.has(member)) ofGlobal(member, { is: 'all' });
			else if (!known.includes(member)) add(`${name}.${member}`, 'unknown');
		}
	};

	const visit = (node: ts.Node): void => {
		if (ts.isTypeNode(node)) return;
		if (ts.isImportDeclaration(node)) {
			const { importClause: clause, moduleSpecifier } = node;
			if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
			fromModule(moduleSpecifier);
			if (!ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== 'vscode') return;
			if (clause?.name) imported.set(clause.name.text, '*');
			const bindings = clause?.namedBindings;
			if (bindings && ts.isNamespaceImport(bindings)) imported.set(bindings.name.text, '*');
			if (bindings && ts.isNamedImports(bindings))
				for (const { name, propertyName, isTypeOnly } of bindings.elements)
					if (!isTypeOnly) imported.set(name.text, (propertyName ?? name).text);
			return;
		}
		if (ts.isExportDeclaration(node)) {
			if (node.moduleSpecifier && !node.isTypeOnly) {
				fromModule(node.moduleSpecifier);
				if (ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text === 'vscode')
					add('vscode, handed on', 'unknown');
			}
			return;
		}
		if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
			fromModule(node.moduleReference.expression);
			imported.set(node.name.text, '*');
			return;
		}
		if (ts.isCallExpression(node)) {
			const called = node.expression;
			if (called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require')) {
				const [name] = node.arguments;
				fromModule(name);
				if (name && ts.isStringLiteralLike(name) && name.text === 'vscode') add('vscode, at run time', 'unknown');
			}
		}
		const member = memberOf(node);
		if (member !== undefined) {
			const kind = members.get(member);
			if (kind) add(member, kind);
			if (member === 'html' && isAssigned(node)) add('html', 'webview');
		}
		if (ts.isIdentifier(node) && isReference(node)) {
			const known = imported.get(node.text);
			if (known === '*') ofEditor(node, reachOf(node));
			else if (known !== undefined && namespaces.has(known)) ofNamespace(known, reachOf(node));
			else if (known === undefined) ofGlobal(node.text, reachOf(node));
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return uses;
}

/** `x.name`, `x['name']`, `{ name } = x`: the name of what is read. */
function memberOf(node: ts.Node): string | undefined {
	if (ts.isPropertyAccessExpression(node)) return node.name.text;
	if (ts.isElementAccessExpression(node)) return literal(node.argumentExpression);
	return ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) ? nameIn(node) : undefined;
}

function nameIn({ propertyName, name }: ts.BindingElement): string | undefined {
	const named = propertyName ?? name;
	if (ts.isIdentifier(named) || ts.isStringLiteralLike(named)) return named.text;
	return ts.isComputedPropertyName(named) ? literal(named.expression) : undefined;
}

function literal(node: ts.Node): string | undefined {
	return ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isAssigned(node: ts.Node): boolean {
	return ts.isBinaryExpression(node.parent) && node.parent.left === node;
}

/** The pattern that takes an expression apart, where it is one of a variable. */
function patternOf(node: ts.Node): ts.ObjectBindingPattern | undefined {
	const { parent } = node;
	const isInitial = ts.isVariableDeclaration(parent) && parent.initializer === node;
	return isInitial && ts.isObjectBindingPattern(parent.name) ? parent.name : undefined;
}

/** Which members of what the expression names are meant where it stands. */
function reachOf(node: ts.Node): Reach {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
		return { is: 'members', names: [parent.name.text] };
	if (ts.isElementAccessExpression(parent) && parent.expression === node) {
		const name = literal(parent.argumentExpression);
		return name === undefined ? { is: 'all' } : { is: 'members', names: [name] };
	}
	if (ts.isTypeOfExpression(parent)) return { is: 'nothing' };
	const pattern = patternOf(node);
	if (!pattern) return { is: 'all' };
	const names = pattern.elements.map((one) => (one.dotDotDotToken ? undefined : nameIn(one)));
	return names.includes(undefined)
		? { is: 'all' }
		: { is: 'members', names: names.filter((name) => name !== undefined) };
}

/** Whether an identifier is the value of that name, and not the name of something that is declared or read from an object. */
function isReference(node: ts.Identifier): boolean {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
	if (ts.isBindingElement(parent)) return parent.initializer === node;
	if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
	if (ts.isShorthandPropertyAssignment(parent)) return true;
	const named = parent as { readonly name?: ts.Node };
	return named.name !== node;
}
