import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { toMarkdown } from '../../../../src/chat/model/exportMarkdown';
import { filled } from '../../../../src/webviews/shared/format';
import { done, turn } from '../../../support/chat/fixtures';

describe('A conversation as Markdown', () => {
	it('quotes the thoughts before the answer, and lists its sources as plain text after it', () => {
		const grounding = {
			queries: ['why *blue*'],
			sources: [
				{ title: '[click](command:x) <b>', uri: 'https://a.example/_x_' },
				{ title: 'https://b.example/', uri: 'https://b.example/' },
			],
		};
		const answer = {
			...done('Because.'),
			thoughts: '**Light**\n\nscatters.',
			grounding,
		};
		assert.equal(
			toMarkdown({ id: 'c', options: {}, turns: [turn('1', 'Why?', answer)] }, filled),
			[
				'# Why?',
				'## Question',
				'Why?',
				'## Answer',
				'> _Thoughts_\n>\n> **Light**\n> \n> scatters.',
				'Because.',
				'**Sources**',
				'Searched for: why \\*blue\\*',
				'1. \\[click\\](command:x) \\<b\\> · https://a.example/\\_x\\_\n2. https://b.example/',
				'',
			]
				.join('\n\n')
				.replace(/\n\n$/, '\n'),
		);
	});

	it('makes no mark-up of the names of models, keys and pictures', () => {
		const name = '[x](https://evil.invalid) _y_ <b>';
		const plain = '\\[x\\](https://evil.invalid) \\_y\\_ \\<b\\>';
		const made = done('Because.');
		const answer = { ...made, summary: { ...made.summary, on: { model: name, key: name } } };
		const asked = turn('1', 'Why?', answer);
		const pictures = [{ id: 'p', label: name, mimeType: 'image/png', data: 'AAAA' }];
		const text = toMarkdown(
			{ id: 'c', options: {}, turns: [{ ...asked, question: { ...asked.question, pictures } }] },
			filled,
		);
		assert.ok(text.includes(`_Image: ${plain}_`), text);
		assert.ok(text.endsWith(`_${plain} · ${plain}_\n`), text);
	});

	it('says nothing of either where there is none', () => {
		const text = toMarkdown({ id: 'c', options: {}, turns: [turn('1', 'Why?', done('Because.'))] }, filled);
		assert.doesNotMatch(text, /Thoughts|Sources/);
	});

	it('ends code that a question or a stopped answer left open: what follows is none', () => {
		const { summary, text } = done('Like this:\n\n- a loop\n\n  ```ts\n  for (;;) {\n');
		const asked = turn('1', 'Why does this fail?\n```ts\nlet a;', { state: 'stopped', text, summary });
		const exported = toMarkdown(
			{ id: 'c', options: {}, turns: [asked, turn('2', 'Go on', done('It goes on.'))] },
			filled,
		);
		const headings = new MarkdownIt().parse(exported, {}).filter(({ type }) => type === 'heading_open');
		assert.equal(headings.length, 5, exported);
	});

	it('says of an answer that the service ended early that it is not complete, as the chat does', () => {
		const told = (finishReason: string): boolean => {
			const answer = { ...done('Because'), finishReason };
			const text = toMarkdown({ id: 'c', options: {}, turns: [turn('1', 'Why?', answer)] }, filled);
			return text.includes('_This answer is not complete._');
		};
		assert.deepEqual(['STOP', 'MAX_TOKENS', 'SAFETY'].map(told), [false, true, true]);
	});

	it('names what went along as it is called, whatever its name would mean in Markdown', () => {
		const asked = turn('1', 'Why?', done('Because.'));
		const names = ['pkg/__init__.py', '[x](https://evil.invalid) *y*.md'];
		const attachments = names.map((file) => ({ label: file, file, language: 'python', text: 'pass' }));
		const exported = toMarkdown(
			{ id: 'c', options: {}, turns: [{ ...asked, question: { ...asked.question, attachments } }] },
			filled,
		);
		const inline = new MarkdownIt().parse(exported, {}).flatMap(({ children }) => children ?? []);
		assert.ok(
			inline.every(({ type }) => type === 'text' || type === 'softbreak'),
			exported,
		);
		const texts = inline.map(({ content }) => content).join('');
		for (const name of names) assert.ok(texts.includes(`File: ${name} (python)`), texts);
	});
});
