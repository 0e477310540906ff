import assert from 'node:assert/strict';
import { Mentions } from '../../../../src/chat/session/mentions';
import { open } from '../../../support/chat/openAsking';

const found = [
	{
		uri: 'file:///w/src/problem.ts',
		name: 'problem.ts',
		path: 'src/problem.ts',
	},
];
const mentions = (findFiles = () => Promise.resolve(found)) => new Mentions({ findFiles }, (text) => text);

describe('Mentions', () => {
	it('offer what fits the beginning of a name: keywords, then files', async () => {
		const offered = await mentions().offer('pro');
		assert.deepEqual(
			offered.map(({ name, detail }) => [name, detail]),
			[
				['problems', 'The errors and warnings of the workspace'],
				['problem.ts', 'src/problem.ts'],
			],
		);
		const all = await mentions(() => Promise.resolve([])).offer('');
		assert.deepEqual(
			all.map(({ name }) => name),
			['selection', 'changes', 'problems'],
		);
	});

	it('show the ending that a file has: a mark in its name that turns what follows is seen', async () => {
		const turned = [{ uri: 'file:///w/a', name: 'cat-\u202egnp.ts', path: 'src\n/cat-\u202egnp.ts' }];
		const [offer] = await mentions(() => Promise.resolve(turned)).offer('cat');
		assert.deepEqual([offer?.name, offer?.detail], ['cat-\ufffdgnp.ts', 'src /cat-\ufffdgnp.ts']);
	});

	it('know what was offered, and nothing that never was', async () => {
		const one = mentions();
		const file = { type: 'file', uri: found[0]?.uri };
		const first = (await one.offer('p')).at(-1)?.id ?? '';
		const second = (await one.offer('pr')).at(-1)?.id ?? '';
		assert.deepEqual([one.known(first), one.known(second)], [file, file]);
		assert.equal(one.known('file:///etc/passwd'), undefined);
		for (let n = 0; n < 100; n++) await one.offer('p');
		assert.equal(one.known(first), undefined, 'not for ever');
	});

	it('know what was offered late, where its text is typed once more', async () => {
		const tell: ((files: typeof found) => void)[] = [];
		const one = mentions(() => new Promise((resolve) => tell.push(resolve)));
		const late = one.offer('p');
		const next = one.offer('pr');
		tell[1]?.(found);
		await next;
		tell[0]?.(found);
		const id = (await late).at(-1)?.id ?? '';
		assert.deepEqual(one.known(id), { type: 'file', uri: found[0]?.uri });
	});

	it('go along as what they name', async () => {
		const { asking, draft, sent } = open({
			read: () => Promise.resolve({ ...text, text: 'of the file' }),
		});
		await asking.mention({ type: 'problems' });
		await asking.mention({ type: 'changes' });
		await asking.mention({ type: 'selection' });
		await asking.mention({ type: 'file', uri: 'file:///b.txt' });
		assert.deepEqual(
			draft.chips.map(({ label }) => label),
			['2 problems', 'changes in 2 files', 'a.ts, line 3', 'b.txt'],
		);
		await asking.send('Why?');
		assert.match(sent(), /a\.ts:1:1 error: no[^]*\+let a = 1;[^]*of the file/);
	});

	it('of nothing add nothing: the editor has said why', async () => {
		const { asking, draft } = open({ holds: 'nothing' });
		await asking.mention({ type: 'problems' });
		await asking.mention({ type: 'file', uri: 'file:///gone.txt' });
		assert.deepEqual(draft.chips, []);
	});
});

const text = { label: 'b.txt', file: 'b.txt', language: 'txt' };
