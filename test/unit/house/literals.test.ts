import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const src = path.resolve(__dirname, '../../../src');

/** What an editor shows of an object that it is given. */
const shownProperties = new Set([
	'title',
	'prompt',
	'placeHolder',
	'detail',
	'tooltip',
	'description',
	'saveLabel',
	'openLabel',
]);
const shownMethods = /^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/;
/** Attributes that are read to or by a person. */
const shownAttributes = /\s(?:title|aria-label|placeholder|alt)="([^"]*)"/g;

/** Texts that stand in the code as they are, where a person would see them. */
function literalsIn(file: string, text: string): string[] {
	const found: string[] = [];
	const root = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
	const report = (node: ts.Node, serviceMessage: string): void => {
		if (/\p{L}{2}/u.test(serviceMessage))
			found.push(`${file}:${root.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${serviceMessage.trim()}`);
	};
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
			const isShown = shownMethods.test(node.expression.name.text);
			for (const argument of isShown ? node.arguments : []) reportText(argument);
		}
		if (ts.isPropertyAssignment(node) && shownProperties.has(node.name.getText())) reportText(node.initializer);
		if (ts.isTaggedTemplateExpression(node) && /^(?:html|svg)$/.test(node.tag.getText())) reportTemplate(node.template);
		ts.forEachChild(node, visit);
	};
	const reportText = (node: ts.Expression): void => {
		if (ts.isStringLiteralLike(node)) report(node, node.text);
		else if (ts.isTemplateExpression(node))
			report(
				node,
				[node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text: piece }) => piece).join(' '),
			);
		else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(reportText);
	};
	const reportTemplate = (template: ts.TemplateLiteral): void => {
		// A value becomes a mark without letters: within a tag it belongs to it, outside it is not ours to judge.
		const whole = ts.isNoSubstitutionTemplateLiteral(template)
			? template.text
			: template.head.text + template.templateSpans.map(({ literal }) => `0${literal.text}`).join('');
		for (const [, value = ''] of whole.matchAll(shownAttributes)) report(template, value);
		report(
			template,
			whole
				.replace(/<!--.*?-->/gs, '')
				.replace(/<[^<>]*>/g, ' ')
				.replace(/&\w+;/g, ' '),
		);
	};
	visit(root);
	return found;
}

describe('what a person reads', () => {
	it('never stands in the code as it is: it can be translated', () => {
		const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
			(file) => /\.ts$/.test(file) && !/^simulator[\\/]/.test(file),
		);
		const found = files.flatMap((file) => literalsIn(file, readFileSync(path.join(src, file), 'utf8')));
		assert.deepEqual(found, []);
	});

	it('is found wherever it can stand', () => {
		const planted: Readonly<Record<string, number>> = {
			"window.showErrorMessage('It broke')": 1,
			'window.showErrorMessage(`It broke: ${why}`)': 1,
			"window.showErrorMessage(l10n.t('It broke'))": 0,
			"window.showInputBox({ prompt: 'A key', title: ok ? 'One' : t('Two') })": 2,
			"const action = { title: words.title, command: 'keypool.ask' }": 0,
			'html`<button title="Stop it">${icon}</button>`': 1,
			'html`<p>No answer yet</p>`': 1,
			'html`<p class="answer text">${said}</p><span>·</span>&nbsp;`': 0,
		};
		for (const [code, count] of Object.entries(planted))
			assert.equal(literalsIn('planted.ts', code).length, count, code);
	});
});
