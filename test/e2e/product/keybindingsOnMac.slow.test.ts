import assert from 'node:assert/strict';
import * as v from 'valibot';
import manifest from '../../../package.json';
import { useWorkbench } from '../../support/window/workbench';

const Defaults = v.array(v.object({ key: v.string(), command: v.string() }));

describe('key bindings on a Mac', () => {
	const workbench = useWorkbench({ platform: 'mac' });

	it('are ours alone: VS Code gives none of them, nor begins a chord with it', async () => {
		const window = await workbench().open();
		await window.palette('Preferences: Open Default Keyboard Shortcuts (JSON)');
		await window.page.locator('.editor-instance .monaco-editor.focused .view-line').first().waitFor();
		// The editor believes in a Mac, the browser knows better which key copies.
		const copied = await window.copiedText('cmd+k cmd+s', 'Meta+A');
		const all = v.parse(Defaults, JSON.parse(copied.replace(/^\s*\/\/.*$/gm, '')));
		const others = all.filter(({ command }) => !command.startsWith('keypool.'));
		assert.ok(others.length > 500, 'the editor tells its own');
		// As test/integration/host/keybindings.test.ts has it for this machine's own platform.
		const taken = (key: string) =>
			others.filter((other) => other.key === key || other.key.startsWith(`${key} `)).map(({ command }) => command);
		assert.notDeepEqual(taken('cmd+k'), [], 'the first stroke of many of its chords');
		for (const { mac, command } of manifest.contributes.keybindings) {
			// F2 and Delete hold in our own tree alone, Escape over lists that the chat has opened.
			if (command === 'runCommands') continue;
			assert.ok(mac);
			assert.deepEqual(taken(mac), [], mac);
			assert.ok(
				all.some((one) => one.key === mac && one.command === command),
				`${command} has its own`,
			);
		}
	});
});
