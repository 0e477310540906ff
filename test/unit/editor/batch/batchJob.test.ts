import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/batch/batchJob';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

interface FileUri {
	readonly path: string;
	with(change: { readonly path: string }): FileUri;
	toString(): string;
}
const uriOf = (path: string): FileUri => ({
	path,
	with: (change) => uriOf(change.path),
	toString: () => `file://${path}`,
});

const editor = new EditorStandIn();
Object.assign(editor.api, { workspace: { textDocuments: [] } });
const { prepare } = editor.read('../editor/batch/batchJob') as typeof used;

/** What is on the disk, by path. */
const files = new Map<string, Uint8Array>();
/** Texts of results that were to be known. */
const seen: string[] = [];
const tools = {
	assistant: {
		files: {
			checkReplaceable: ({ path }: FileUri) =>
				path.startsWith('/fixed/') ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(),
			locate: () => Promise.resolve({ state: 'inside', path: '/w/a' }),
			read: ({ path }: FileUri) => Promise.resolve(files.get(path)),
		},
		heldKeys: { mayLinesBeSent: () => Promise.resolve(true) },
	},
	ownResults: {
		wrote: (_: string, text: string) => {
			seen.push(text);
			return Promise.resolve(true);
		},
	},
} as unknown as Parameters<typeof prepare>[1];
const prepared = (path: string) => prepare(uriOf(path) as never, tools);

describe('a batch before it is run', () => {
	beforeEach(() => {
		files.clear();
		editor.given.splice(0);
	});

	it('reads a file as PowerShell and spreadsheets write it', async () => {
		files.set('/w/a.txt', Buffer.from('\ufeffKhóa là gì?\r\n', 'utf16le'));
		assert.deepEqual((await prepared('/w/a.txt'))?.prompts, [{ prompt: 'Khóa là gì?' }]);
		files.set('/w/a.csv', Buffer.from('\ufeffprompt;x\r\n"Khóa; gì?";1\r\n'));
		assert.deepEqual((await prepared('/w/a.csv'))?.prompts, [{ prompt: 'Khóa; gì?', columns: { x: '1' } }]);
	});

	it('writes the results of a table with a byte-order mark where the table has one, and knows them again', async () => {
		const table = 'prompt\nKhóa?\n';
		const marks: unknown[] = [];
		for (const [path, bytes] of [
			['/w/a.csv', Buffer.from(`\ufeff${table}`)],
			['/w/a.csv', Buffer.from(`\ufeff${table}`, 'utf16le')],
			['/w/a.csv', Buffer.from(table)],
			['/w/a.txt', Buffer.from('\ufeffKhóa?')],
		] as const) {
			files.set(path, bytes);
			marks.push((await prepared(path))?.mark);
		}
		assert.deepEqual(marks, ['\ufeff', '\ufeff', '', '']);
		const row = { index: 1, prompt: 'Khóa?', status: 'answered', answer: 'ừ', model: 'm', key: 'k' } as const;
		files.set('/w/a.csv', Buffer.from(`\ufeff${table}`));
		const job = await prepared('/w/a.csv');
		const text = job?.results.write([row], job.prompts) ?? '';
		files.set('/w/a.csv.results.csv', Buffer.from(`\ufeff${text}`));
		assert.deepEqual([...((await prepared('/w/a.csv'))?.before.values() ?? [])], [row]);
		assert.equal(seen.at(-1), text);
	});

	it('writes the results of a table with its separator, and knows them again, as those with commas of before', async () => {
		const row = { index: 1, prompt: 'a;b', status: 'answered', answer: '1,5; =x,=y', model: 'm', key: 'k' } as const;
		for (const [separator, others] of [
			[',', ''],
			[';', '5,5'],
		] as const) {
			files.clear();
			files.set('/w/a.csv', Buffer.from(`prompt${separator}n\n"a;b"${separator}${others}\n`));
			const job = await prepared('/w/a.csv');
			const text = job?.results.write([row], job.prompts) ?? '';
			assert.match(text, new RegExp(`^index${separator}prompt${separator}status${separator}`));
			files.set('/w/a.csv.results.csv', Buffer.from(text));
			assert.deepEqual([...((await prepared('/w/a.csv'))?.before.values() ?? [])], [row], separator);
			files.set('/w/a.csv.results.csv', Buffer.from('index,prompt,status,answer,model,key\n1,a;b,answered,x,m,k\n'));
			assert.equal((await prepared('/w/a.csv'))?.before.get(1)?.status, 'answered', separator);
		}
	});

	it('asks nothing where the results could not be written: the first answers would be paid for and lost', async () => {
		files.set('/fixed/a.txt', Buffer.from('Why?'));
		await assert.rejects(prepared('/fixed/a.txt'), { message: 'no /fixed/a.txt.results.jsonl' });
	});

	it('says how long a line may be', async () => {
		files.set('/w/a.txt', Buffer.from(`one\n${'x'.repeat(1_000_000)}\n`));
		assert.equal(await prepared('/w/a.txt'), undefined);
		assert.match(textsIn(editor.given).join('\n'), /a\.txt, line 2 is too long: at most 256 KB can be sent\./);
	});

	it('refuses a file in another encoding whole: its letters would be asked as something else', async () => {
		for (const bytes of [Buffer.from('Café?', 'latin1'), Buffer.from('Why?', 'utf16le')]) {
			editor.given.splice(0);
			files.set('/w/a.txt', bytes);
			assert.equal(await prepared('/w/a.txt'), undefined);
			assert.match(
				textsIn(editor.given).join('\n'),
				/^a\.txt is not text in UTF-8\. .*“Reopen with Encoding”.* Nothing was sent\.$/,
			);
		}
	});
});
