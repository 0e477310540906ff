import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { toolsElsewhere } from '../../../src/localGateway/toolPlace';

describe('the place of a window’s tools', () => {
	const extension = vscode.extensions.getExtension('keypool.keypool-gemini');

	it('is where the extension runs, in a window over a server and in one without: its gateway is served there', () => {
		const isOnOwnComputer = extension?.extensionKind === vscode.ExtensionKind.UI;
		const { remoteName } = vscode.env;
		// The stand-in's window is on a server, and so are its terminals.
		assert.equal(isOnOwnComputer, remoteName === undefined, `${remoteName}`);
		assert.equal(toolsElsewhere(isOnOwnComputer, remoteName), undefined);
	});
});
