import assert from 'node:assert/strict';
import { codeOf } from '../../../../src/editor/apply/codeBlock';

const lines = (...all: string[]) => all.join('\n');

describe('the code in an answer', () => {
	const code = (text: string) => ({ type: 'code', code: text });

	it('is what stands in the fence, whatever is said around it', () => {
		const answer = lines('Here it is:', '', '```ts', 'const a = 1;', '', 'const b = 2;', '```', 'Enjoy.');
		assert.deepEqual(codeOf(answer), code(lines('const a = 1;', '', 'const b = 2;')));
	});

	it('is the longest block, not the line that says how to run it', () => {
		const answer = lines('```sh', 'npm test', '```', '~~~ts', "describe('a', () => {});", '~~~');
		assert.deepEqual(codeOf(answer), code("describe('a', () => {});"));
	});

	it('can hold shorter fences, and other ones', () => {
		const answer = lines('````md', '```js', 'x', '```', '~~~', '````');
		assert.deepEqual(codeOf(answer), code(lines('```js', 'x', '```', '~~~')));
	});

	it('is not what a quote holds', () => {
		const answer = lines('> ```ts', '> the question', '> ```', '```ts', 'x', '```');
		assert.deepEqual(codeOf(answer), code('x'));
	});

	it('is the whole text where there is no fence', () => {
		assert.deepEqual(codeOf('\nconst a = `b`;\n'), code('const a = `b`;'));
	});

	it('keeps the indent of its first line where there is no fence', () => {
		assert.deepEqual(codeOf('\r\n  \n    a();\n    b();\n\n'), code('    a();\n    b();'));
	});

	it('holds blocks of its own, though their fences are as long as the one around it', () => {
		const text = lines('# Use', '', '```sh', 'npm i', '```', '', '```ts', 'x', '```', '', 'End.');
		assert.deepEqual(codeOf(lines('```markdown', text, '```')), code(text));
		assert.deepEqual(codeOf(lines('Here:', '~~~md', '~~~js', 'x', '~~~', '~~~', '')), code('~~~js\nx\n~~~'));
		assert.equal(codeOf(lines('```markdown', '# Use', '```sh', 'npm i')).type, 'cut');
	});

	it('is not taken from a fence that is never closed: half of it is missing', () => {
		assert.deepEqual(codeOf(lines('```ts', 'const a = 1;')), { type: 'cut', code: 'const a = 1;' });
		assert.deepEqual(codeOf(lines('````ts', 'const a = 1;', '```')), {
			type: 'cut',
			code: lines('const a = 1;', '```'),
		});
	});

	it('is none where there is nothing', () => {
		assert.deepEqual(codeOf(''), { type: 'none' });
		assert.deepEqual(codeOf(lines('```', '```')), { type: 'none' });
	});
});
