import assert from 'node:assert/strict';
import * as v from 'valibot';
import * as vscode from 'vscode';

const Manifest = v.object({
	contributes: v.object({
		commands: v.array(v.object({ command: v.string() })),
		// Without their conditions, which begin with names of ours, too.
		keybindings: v.array(v.object({ command: v.string(), args: v.optional(v.unknown()) })),
	}),
});

describe('the extension in VS Code', () => {
	const extension = vscode.extensions.getExtension('keypool.keypool-gemini');

	it('is found and activates', async () => {
		assert.ok(extension, 'VS Code did not load the extension');
		await extension.activate();
		assert.equal(extension.isActive, true);
	});

	it('has registered exactly the commands that it declares, and those that only keys call', async () => {
		assert.ok(extension);
		await extension.activate();
		const { commands, keybindings } = v.parse(Manifest, extension.packageJSON).contributes;
		const ofKeys = JSON.stringify(keybindings).match(/(?<=")keypool\.[^."]+(?=")/g) ?? [];
		const declared = [...new Set([...commands.map(({ command }) => command), ...ofKeys])];
		const known = await vscode.commands.getCommands(true);
		// What VS Code itself makes of views (focus, open, …) is named after a view, two dots deep.
		const registered = known.filter((command) => /^keypool\.[^.]+$/.test(command));
		assert.deepEqual(registered.sort(), declared.sort());
	});
});
