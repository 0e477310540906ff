import assert from 'node:assert/strict';
import * as v from 'valibot';
import * as vscode from 'vscode';

const Binding = v.object({ key: v.string(), command: v.string() });
const Manifest = v.object({ contributes: v.object({ keybindings: v.array(Binding) }) });

/** What VS Code shows as "Default Keyboard Shortcuts (JSON)": its own and those of all extensions. */
async function defaults(): Promise<readonly v.InferOutput<typeof Binding>[]> {
	const uri = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
	const text = (await vscode.workspace.openTextDocument(uri)).getText();
	return v.parse(v.array(Binding), JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')));
}

describe('key bindings', () => {
	it('are ours alone: VS Code gives none of them, nor begins a chord with it', async () => {
		const extension = vscode.extensions.getExtension('keypool.keypool-gemini');
		assert.ok(extension);
		const ours = v.parse(Manifest, extension.packageJSON).contributes.keybindings;
		const others = (await defaults()).filter(({ command }) => !command.startsWith('keypool.'));
		assert.ok(others.length > 500, 'the editor tells its own');
		// Ours must not cut off a longer one of the editor's. What it binds to the first stroke of its own many chords holds
		// for those, too.
		const collide = (theirs: string, key: string): boolean => theirs === key || theirs.startsWith(`${key} `);
		const taken = (key: string) => others.filter((other) => collide(other.key, key)).map(({ command }) => command);
		assert.notDeepEqual(taken('ctrl+k'), [], 'the first stroke of many of its chords');
		for (const { key, command } of ours) {
			// F2 and Delete hold in our own tree alone, Escape over lists that the chat has opened.
			if (command !== 'runCommands') assert.deepEqual(taken(key), [], key);
		}
	});
});
