import assert from 'node:assert/strict';
import { renewMs, type TransientToken } from '../../../../src/gateway/gateway';
import type * as used from '../../../../src/localGateway/tools/gatewayTerminal';
import { EditorStandIn } from '../../../support/ui/editor';
import { translate } from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';

function created() {
	const editor = new EditorStandIn();
	const terminal = { show: () => undefined };
	let close: (of: object) => void = () => undefined;
	const onDidCloseTerminal = (listener: typeof close) => {
		close = listener;
		return { dispose: () => undefined };
	};
	const open: object[] = [];
	const created: { readonly env: object; readonly isTransient: boolean }[] = [];
	const createTerminal = (options: (typeof created)[number]) => (created.push(options), terminal);
	Object.assign(editor.api.window, { createTerminal, onDidCloseTerminal, terminals: open });
	const { GatewayTerminals } = editor.read('../localGateway/tools/gatewayTerminal') as typeof used;
	const clock = new VirtualClock();
	const told: string[] = [];
	const storage = { isLocked: false };
	const token = {
		token: 'kp_of-this-terminal',
		renew: () => {
			told.push('renewed');
			return storage.isLocked ? Promise.reject(new Error('locked')) : Promise.resolve();
		},
		end: () => Promise.resolve(void told.push('ended')),
	} as unknown as TransientToken;
	const terminals = new GatewayTerminals({
		...{ clock, t: translate, environment: {}, shell: () => undefined },
		report: (error) => told.push(String(error)),
	});
	return { clock, told, storage, terminals, token, open, created, close: (one: object = terminal) => close(one) };
}

/** A terminal that was opened a moment ago. */
function opened() {
	const made = created();
	made.terminals.show(made.token, 'http://127.0.0.1:8642');
	return made;
}

describe('the token of a terminal', () => {
	it('is all that its tools have: no key of Google’s wins over it, and no next start is given it', () => {
		const { created } = opened();
		assert.deepEqual(
			created.map(({ env, isTransient }) => [env, isTransient]),
			[
				[
					{
						...{ GEMINI_API_KEY: 'kp_of-this-terminal', OPENAI_API_KEY: 'kp_of-this-terminal' },
						...{ GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:8642', OPENAI_BASE_URL: 'http://127.0.0.1:8642/v1' },
						...{ GOOGLE_API_KEY: null, GOOGLE_GENAI_USE_VERTEXAI: null, GOOGLE_GENAI_USE_ENTERPRISE: null },
					},
					true,
				],
			],
		);
	});

	it('is renewed while the terminal is open, and ends with it', async () => {
		const { clock, told, close } = opened();
		await clock.advance(renewMs - 1);
		assert.deepEqual(told, []);
		await clock.advance(renewMs + 10_000);
		assert.deepEqual(told, ['renewed', 'renewed']);
		close();
		await clock.advance(2 * renewMs);
		assert.deepEqual([told, clock.pending], [['renewed', 'renewed', 'ended'], 0]);
	});

	it('is left for whoever starts next beside the terminal where extensions end alone, as after an update', async () => {
		const { clock, told, terminals, close } = opened();
		terminals.dispose();
		close();
		await clock.advance(2 * renewMs);
		assert.deepEqual([told, clock.pending], [[], 0]);
	});

	it('is renewed within seconds where the computer has slept, so that its tools are let in', async () => {
		const { clock, told } = opened();
		await clock.advance(1_000);
		clock.jump(30 * 60_000);
		await clock.advance(2_000);
		assert.deepEqual(told, ['renewed']);
	});

	it('is renewed soon after the secret storage has refused', async () => {
		const { clock, told, storage } = opened();
		storage.isLocked = true;
		await clock.advance(renewMs + 2_000);
		storage.isLocked = false;
		await clock.advance(32_000);
		assert.deepEqual(told, ['renewed', 'Error: locked', 'renewed']);
	});

	it('is renewed, and ends with its terminal, where the extension host that opened it has ended and begun anew', async () => {
		const { clock, told, terminals, token, open, close } = created();
		const [ours, closed] = [undefined, { code: 0 }].map((exitStatus) => ({
			...{ exitStatus, creationOptions: { env: { GEMINI_API_KEY: token.token } } },
		}));
		assert.ok(ours && closed);
		open.push({ creationOptions: {} }, { creationOptions: { env: { GEMINI_API_KEY: 'another' } } }, closed, ours);
		await terminals.adopt({ transientOf: (one) => Promise.resolve(one === token.token ? token : undefined) });
		// It may have been minutes: of those for which it is good few may be left.
		await clock.advance(2_000);
		assert.deepEqual(told, ['renewed']);
		await clock.advance(renewMs + 2_000);
		assert.deepEqual(told, ['renewed', 'renewed']);
		close(ours);
		await clock.advance(2 * renewMs);
		assert.deepEqual([told, clock.pending], [['renewed', 'renewed', 'ended'], 0]);
	});
});
