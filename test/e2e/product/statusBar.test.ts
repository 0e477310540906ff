import assert from 'node:assert/strict';
import { useWorkbench } from '../../support/window/workbench';

describe('the window', () => {
	const workbench = useWorkbench({
		env: { GEMINI_API_KEYS: 'sim-good-1 sim-good-2' },
	});

	it('shows the status bar item of the extension', async () => {
		const window = await workbench().open();
		await window.statusBarItem('keypool.status').waitFor();
		await window.screenshot('status-bar');
		assert.deepEqual(window.errors, []);
	});
});
