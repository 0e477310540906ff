import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';

const root = path.resolve(__dirname, '../../..');

const Report = v.object({ diagnostics: v.array(v.object({ code: v.string(), filename: v.string() })) });

const promise = 'declare const later: () => Promise<number>;';
const anything = 'declare const anything: any;';

/** What breaks one rule each: the typed ones, which need the compiler's answer, and those that a file alone breaks. */
const broken: Readonly<Record<string, string>> = {
	'typescript(await-thenable)': 'export const f = async (): Promise<number> => await 1;',
	'typescript(ban-ts-comment)': '// @ts-ignore\nexport const a = 1;',
	'typescript(consistent-type-imports)': `import { T } from './type';\nexport const a: T = 1;`,
	'typescript(no-array-delete)': 'export const f = (list: number[]): void => { delete list[0]; };',
	'typescript(no-base-to-string)': 'export const text = (one: object): string => String(one);',
	'typescript(no-deprecated)': '/** @deprecated */ const old = 1;\nexport const a = old;',
	'typescript(no-dynamic-delete)': 'export const f = (o: Record<string, 1>, k: string): void => { delete o[k]; };',
	'typescript(no-explicit-any)': 'export const f = (value: any): void => { void value; };',
	'typescript(no-extraneous-class)': 'export class Empty {}',
	'typescript(no-floating-promises)': `${promise} later();`,
	'typescript(no-invalid-void-type)': 'export type T = { readonly a: void };',
	'typescript(no-misused-promises)': `${promise} export const a = later() ? 1 : 2;`,
	'typescript(no-misused-spread)': `${promise} export const a = { ...later() };`,
	'typescript(no-non-null-assertion)': 'export const f = (list: number[]): number => list[0]!;',
	'typescript(no-redundant-type-constituents)': 'export type T = unknown | string;',
	'typescript(no-require-imports)': `export const a: unknown = require('./type');`,
	'typescript(no-unnecessary-condition)': 'export const f = (n: { a: 1 }): number => (n ? 1 : 2);',
	'typescript(no-unnecessary-template-expression)': "export const a = `${'b'}`;",
	'typescript(no-unnecessary-type-arguments)':
		'const f = <T = string>(value?: T): T | undefined => value;\nexport const a = f<string>();',
	'typescript(no-unnecessary-type-assertion)': 'export const f = (n: number): number => n as number;',
	'typescript(no-unnecessary-type-conversion)': 'export const f = (s: string): string => String(s);',
	'typescript(no-unnecessary-type-parameters)': 'export const f = <T>(value: T): void => { void value; };',
	'typescript(no-unsafe-argument)': `${anything} export const a = parseInt(anything);`,
	'typescript(no-unsafe-assignment)': `${anything} export const a: string = anything;`,
	'typescript(no-unsafe-call)': `${anything} anything();`,
	'typescript(no-unsafe-enum-comparison)': 'enum E { A }\nexport const f = (e: E): boolean => e === 0;',
	'typescript(no-unsafe-member-access)': `${anything} export const a = anything.b as string;`,
	'typescript(no-unsafe-return)': `${anything} export const f = (): string => anything;`,
	'typescript(only-throw-error)': `export const f = (): never => { throw 'text'; };`,
	'typescript(prefer-promise-reject-errors)': `export const a = Promise.reject('text');`,
	'typescript(prefer-reduce-type-parameter)':
		'export const f = (l: string[]): object => l.reduce((a, b) => ({ ...a, [b]: 1 }), {} as Record<string, 1>);',
	'typescript(require-await)': 'export const f = async (): Promise<number> => 1;',
	'typescript(restrict-plus-operands)': `export const f = (n: number): string => n + 'a';`,
	'typescript(restrict-template-expressions)': 'export const f = (o: object): string => `${o}`;',
	'typescript(return-await)': `${promise} export async function f() { try { return later(); } catch { return 1; } }`,
	'typescript(switch-exhaustiveness-check)': `export function f(a: 'x' | 'y'): void { switch (a) { case 'x': break; } }`,
	'typescript(unbound-method)': 'class A { m(): this { return this; } }\nexport const { m } = new A();',
	'typescript(use-unknown-in-catch-callback-variable)': `${promise} later().catch((error) => { void error; });`,
	'eslint(max-lines)': `${'\n'.repeat(400)}export const a = 1;`,
	'eslint(no-console)': `console.log('a');`,
	'eslint(no-control-regex)': String.raw`export const a = /\x00/;`,
	'eslint(no-empty)': 'export const f = (a: boolean): void => { if (a) {} };',
	'eslint(no-unused-expressions)': 'export const f = (a: number): void => { a === 1; };',
	'eslint(no-unused-vars)': 'const a = 1;\nexport const b = 2;',
	'eslint(no-useless-assignment)': 'export function f(): number { let a = 1; a = 2; return a; }',
	'eslint(no-useless-constructor)': 'export class A { readonly a = 1; constructor() {} }',
	'eslint(prefer-const)': 'let a = 1;\nexport const f = (): number => a;',
	'eslint(preserve-caught-error)': `export function f(): void { try { f(); } catch (e) { throw new Error('a'); } }`,
	'import(no-cycle)': `import { b } from './circle';\nexport const a = (): number => b();`,
	'import(no-default-export)': 'export default 1;',
};

/** What the planted files import. */
const beside: Readonly<Record<string, string>> = {
	'type.ts': 'export type T = number;',
	'circle.ts': `import { a } from './import-no-cycle';\nexport const b = (): number => a();`,
	'tsconfig.json': JSON.stringify({
		compilerOptions: { strict: true, target: 'ES2023', module: 'preserve', types: [], noEmit: true },
	}),
};

const fileOf = (rule: string): string => `${rule.replace(')', '').replace('(', '-')}.ts`;

describe('lint knows what a line may say', function () {
	this.timeout(60_000);
	let folder: string;
	/** The rules that each file breaks. */
	const found = new Map<string, string[]>();

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'keypool-lint-'));
		const source = path.join(folder, 'src');
		mkdirSync(source);
		writeFileSync(path.join(folder, '.oxlintrc.json'), readFileSync(path.join(root, '.oxlintrc.json')));
		for (const [name, text] of Object.entries(beside)) writeFileSync(path.join(source, name), text);
		for (const [rule, text] of Object.entries(broken)) writeFileSync(path.join(source, fileOf(rule)), text);
		const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
		const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format', 'json'], {
			cwd: folder,
			env: { ...process.env, OXLINT_TSGOLINT_PATH: path.join(root, 'node_modules/.bin/tsgolint') },
			encoding: 'utf8',
		});
		assert.ok(stdout.startsWith('{'), `${stdout}${stderr}`);
		for (const { code, filename } of v.parse(Report, JSON.parse(stdout)).diagnostics) {
			const name = path.basename(filename);
			found.set(name, [...(found.get(name) ?? []), code]);
		}
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	for (const rule of Object.keys(broken)) {
		it(`refuses what breaks ${rule}`, () => {
			const rules = found.get(fileOf(rule)) ?? [];
			assert.ok(rules.includes(rule), `found: ${rules.join(', ')}`);
		});
	}

	it('finds nothing in what breaks no rule', () => {
		assert.equal(found.get('type.ts'), undefined);
	});
});
