import assert from 'node:assert/strict';
import type * as used from '../../../src/team/registerTeam';
import { EditorStandIn } from '../../support/ui/editor';

const editor = new EditorStandIn();
Object.assign(editor.api, { commands: { registerCommand: () => ({ dispose: () => undefined }) } });
const { registerTeam } = editor.read('../team/registerTeam') as typeof used;

describe('the team of a window whose secret storage is locked at first', () => {
	it('is looked for again once keys can be read, and not at each change of keys', async () => {
		const listeners = new Set<() => void>();
		const reported: unknown[] = [];
		let asked = 0;
		const no = (): never => assert.fail('nothing else is needed');
		const team = registerTeam({
			secrets: {
				get: () => (++asked === 1 ? Promise.reject(new Error('locked')) : Promise.resolve(undefined)),
				...{ store: no, delete: no, onDidChange: () => ({ dispose: () => undefined }) },
			},
			keyring: {
				list: () => ({ keys: [], projects: [] }),
				onDidChange: (listener) => {
					listeners.add(listener);
					return { dispose: () => void listeners.delete(listener) };
				},
			},
			report: (error) => reported.push(error),
			...{ secretOf: no, isSimulatorOn: no, learnSecret: no, newId: no, log: { warn: no, info: no } },
			...{ memory: { get: no, update: no }, clock: { wall: no, monotonic: no, after: no }, store: {} as never },
		});
		await assert.rejects(team.follow(), /locked/);
		for (let changes = 0; changes < 3; changes++) {
			for (const changed of listeners) changed();
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.deepEqual([asked, reported], [2, []]);
		team.dispose();
		assert.equal(listeners.size, 0);
	});
});
