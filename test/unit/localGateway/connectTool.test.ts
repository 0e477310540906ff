import assert from 'node:assert/strict';
import type * as used from '../../../src/localGateway/tools/connectTool';
import { EditorStandIn, textsIn } from '../../support/ui/editor';
import { translate } from '../../support/views/snapshots';

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
