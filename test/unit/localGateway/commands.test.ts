import assert from 'node:assert/strict';
import { ClientError, TokenRegistry } from '../../../src/gateway/gateway';
import type * as storage from '../../../src/localGateway/clientStorage';
import type * as used from '../../../src/localGateway/commands';
import { VirtualClock } from '../../support/virtualClock';
import { MemoryStore } from '../../support/keys/memoryStore';
import { EditorStandIn } from '../../support/ui/editor';
import { words } from '../../support/views/snapshots';

const cline = { id: 'c', name: 'cline', rules: { keys: 'any', parallel: 4 } };

/** What a person reads after a command on a tool whose token another window takes back: before it, or while it asks. */
async function toldBy(command: 'keypool.revokeTool' | 'keypool.setToolRules', when: 'before' | 'meanwhile') {
	const editor = new EditorStandIn();
	editor.presses = 'Revoke';
	const gone = (): Promise<never> => Promise.reject(new ClientError('noSuchClient'));
	Object.assign(editor.api.window, {
		showQuickPick: async (rows: Promise<readonly { readonly label: string }[]>) =>
			(await rows).find(({ label }) => label === 'Works in batches'),
	});
	const { gatewayCommands } = editor.read('../localGateway/commands') as typeof used;
	const parts = {
		...{ words, settings: {}, loaded: () => Promise.resolve(), report: (error: unknown) => assert.fail(String(error)) },
		tokens: { list: () => (when === 'before' ? [] : [cline]), revoke: gone, setRules: gone },
	};
	await gatewayCommands(parts as unknown as used.GatewayCommandsParts)[command]('gateway:cline');
	const texts = editor.given.filter((text) => typeof text === 'string');
	return texts.at(-1);
}

describe('a token that is revoked', () => {
	for (const presses of [undefined, 'Revoke']) {
		it(`${presses === undefined ? 'stays where' : 'goes, with what was counted of it, once'} a person ${presses === undefined ? 'closes the question' : 'says so'}`, async () => {
			const editor = new EditorStandIn();
			editor.presses = presses;
			const done: string[] = [];
			const keep = (id: string): Promise<void> => Promise.resolve(void done.push(id));
			const { gatewayCommands } = editor.read('../localGateway/commands') as typeof used;
			const parts = {
				...{
					words,
					settings: {},
					loaded: () => Promise.resolve(),
					report: (error: unknown) => assert.fail(String(error)),
				},
				...{ tokens: { list: () => [cline], revoke: keep }, counts: { forget: keep } },
			};
			await gatewayCommands(parts as unknown as used.GatewayCommandsParts)['keypool.revokeTool']('gateway:cline');
			assert.deepEqual(done, presses === undefined ? [] : ['c', 'gateway:c']);
			assert.match(String(editor.given[0]), /^Revoke the token of cline/);
		});
	}
});

describe('a terminal with the gateway', () => {
	it('asks with the first one of a window alone what gemini-cli needs: other tools run there too', async () => {
		const editor = new EditorStandIn();
		Object.assign(editor.api, { env: {}, ExtensionKind: { UI: 1 } });
		const { gatewayCommands } = editor.read('../localGateway/commands') as typeof used;
		let shown = 0;
		const unset = { file: 'settings.json', read: () => Promise.resolve('{}'), write: () => assert.fail() };
		const status = { state: 'serving' };
		const parts = {
			...{ words, clock: new VirtualClock(), report: (error: unknown) => assert.fail(String(error)) },
			settings: { gatewayEnabled: { value: true } },
			served: { status, address: '', onDidChange: () => ({ dispose: () => undefined }) },
			...{ loaded: () => Promise.resolve(), tokens: { issueTransient: () => Promise.resolve({}), isRead: true } },
			...{ terminals: { show: () => void shown++ }, extension: { extensionKind: 1 }, machine: { geminiCli: unset } },
		};
		const { 'keypool.openGatewayTerminal': open } = gatewayCommands(parts as unknown as used.GatewayCommandsParts);
		await open();
		await open();
		const asked = editor.given.filter((text) => text === 'Let gemini-cli sign in with a key?');
		assert.deepEqual([shown, asked.length], [2, 1]);
	});
});

describe('a command on a tool whose token another window has taken back', () => {
	for (const command of ['keypool.revokeTool', 'keypool.setToolRules'] as const) {
		for (const when of ['before', 'meanwhile'] as const) {
			it(`says that it is gone, and sends nobody to a log that does not know of it: ${command}, ${when}`, async () => {
				assert.equal(await toldBy(command, when), 'That tool is no longer connected: its token was revoked.');
			});
		}
	}
});

describe('a command on a tool while the secret storage is locked', () => {
	for (const [act, command] of [
		['get', 'keypool.setToolRules'],
		['store', 'keypool.revokeTool'],
	] as const) {
		it(`says so, with what helps: ${command}, refused to ${act}`, async () => {
			const editor = new EditorStandIn();
			editor.presses = 'Revoke';
			const { gatewayCommands } = editor.read('../localGateway/commands') as typeof used;
			const { clientStorage } = editor.read('../localGateway/clientStorage') as typeof storage;
			const secrets = new MemoryStore();
			const parts = {
				...{ now: () => 0, newId: () => 'c', randomBytes: (count: number) => new Uint8Array(count) },
				...{ sha256: () => '0'.repeat(64), learn: () => undefined, report: () => undefined },
				storage: clientStorage(secrets, {
					election: { tryAcquire: () => Promise.resolve(() => undefined) },
					clock: new VirtualClock(),
				}),
			};
			const tokens = new TokenRegistry(parts);
			await tokens.issue({ name: 'cline' });
			secrets.refuses = (refused) => refused === act;
			const given = { words, settings: {}, tokens, loaded: () => tokens.load(), report: () => undefined };
			await gatewayCommands(given as unknown as used.GatewayCommandsParts)[command]('gateway:cline');
			const said = 'The system’s secret storage refused access. Unlock it and try again.';
			assert.equal(editor.given.filter((text) => typeof text === 'string').at(-1), said);
			assert.equal(tokens.list().length, 1);
		});
	}
});
