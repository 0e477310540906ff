import assert from 'node:assert/strict';
import type { Snapshot } from '../../../../src/pool/pool';
import type * as used from '../../../../src/views/notices/showNotice';
import { EditorStandIn } from '../../../support/ui/editor';
import { keyView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';

const good = snapshotOf([keyView('A', standings.usable), keyView('B', standings.usable)]);
const pausedBy = (by: string, since: number): Snapshot => ({ ...good, paused: { reason: 'leaked', by, since } });

describe('the button of a notice', () => {
	const ran: string[] = [];
	const editor = new EditorStandIn();
	Object.assign(editor.api, {
		commands: {
			executeCommand: (command: string) => {
				ran.push(command);
				return Promise.resolve();
			},
		},
	});
	const { showNotice } = editor.read('../views/notices/showNotice') as typeof used;
	const press = async (told: Snapshot, title: string, latest: Snapshot): Promise<string | undefined> => {
		editor.presses = title;
		await showNotice(told, words, noon, { pool: { snapshot: () => latest } });
		return ran.pop();
	};

	it('ends the pause that the notice is about', async () => {
		assert.equal(await press(pausedBy('A', noon), 'Resume', pausedBy('A', noon)), 'keypool.resume');
	});

	it('shows the keys where another pause has begun since: that one is for another key', async () => {
		assert.equal(await press(pausedBy('A', noon), 'Resume', pausedBy('B', noon + 60_000)), 'keypool.keys.focus');
		assert.equal(await press(pausedBy('A', noon), 'Resume', pausedBy('A', noon + 60_000)), 'keypool.keys.focus');
	});

	it('does the same later where the notice is about no pause', async () => {
		const none = snapshotOf([keyView('A', standings.leaked)], { usable: 0, total: 1 });
		assert.equal(await press(none, 'Show Keys', pausedBy('A', noon)), 'keypool.keys.focus');
	});
});
