import assert from 'node:assert/strict';
import { ClientError } from '../../../src/gateway/gateway';
import type * as used from '../../../src/localGateway/commands';
import { EditorStandIn, textsIn } from '../../support/ui/editor';
import { words } from '../../support/views/snapshots';

describe('what a person does with a tool’s token', () => {
	it('is said to be too late where another window, or the end of its terminal, has revoked it meanwhile', async () => {
		const editor = new EditorStandIn();
		editor.presses = 'Revoke';
		const { gatewayCommands } = editor.read('../localGateway/commands') as typeof used;
		const reported: unknown[] = [];
		const commands = gatewayCommands({
			tokens: {
				list: () => [{ id: 'c', name: 'terminal' }],
				revoke: () => Promise.reject(new ClientError('noSuchClient')),
			},
			...{ settings: {}, words, loaded: () => Promise.resolve(), report: (error: unknown) => reported.push(error) },
		} as unknown as used.GatewayCommandsParts);
		await commands['keypool.revokeTool']('c');
		const told = textsIn(editor.given);
		assert.equal(told.at(-1), 'That tool is no longer connected: its token was revoked.');
		assert.ok(!told.some((text) => text.includes('log')), 'the log says nothing of it');
		assert.deepEqual(reported, []);
	});
});
