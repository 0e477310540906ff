import assert from 'node:assert/strict';
import type * as used from '../../../src/simulatorMode/commands';
import { EditorStandIn } from '../../support/ui/editor';

/** Tries the simulator without a key; returns what was done and told. */
async function tried(isGatewayUsed: boolean) {
	const editor = new EditorStandIn();
	const done: string[] = [];
	Object.assign(editor.api, {
		commands: { executeCommand: (name: string) => Promise.resolve(done.push(name)) },
	});
	const { simulatorCommands } = editor.read('../simulatorMode/commands') as typeof used;
	const commands = simulatorCommands({
		simulatorMode: {
			isOn: false,
			enter: () => Promise.resolve(void done.push('entered')),
			leave: () => Promise.resolve(),
		},
		keyring: { list: () => ({ keys: [], projects: [] }) },
		isGatewayUsed: () => isGatewayUsed,
		report: (error) => assert.fail(String(error)),
	});
	await commands['keypool.trySimulator']();
	return { done, told: editor.given[0] };
}

describe('the command that tries the simulator', () => {
	it('shows the chat for the first question', async () => {
		assert.deepEqual(await tried(false), { done: ['entered', 'keypool.chat.focus'], told: undefined });
	});

	it('does nothing where a team’s gateway is used: questions would go to that one', async () => {
		const { done, told } = await tried(true);
		assert.deepEqual(done, []);
		assert.match(String(told), /^A team gateway answers your questions\./);
	});
});
