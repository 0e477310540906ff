import assert from 'node:assert/strict';
import type { Assistant } from '../../../../src/editor/ask/assistant';
import type * as used from '../../../../src/editor/commands/commitMessage';
import { PoolError } from '../../../../src/pool/pool';
import { keyId } from '../../../support/chat/fixtures';
import { ScriptedAsk, settle } from '../../../support/chat/scriptedAsk';
import { DocumentsStandIn } from '../../../support/editor/documents';
import { textsIn } from '../../../support/ui/editor';

const diff = ['diff --git a/a.ts b/a.ts', '--- a/a.ts', '+++ b/a.ts', '@@ -1 +1 @@', '+x', ''].join('\n');

/** The command while it runs: `box` is that of the source control view, `over` resolves at its end. */
function begun(draft = '', presses?: string, changes = diff) {
	const editor = new DocumentsStandIn();
	editor.presses = presses;
	const box = { value: draft };
	const repository = {
		rootUri: 'file:///w',
		inputBox: box,
		diff: () => Promise.resolve(changes),
		log: () => Promise.resolve([{ message: 'Begin' }]),
	};
	const git = { enabled: true, getAPI: () => ({ state: 'initialized', repositories: [repository] }) };
	Object.assign(editor.api, { extensions: { getExtension: () => ({ activate: () => Promise.resolve(git) }) } });
	const { writeCommitMessage } = editor.read('../editor/commands/commitMessage') as typeof used;
	const { ask, requests } = new ScriptedAsk();
	const assistant = {
		ask,
		keys: { load: () => Promise.resolve(true), hasKeys: true },
		heldKeys: { mayBeSent: () => Promise.resolve(true) },
		labelOf: () => 'Key 1',
		words: { t: (text: string) => text, describeCount: String, describeError: () => ({ text: 'No key.' }) },
		report: (error: unknown) => assert.fail(String(error)),
	} as unknown as Assistant;
	const underWay = new Set<string>();
	const again = (): Promise<void> => writeCommitMessage(assistant, undefined, underWay);
	const over = again();
	const comes = async (text: string): Promise<void> => {
		requests[0]?.text(text);
		await settle();
	};
	const ends = async (): Promise<void> => {
		const on = { key: keyId('k1'), model: 'flash' };
		requests[0]?.send({ type: 'done', attempt: 1, finishReason: 'STOP', on, attempts: [] });
		requests[0]?.end();
		await over;
	};
	const fails = async (): Promise<void> => {
		requests[0]?.fail(new PoolError('cancelled', []));
		await over;
	};
	return { box, again, requests, comes, ends, fails, asked: () => textsIn(editor.given).join('\n') };
}

describe('a commit message', () => {
	it('is asked for once, however often somebody clicks until it is there', async () => {
		const { box, again, requests, comes, ends, asked } = begun();
		await again();
		await settle();
		await comes('Add');
		await again();
		await comes(' x');
		await ends();
		assert.deepEqual([requests.length, box.value], [1, 'Add x']);
		assert.doesNotMatch(asked(), /Replace it/);
		void again();
		await settle();
		assert.match(asked(), /Replace it/);
	});

	it('is said to be made from names alone where no file of the changes is short enough to be sent', async () => {
		const long = diff.replace('+x', `+${'x'.repeat(300_000)}`);
		for (const [changes, told] of [
			[long, 'Only the name of the changed file was sent: its change is longer than 256 KB.'],
			[
				long + long.replaceAll('a.ts', 'b.ts'),
				'Only the names of the changed files were sent: each of the changes is longer than 256 KB.',
			],
			[diff + long.replaceAll('a.ts', 'b.ts'), undefined],
		] as const) {
			const { comes, ends, asked } = begun('', undefined, changes);
			await settle();
			await comes('Add');
			await ends();
			assert.equal(/^Only the name.*$/m.exec(asked())?.[0], told);
		}
	});

	it('is written into the box as it comes', async () => {
		const { box, comes, ends } = begun();
		await settle();
		await comes('Add');
		assert.equal(box.value, 'Add');
		await comes(' x');
		await ends();
		assert.equal(box.value, 'Add x');
	});

	it('gives the draft back where it does not come', async () => {
		const { box, comes, fails } = begun('wip', 'Replace');
		await settle();
		await comes('Add');
		await fails();
		assert.equal(box.value, 'wip');
	});

	it('takes nothing from a person who types while it is awaited, and asks at its end', async () => {
		for (const [presses, left] of [
			[undefined, 'my own'],
			['Replace', 'Add x'],
		] as const) {
			const { box, comes, ends, asked } = begun('', presses);
			await settle();
			box.value = 'my own';
			await comes('Add');
			assert.equal(box.value, 'my own');
			await comes(' x');
			await ends();
			assert.equal(box.value, left);
			assert.match(asked(), /There is a message in the box already\. Replace it\?/);
		}
	});

	it('leaves what a person has typed where it does not come', async () => {
		const { box, comes, fails } = begun();
		await settle();
		await comes('Add');
		box.value = 'Add it, by hand';
		await fails();
		assert.equal(box.value, 'Add it, by hand');
	});

	it('is not stopped by the editor that tells late of what was written, or with line ends of its own', async () => {
		const { box, comes, ends, asked } = begun();
		await settle();
		await comes('Add');
		await comes('\n\nx');
		box.value = 'Add';
		await comes(' and y');
		box.value = box.value.replaceAll('\n', '\r\n');
		await comes(' and z');
		await ends();
		assert.equal(box.value, 'Add\n\nx and y and z');
		assert.doesNotMatch(asked(), /Replace it/);
	});
});
