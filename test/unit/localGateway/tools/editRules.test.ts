import assert from 'node:assert/strict';
import type { TokenRegistry } from '../../../../src/gateway/gateway';
import type * as used from '../../../../src/localGateway/tools/editRules';
import { keysInWords } from '../../../../src/localGateway/view/keysInWords';
import { EditorStandIn } from '../../../support/ui/editor';
import { words } from '../../../support/views/snapshots';

interface Box {
	readonly validateInput: (text: string) => string | undefined;
}

/** What becomes of a rule once a person has typed a text; what the box says against it where it takes none. */
async function typed(label: string, text: string): Promise<unknown> {
	const editor = new EditorStandIn();
	let refusal: string | undefined;
	let picks = [label, text];
	Object.assign(editor.api.window, {
		showQuickPick: async (rows: Promise<readonly { readonly label: string }[]>) => {
			const [next] = picks;
			picks = picks.slice(1);
			return (await rows).find((row) => row.label === next);
		},
		showInputBox: ({ validateInput }: Box) => {
			refusal = validateInput(text);
			return Promise.resolve(refusal === undefined ? text : undefined);
		},
	});
	const { editRules } = editor.read('../localGateway/tools/editRules') as typeof used;
	const set: object[] = [];
	const client = { id: 'c', name: 'cline', rules: { keys: 'any', parallel: 4 } };
	const tokens = {
		list: () => [client],
		setRules: (_: string, changes: object) => Promise.resolve(void set.push(changes)),
	};
	await editRules('c', tokens as unknown as TokenRegistry, words);
	return refusal ?? set[0];
}

describe('the rules of a tool', () => {
	it('take numbers as they are shown and as people type them: with separators, whatever the language', async () => {
		for (const [text, requestsPerDay] of [
			['250', 250],
			['1,000', 1_000],
			['1.000', 1_000],
			['1 000 000', 1_000_000],
			['', undefined],
		] as const) {
			assert.deepEqual(await typed('Requests a day', text), { requestsPerDay }, text);
		}
		assert.deepEqual(await typed('Dollars a day', '0,50'), { dollarsPerDay: 0.5 });
		assert.deepEqual(await typed('Dollars a day', '1.5'), { dollarsPerDay: 1.5 });
	});

	it('take the keys that a person chooses, and stay where the list is closed', async () => {
		assert.deepEqual(await typed('Which keys', keysInWords('paid', words)), { keys: 'paid' });
		assert.equal(await typed('Which keys', ''), undefined);
	});

	it('take as many models as are kept: more were refused without a reason', async () => {
		const models = Array.from({ length: 101 }, (_, n) => `gemini-${n}`);
		assert.equal(await typed('Which models', models.join(', ')), 'At most 100 models.');
		assert.deepEqual(await typed('Which models', models.slice(1).join(', ')), { models: models.slice(1) });
	});

	it('say of a name that is none what it may hold', async () => {
		assert.equal(await typed('Which models', 'gemini flash'), 'Use only letters, digits, dots and hyphens.');
	});

	it('take nothing else', async () => {
		for (const text of ['0', '0x10', '1e3', '1.5', 'many', '-1']) {
			assert.match(String(await typed('Requests a day', text)), /^A whole number from 1 to /, text);
		}
		assert.match(String(await typed('Requests at the same time', '')), /^A whole number from 1 to 64/);
	});
});
