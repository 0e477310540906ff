import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { openFenceIn } from '../../../src/common/openFence';

describe('A block of code that a Markdown text leaves open', () => {
	const texts: readonly (readonly [text: string, end: string])[] = [
		['No code', ''],
		['```ts\nlet a;\n```\n', ''],
		['```ts\nlet a;\n```", he said', '```'],
		['~~~~\n```\n~~~\n', '~~~~'],
		['````\n```\n````', ''],
		['```not a fence``` at all\n', ''],
		['    ```\n    code by its indent\n', ''],
		['  ```ts\nlet a;\n', '  ```'],
		['- ```ts\n  let a;\n  ```\n', ''],
		['- ```ts\n  let a;\n', '  ```'],
		['1. One\n\n   ```ts\n   let a;\n', '   ```'],
		['- One\n  - Two\n    ```ts\n    let a;\n    ```\n', ''],
		['- One\n  - Two\n    ```ts\n    let a;\n', '    ```'],
		['- ```ts\n  let a;\n\nAfter the list\n', ''],
		['> ```ts\n> let a;\n', ''],
		['> ```ts\n\n```ts\nlet a;\n', '```'],
		['- ```ts\n> quoted\n', ''],
		['1. One\n  ```ts\nlet a;\n  ```\n', ''],
		['1. One\n  ```ts\nlet a;\n', '  ```'],
		['```ts\r\nlet a;\r\n```\r\n', ''],
	];

	for (const [text, end] of texts) {
		it(`is ended by ${JSON.stringify(end)}: ${JSON.stringify(text)}`, () => {
			assert.equal(openFenceIn(text), end);
			const tokens = new MarkdownIt().parse(`${text}\n${end}\n\n# After\n`, {});
			assert.ok(
				tokens.some(({ type, level }) => type === 'heading_open' && level === 0),
				'what follows is code',
			);
		});
	}

	it('is looked for behind a line of millions of blanks or marks, too', () => {
		for (const sign of [' ', '>']) assert.equal(openFenceIn(`${sign.repeat(12_000_000)}x\n\n~~~\ncode`), '~~~');
	});
});
