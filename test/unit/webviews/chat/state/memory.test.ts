import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

/** What is needed of it: its own types are those of a page. */
interface Memory {
	readonly recall: (vscode: object) => { readonly draft: string };
	readonly remember: (vscode: object, of: object) => void;
}
const { recall, remember } = createRequire(__filename)('../../../../../src/webviews/chat/state/memory') as Memory;

describe('what the chat remembers while it is hidden', () => {
	it('is all of a draft, also of one that is too long to be sent: a part of it could be sent without a word', () => {
		let state: unknown;
		const vscode = {
			getState: () => state,
			setState: (next: unknown) => (state = next),
		};
		const draft = 'x'.repeat(1_200_000);
		remember(vscode, { draft, isWrapped: false });
		assert.equal(recall(vscode).draft.length, draft.length);
	});
});
