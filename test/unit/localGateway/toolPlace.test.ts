import assert from 'node:assert/strict';
import { elsewhereInWords } from '../../../src/localGateway/statusInWords';
import { shellBeside, shellKind, toolsElsewhere } from '../../../src/localGateway/toolPlace';
import { words } from '../../support/views/snapshots';

describe('a window on another computer', () => {
	it('is told that its tools cannot reach the gateway, with the other computer’s name and no address', () => {
		assert.equal(toolsElsewhere(true, 'ssh-remote'), 'ssh-remote');
		const sentence = elsewhereInWords('ssh-remote', words.t);
		assert.match(sentence, /another computer \(ssh-remote\).*remote\.extensionKind/);
		assert.ok(!/127\.0\.0\.1|localhost|:\d/.test(sentence));
	});

	it('has tools that reach it where the extension runs beside them, and so has a window without a connection', () => {
		assert.equal(toolsElsewhere(false, 'wsl'), undefined);
		assert.equal(toolsElsewhere(true, undefined), undefined);
	});
});

describe('a terminal on Windows', () => {
	it('has a shell of Windows where the person’s own is in WSL, whose tools could not reach the gateway', () => {
		for (const shell of ['C:\\Windows\\System32\\wsl.exe', 'wsl.exe', 'C:\\WINDOWS\\system32\\bash.exe'])
			assert.equal(shellBeside(true, shell), 'powershell.exe', shell);
		for (const shell of ['C:\\Program Files\\Git\\bin\\bash.exe', 'C:\\Windows\\System32\\cmd.exe', 'pwsh.exe'])
			assert.equal(shellBeside(true, shell), undefined, shell);
		assert.equal(shellBeside(false, '/usr/bin/wsl.exe'), undefined);
	});
});

describe('what a tool needs', () => {
	it('is for the shell that runs in the person’s terminals, and on Windows for PowerShell where that is not known', () => {
		assert.equal(shellKind(false, '/bin/zsh'), 'posix');
		assert.equal(shellKind(false, '/opt/homebrew/bin/fish'), 'fish');
		assert.equal(shellKind(false, '/usr/local/bin/pwsh'), 'pwsh');
		assert.equal(shellKind(true, 'C:\\Windows\\System32\\cmd.exe'), 'cmd');
		for (const shell of ['C:\\Program Files\\Git\\bin\\bash.exe', 'bash.exe', 'C:\\msys64\\usr\\bin\\zsh.exe'])
			assert.equal(shellKind(true, shell), 'posix', shell);
		// From WSL this computer's address leads elsewhere.
		for (const shell of [
			'C:\\Program Files\\PowerShell\\7\\pwsh.exe',
			'powershell.exe',
			'C:\\Windows\\System32\\wsl.exe',
			'',
		])
			assert.equal(shellKind(true, shell), 'powershell', shell);
		assert.equal(shellKind(true, 'C:\\WINDOWS\\system32\\bash.exe'), 'powershell');
	});
});
