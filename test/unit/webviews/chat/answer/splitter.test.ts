import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { Splitter, type Block } from '../../../../../src/webviews/chat/answer/splitter';

function split(text: string, step = text.length): readonly Block[] {
	const splitter = new Splitter();
	for (let i = 0; i < text.length; i += Math.max(1, step)) {
		splitter.push(text.slice(i, i + Math.max(1, step)));
	}
	splitter.end();
	return splitter.settled;
}

const sources = (text: string) => split(text).map(({ source }) => source.trim());

describe('Splitter', () => {
	it('settles a paragraph when the next one begins', () => {
		const splitter = new Splitter();
		splitter.push('One.\n\nTwo\nth');
		assert.deepEqual(splitter.settled, [{ type: 'text', source: 'One.\n\n' }]);
		assert.deepEqual(splitter.tail, { type: 'text', source: 'Two\nth' });
	});

	it('makes a fence a block of its own, and its code grows without the fence', () => {
		const splitter = new Splitter();
		splitter.push('Text\n```ts title\nconst a = 1;\ncon');
		assert.deepEqual(splitter.tail, { type: 'code', language: 'ts', source: 'const a = 1;\ncon' });
		splitter.push('st b = 2;\n```\nAfter');
		assert.deepEqual(splitter.settled, [
			{ type: 'text', source: 'Text\n' },
			{ type: 'code', language: 'ts', source: 'const a = 1;\nconst b = 2;\n' },
		]);
	});

	it('does not show marks that may still become a fence, a heading or a list', () => {
		for (const marks of ['`', '```', '```ty', '-', '==', '1.', '> ', '|']) {
			const splitter = new Splitter();
			splitter.push(`Text\n${marks}`);
			assert.deepEqual(splitter.tail, { type: 'text', source: 'Text\n' }, marks);
		}
	});

	it('shows no half of a closing fence in the code', () => {
		const splitter = new Splitter();
		splitter.push('~~~py\nx = 1\n~~');
		assert.deepEqual(splitter.tail, { type: 'code', language: 'py', source: 'x = 1\n' });
	});

	it('closes a fence only with a mark of its own kind and at least its length', () => {
		assert.deepEqual(split('````md\n```js\na\n```\n~~~~\n````\n'), [
			{ type: 'code', language: 'md', source: '```js\na\n```\n~~~~\n' },
		]);
	});

	it('takes inline code at the start of a line for text', () => {
		assert.deepEqual(split('```not a fence``` at all\n'), [{ type: 'text', source: '```not a fence``` at all\n' }]);
	});

	it('keeps a loose list together, with its paragraphs and its nested fence', () => {
		const list = '1. One\n\n   more\n\n2. Two\n\n   ```js\n   a\n\nb\n   ```\n\n3. Three';
		assert.equal(split(list.replace('\nb\n', '\n   b\n')).length, 1);
	});

	it('ends a list at a paragraph, and at a fence that stands at the margin', () => {
		assert.deepEqual(sources('- a\n- b\n\nText\n\n- c\n```js\nx\n```\n'), ['- a\n- b', 'Text', '- c', 'x']);
	});

	it('does not take blank lines in a quoted fence for an end', () => {
		assert.equal(split('> ```js\n> a\n>\n> b\n> ```\n').length, 1);
	});

	it('settles a fence that was never closed', () => {
		assert.deepEqual(split('```\nabc'), [{ type: 'code', language: '', source: 'abc\n' }]);
	});

	it('cuts a huge table and repeats its header', () => {
		const rows = Array.from({ length: 3_000 }, (_, i) => `| row ${i} | value |`).join('\n');
		const blocks = split(`| a | b |\n|---|---|\n${rows}\n`);
		assert.ok(blocks.length > 2);
		for (const { source } of blocks) {
			assert.ok(source.startsWith('| a | b |\n|---|---|\n'));
			assert.ok(source.length < 17_000);
		}
		assert.equal(
			blocks.reduce((sum, { source }) => sum + source.trim().split('\n').length - 2, 0),
			3_000,
		);
	});

	it('cuts a huge list where the rest is still a list, not code by its indent', () => {
		for (const marker of ['-', '1.']) {
			const indent = ' '.repeat(marker.length + 1);
			const chapter = `${indent}${marker} Chapter\n${`${indent.repeat(2)}${marker} A section of it\n`.repeat(7)}`;
			const blocks = split(`${marker} Part\n${chapter.repeat(400)}`);
			assert.ok(blocks.length > 2);
			for (const { source } of blocks) {
				assert.doesNotMatch(new MarkdownIt().render(source), /<pre>/);
				assert.ok(source.length < 18_000);
			}
		}
	});

	it('lets code that grows only grow, also where a piece ends within a line end', () => {
		const line = fc.constantFrom('a', '  b', '', '``', '```js', '- c', '> d', 'e\r', '\r');
		fc.assert(
			fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('', '  '), (lines, indent) => {
				const splitter = new Splitter();
				let before = '';
				for (const character of `${indent}\`\`\`\`ts\n${lines.map((text) => `${indent}${text}`).join('\n')}\n`) {
					splitter.push(character);
					const { source = '' } = splitter.tail ?? {};
					assert.ok(source.startsWith(before), JSON.stringify([before, source]));
					before = source;
				}
			}),
		);
	});

	it('gives the same blocks however the text is cut into pieces', () => {
		const line = fc.oneof(
			fc.constantFrom(
				'',
				'```',
				'```js',
				'~~~',
				'- item',
				'1. one',
				'  indented',
				'    code',
				'> quote',
				'> ```',
				'# H',
			),
			fc.constantFrom('| a | b |', '|---|---|', '   ```', 'text', '---', '===', '\r', '````'),
		);
		fc.assert(
			fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (lines, step) => {
				const text = lines.join('\n');
				assert.deepEqual(split(text, step), split(text));
			}),
		);
	});

	it('never takes back what has settled, and loses no line of text', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom('word', '', '- x', '  y', '> z', '# h'), { maxLength: 60 }), (lines) => {
				const splitter = new Splitter();
				let before: readonly Block[] = [];
				for (const line of lines) {
					splitter.push(`${line}\n`);
					assert.deepEqual(splitter.settled.slice(0, before.length), before);
					before = [...splitter.settled];
				}
				splitter.end();
				const kept = splitter.settled.flatMap(({ source }) => source.split('\n')).filter((line) => line !== '');
				assert.deepEqual(
					kept,
					lines.filter((line) => line !== ''),
				);
			}),
		);
	});

	it('shows nothing of 100,000 spaces in a row, and looks at each of them once', () => {
		const splitter = new Splitter();
		for (let i = 0; i < 1_000; i++) {
			splitter.push(' '.repeat(100));
			assert.equal(splitter.tail, undefined);
		}
	});

	it('goes on after a line of millions of blanks or marks, as only a hostile service sends', () => {
		for (const sign of [' ', '>']) {
			const last = sources(`${sign.repeat(12_000_000)}x\n\nnext\n`).map((source) => source.slice(-4));
			assert.deepEqual(last, [sign === '>' ? '>>>x' : 'x', 'next']);
		}
	});
});
