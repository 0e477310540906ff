import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { addKeys } from '../../support/web/addKeys';
import { toPages } from '../../support/web/toPages';
import { WebExtension } from '../../support/web/webExtension';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { useWorkbench } from '../../support/window/workbench';

const { projects, keys, ...scenario } = scenarioOf('two-good');
const narrow = {
	...scenario,
	projects,
	keys: keys.map((key) =>
		key.secret === 'sim-good-1'
			? { ...key, faults: [{ when: 'always', on: 'generation', kind: 'error', body: '429_rpm_free' } as const] }
			: key,
	),
};

describe('a 429 that lacks the header which lets a page read it', () => {
	const preflights = { asked: [] as string[][] };
	const simulator = useSimulator(narrow, undefined, (service) =>
		toPages(service, preflights, (response) => response.status === 429),
	);
	const extension = new WebExtension();
	after(() => extension.dispose());
	const workbench = useWorkbench(() =>
		Promise.resolve({
			extensions: [extension.folder],
			settings: { 'keypool.baseUrl': simulator().url, 'keypool.strategy': 'primaryBackup' },
		}),
	);

	it('rests one key for a little, and the next one answers at once', async () => {
		const window = await workbench().open();
		const chat = new Chat(window);
		await addKeys(window, narrow.secrets);
		await window.statusBarItem('keypool.status').filter({ hasText: '2/2' }).waitFor();
		await chat.ask('Why? [short]');
		const shown = await chat.finished('Why? [short]');
		assert.deepEqual(
			shown.attempts.map(({ label, outcome }) => [label, outcome]),
			[
				['Key 1', 'unreadable'],
				['Key 2', 'answered'],
			],
		);
		await window.statusBarItem('keypool.status').filter({ hasText: '1/2' }).waitFor();
		await window
			.treeRows('Keys')
			.filter({ hasText: 'Key 1' })
			.filter({ hasText: /resting 0:\d\d/ })
			.waitFor();
		await window.screenshot('hidden-refusal');
		// The browser asked before it sent a key, and for no header that the service refuses.
		assert.deepEqual([...new Set(preflights.asked.flat())].sort(), [
			'content-type',
			'x-goog-api-client',
			'x-goog-api-key',
		]);
		assert.deepEqual(window.errors, []);
	});
});
