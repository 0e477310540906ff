import assert from 'node:assert/strict';
import type * as Subject from '../../../src/common/commands';
import { EditorStandIn } from '../../support/ui/editor';

type Action = (...args: unknown[]) => unknown;

/** As the palette runs a command of this name: what it throws is shown. */
function registered(): { readonly subject: typeof Subject; readonly run: (name: string) => Promise<unknown> } {
	const editor = new EditorStandIn();
	const commands = new Map<string, Action>();
	const registerCommand = (name: string, action: Action) => {
		commands.set(name, action);
		return { dispose: () => commands.delete(name) };
	};
	Object.assign(editor.api, { commands: { registerCommand } });
	const subject = editor.read('../common/commands') as typeof Subject;
	return { subject, run: (name) => Promise.resolve(commands.get(name)?.('given')) };
}

const gone = Object.assign(new Error("Cannot find module '../chunks/old.js'\nRequire stack:"), {
	code: 'MODULE_NOT_FOUND',
});

describe('a command', () => {
	it('whose code the editor has deleted, because another version took its place, says what to do', async () => {
		const { subject, run } = registered();
		subject.registerLazily(['a'], () => Promise.reject(gone));
		subject.registerCommands({ b: () => Promise.reject(gone) });
		for (const name of ['a', 'b']) {
			await assert.rejects(run(name), { message: 'Keypool was updated or removed. Reload the window.', cause: gone });
		}
	});

	it('that fails otherwise says that, and one that does not fail gives its result', async () => {
		const { subject, run } = registered();
		const error = new Error('locked');
		subject.registerLazily(['a'], () => Promise.resolve({ a: () => Promise.reject(error) }));
		subject.registerCommands({
			b: () => {
				throw error;
			},
			c: (...given) => given,
		});
		for (const name of ['a', 'b']) await assert.rejects(run(name), error);
		assert.deepEqual(await run('c'), ['given']);
	});
});
