import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { useSimulator } from '../../support/window/simulated';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';
import { useLock } from '../../support/window/lock';

describe('a key that is replaced', () => {
	const lock = useLock();
	const simulator = useSimulator(scenarioOf('two-good'));
	const workbench = useWorkbench(() => Promise.resolve({ env: { ...simulator().env, ...lock.env } }));
	let window: Window;
	const replace = async (secret: string): Promise<void> => {
		await window.contextMenuOf(window.treeRows('Keys').filter({ hasText: 'Key 1' }).first(), 'Replace Key');
		await window.answerInput(secret);
	};

	before(async () => {
		window = await workbench().open();
		await window.openContainer();
		await window.paletteInput('Keypool: Add Keys…', 'sim-good-1');
		await window.statusBarItem('keypool.status').filter({ hasText: '1/1' }).waitFor();
		await window.palette('Notifications: Clear All Notifications');
	});

	it('is tried again where the service could not be asked', async () => {
		simulator().service.setFaults([{ when: 'always', on: 'everything', kind: 'html', status: 502 }]);
		await replace('sim-good-2');
		await window.notice('Key 1 was replaced. Key 1 could not be checked');
		await window.screenshot('replaced-unchecked');
		simulator().service.setFaults([]);
		// By more than its first words: what comes of the button begins with the same.
		await window.pressOnNotification('Key 1 was replaced. Key 1 could not be checked', 'Try Again');
		await window.notice('Key 1 was replaced. Key 1 works.');
	});

	it('is asked for once more where the service refuses the new one', async () => {
		await window.palette('Notifications: Clear All Notifications');
		await replace('sim-of-nobody-at-all');
		await window.pressOnNotification('Key 1 was refused', 'Try Again');
		await window.answerInput('sim-good-1');
		await window.notice('Key 1 was replaced. Key 1 works.');
	});

	it('is not lost where the secret storage refuses: it is stored as soon as that is unlocked', async () => {
		await window.palette('Notifications: Clear All Notifications');
		await window.contextMenuOf(window.treeRows('Keys').filter({ hasText: 'Key 1' }).first(), 'Replace Key');
		await window.quickInput.waitFor();
		lock.close();
		await window.answerInput('sim-good-2');
		await window.notice('Key 1 was not replaced.');
		lock.open();
		await window.pressOnNotification('Key 1 was not replaced.', 'Try Again');
		await window.notice('Key 1 was replaced. Key 1 works.');
		assert.deepEqual(window.errors, []);
	});
});
