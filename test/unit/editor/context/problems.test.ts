import assert from 'node:assert/strict';
import type * as used from '../../../../src/editor/context/problems';
import { EditorStandIn } from '../../../support/ui/editor';

describe('problems that go along with a question', () => {
	it('are the first hundred, errors before warnings, and say of how many', async () => {
		const editor = new EditorStandIn();
		const uri = { path: '/w/a.ts' };
		const problem = (severity: number, n: number) => ({
			...{ severity, message: `no ${n}`, source: undefined },
			range: { start: { line: n, character: 0 } },
		});
		let found: readonly object[] = [];
		Object.assign(editor.api, {
			DiagnosticSeverity: { Error: 0, Warning: 1 },
			languages: { getDiagnostics: () => [[uri, found]] },
			workspace: { getWorkspaceFolder: () => ({}), asRelativePath: () => 'a.ts' },
		});
		const { problemsForChat } = editor.read('../editor/context/problems') as typeof used;
		found = Array.from({ length: 3_000 }, (_, n) => problem(n < 2_950 ? 1 : 0, n));
		const piece = await problemsForChat();
		assert.equal(piece?.label, '100 of 3000 problems');
		assert.deepEqual(piece.text.split('\n').length, 100);
		assert.match(piece.text, /^a\.ts:2951:1 error: no 2950\n/);
		found = found.slice(0, 100);
		assert.equal((await problemsForChat())?.label, '100 problems');
	});
});
