import assert from 'node:assert/strict';
import type * as used from '../../../../src/localGateway/tools/connectTool';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';
import { translate } from '../../../support/views/snapshots';

/** What stands in gemini-cli's settings once a person has said yes, where gemini-cli writes them while it is asked. */
async function setWhile(before: string, meanwhile: string): Promise<string> {
	const editor = new EditorStandIn();
	editor.presses = 'Set It';
	const { checkPin } = editor.read('../localGateway/tools/connectTool') as typeof used;
	let [text, reads] = [before, 0];
	await checkPin({
		t: translate,
		geminiCli: {
			file: 'settings.json',
			read: () => Promise.resolve(reads++ === 0 ? text : (text = meanwhile)),
			write: (written) => Promise.resolve(void (text = written)),
		},
	});
	return text;
}

describe('a tool that is tried out', () => {
	it('is not said to have had no answer where the person stopped it', async () => {
		const editor = new EditorStandIn();
		const { window } = editor.api;
		const progress = window.withProgress;
		const copied: string[] = [];
		const writeText = (text: string): Promise<void> => Promise.resolve(void copied.push(text));
		Object.assign(editor.api, { env: { clipboard: { writeText } } });
		window.withProgress = (options, work) => {
			editor.presses = undefined;
			return progress(options, (step) =>
				work(step, {
					onCancellationRequested: (stop: () => void) => {
						stop();
						return { dispose: () => undefined };
					},
				}),
			);
		};
		const pick = window.showQuickPick;
		window.showQuickPick = async (items, options) => {
			const [first] = (await items) as readonly unknown[];
			await pick(items, options);
			editor.presses = 'Try It';
			return first;
		};
		const { connectTool } = editor.read('../localGateway/tools/connectTool') as typeof used;
		await connectTool({
			...{ t: translate, address: () => 'http://127.0.0.1:9', model: () => 'm', shell: 'posix' },
			geminiCli: { file: 'settings.json', read: () => Promise.resolve(pinned), write: () => assert.fail() },
			issue: (name) => Promise.resolve({ token: 'sim-token', client: { name } } as never),
		});
		const told = textsIn(editor.given);
		assert.equal(told.filter((text) => text.includes('has a token of its own now')).length, 2, told.join('\n'));
		assert.ok(!told.some((text) => text.includes('did not answer')), told.join('\n'));
		assert.ok(copied.length === 1 && copied[0]?.includes('sim-token'), 'what is said to be copied is');
	});
});

describe('a tool that is connected', () => {
	it('keeps what it needs in the clipboard where Enter is pressed, and no dialog says of what is gone that it was copied', async () => {
		const editor = new EditorStandIn();
		const copied: string[] = [];
		const writeText = (text: string): Promise<void> => Promise.resolve(void copied.push(text));
		Object.assign(editor.api, { env: { clipboard: { writeText } } });
		const dialogs: { readonly text: string; readonly buttons: readonly { readonly title: string }[] }[] = [];
		const show = (text: string, { detail }: { detail: string }, ...buttons: { title: string }[]) => {
			dialogs.push({ text: `${text} ${detail}`, buttons });
			return Promise.resolve(dialogs.length === 1 ? buttons.find(({ title }) => title === 'Copy Token') : undefined);
		};
		const showQuickPick = async (items: unknown) => ((await items) as readonly unknown[])[0];
		Object.assign(editor.api.window, { showInformationMessage: show, showQuickPick });
		const { connectTool } = editor.read('../localGateway/tools/connectTool') as typeof used;
		await connectTool({
			...{ t: translate, address: () => 'http://127.0.0.1:9', model: () => 'm', shell: 'posix' },
			geminiCli: { file: 'settings.json', read: () => Promise.resolve(pinned), write: () => assert.fail() },
			issue: (name) => Promise.resolve({ token: 'sim-token', client: { name } } as never),
		});
		const [first, second] = dialogs;
		assert.deepEqual(first?.buttons, [
			{ title: 'Try It' },
			{ title: 'Copy Token' },
			{ title: 'Done', isCloseAffordance: true },
		]);
		assert.match(first.text, /What it needs was copied/);
		assert.equal(copied.at(-1), 'sim-token');
		assert.match(second?.text ?? '', /^The token alone was copied\. This is shown only now:/);
	});
});

const pinned = '{"security":{"auth":{"selectedType":"gemini-api-key"}}}';

describe('the way in which gemini-cli signs in', () => {
	it('is set in its settings as they are once a person has said yes', async () => {
		const text = await setWhile('{}', '{"ui":{"theme":"Dark"}}');
		assert.deepEqual(JSON.parse(text), {
			ui: { theme: 'Dark' },
			security: { auth: { selectedType: 'gemini-api-key' } },
		});
	});

	it('is left alone where gemini-cli has set it meanwhile, or its settings cannot be rewritten any more', async () => {
		const there = '{"security":{"auth":{"selectedType":"gemini-api-key"}},"ui":{}}';
		assert.equal(await setWhile('{}', there), there);
		assert.equal(await setWhile('{}', '{ // mine\n}'), '{ // mine\n}');
	});

	it('is no reason to go on without a token where its settings can be neither read nor written: that is told', async () => {
		const denied = (): Promise<never> => Promise.reject(new Error('EACCES: permission denied'));
		for (const [geminiCli, said] of [
			[{ read: denied, write: denied }, /settings\.json cannot be read\./],
			[{ read: () => Promise.resolve('{}'), write: denied }, /settings\.json cannot be written\./],
		] as const) {
			const editor = new EditorStandIn();
			editor.presses = 'Set It';
			const { checkPin } = editor.read('../localGateway/tools/connectTool') as typeof used;
			await checkPin({ t: translate, geminiCli: { file: '/home/me/.gemini/settings.json', ...geminiCli } });
			const told = textsIn(editor.given).join('\n');
			assert.match(told, said);
			assert.doesNotMatch(told, /from now on/);
		}
	});
});
