import assert from 'node:assert/strict';
import { startOf } from '../../../../scripts/start/desktopCommand';

describe('the desktop VS Code that npm start opens', () => {
	it('is started on Windows through its shell, with spaces in its folder and in those that it is given', () => {
		const code = 'C:\\Users\\ann\\AppData\\Local\\Programs\\Microsoft VS Code\\bin\\code.cmd';
		const args = ['--new-window', 'C:\\Users\\Ann Lee\\sample'];
		const { file, args: given, shell } = startOf(code, args, 'win32');
		assert.ok(shell);
		// A shell joins what stands beside a command without a quote of its own.
		assert.deepEqual(given, []);
		assert.equal(file, `"${code}" "--new-window" "C:\\Users\\Ann Lee\\sample"`);
	});

	it('is started elsewhere without one', () => {
		const args = ['--wait', '/home/ann/my project'];
		assert.deepEqual(startOf('/usr/bin/code', args, 'linux'), { file: '/usr/bin/code', args, shell: false });
	});
});
