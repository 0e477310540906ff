import type { MarkdownIt } from 'markdown-it';

/** `- [ ] open` and `- [x] done`: signs that are read aloud and copied as what they are. */
const signs = { open: '☐', done: '☑' } as const;

/** Items of a list that are tasks are marked with `data-task`, and begin with their sign. */
export function taskRules(markdown: MarkdownIt): void {
	markdown.core.ruler.after('inline', 'tasks', ({ tokens }) => {
		for (const [i, token] of tokens.entries()) {
			const [first] = token.children ?? [];
			const item = tokens[i - 2];
			if (token.type !== 'inline' || tokens[i - 1]?.type !== 'paragraph_open' || item?.type !== 'list_item_open')
				continue;
			const [mark, box] = /^\[([ xX])\] /.exec(first?.content ?? '') ?? [];
			if (!first || first.type !== 'text' || mark === undefined) continue;
			const task = box === ' ' ? 'open' : 'done';
			first.content = `${signs[task]} ${first.content.slice(mark.length)}`;
			item.attrSet('data-task', task);
		}
	});
}
