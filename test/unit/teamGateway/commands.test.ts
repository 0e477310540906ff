import assert from 'node:assert/strict';
import type { StatusAnswer } from '../../../src/teamGateway/askStatus';
import type * as used from '../../../src/teamGateway/commands';
import type { GatewayRecord } from '../../../src/teamGateway/gatewayRecord';
import { EditorStandIn } from '../../support/ui/editor';

const address = 'https://keypool.example.com';
const token = `kp_${'x'.repeat(43)}`;
const told: StatusAnswer = {
	told: {
		state: 'open',
		client: 'ann',
		keys: 'any',
		models: [],
		requests: { used: 0 },
		dollars: { used: 0 },
		dayEndsAt: 0,
	},
};

interface Box {
	readonly title?: string;
	readonly password?: boolean;
	readonly value?: string;
	readonly validateInput?: (text: string) => string | undefined;
}

/** Somebody who types this address and token, presses this button, and stops the question to the gateway or not. */
function person({
	typed = [address, token] as readonly (string | undefined)[],
	presses = 'Use This Gateway',
	answer = told,
	stops = false,
} = {}) {
	const editor = new EditorStandIn();
	const boxes = [...typed];
	const shown: Box[] = [];
	let stop = (): void => undefined;
	Object.assign(editor.api, { commands: { executeCommand: () => Promise.resolve() } });
	Object.assign(editor.api.window, {
		showInputBox: (box: Box) => (shown.push(box), Promise.resolve(boxes.shift())),
		withProgress: (_: unknown, work: (progress: unknown, token: unknown) => Promise<unknown>) =>
			work(
				{},
				{ onCancellationRequested: (listener: () => void) => ((stop = listener), { dispose: () => undefined }) },
			),
	});
	editor.presses = presses;
	const asked: GatewayRecord[] = [];
	const learnt: string[] = [];
	const kept: unknown[] = [];
	const gateway = {
		...{ isOn: false, address: undefined as string | undefined, record: undefined as GatewayRecord | undefined },
		use: (record: GatewayRecord) => Promise.resolve(void (gateway.record = record)),
		stop: () => Promise.resolve(void (gateway.isOn = false)),
	};
	const { teamGatewayCommands } = editor.read('../teamGateway/commands') as typeof used;
	const commands = teamGatewayCommands({
		...{ gateway, learn: (text) => learnt.push(text), hasKeys: () => false, leaveSimulator: () => Promise.resolve() },
		ask: (record) => {
			assert.equal(learnt.at(-1), record.token, 'the masker knows the token before it leaves');
			asked.push(record);
			if (stops) stop();
			return Promise.resolve(answer);
		},
		memory: {
			get: <T>(_: string, none?: T) => (kept.at(-1) ?? none) as T,
			update: (_, hosts) => Promise.resolve(void kept.push(hosts)),
		},
		failed: (error) => assert.fail(String(error)),
	});
	const said = (): string => editor.given.filter((one) => typeof one === 'string').join('\n');
	return { gateway, commands, asked, said, shown };
}

describe('whoever uses a team’s gateway', () => {
	it('is asked once for each host, and nothing goes to one that they have not confirmed', async () => {
		const doubtful = person({ presses: 'Cancel' });
		await doubtful.commands['keypool.useTeamGateway']();
		assert.match(doubtful.said(), /^Send everything you ask to keypool\.example\.com\?/);
		assert.deepEqual([doubtful.asked, doubtful.gateway.record], [[], undefined]);
		const sure = person({ typed: [address, token, address, token] });
		await sure.commands['keypool.useTeamGateway']();
		await sure.commands['keypool.useTeamGateway']();
		assert.deepEqual([sure.asked.length, sure.gateway.record], [2, { address, token }]);
		assert.equal(sure.said().match(/Send everything/g)?.length, 1);
	});

	it('finds the address in the box where the token was the wrong one, and hears where a part of that is missing', async () => {
		const { commands, shown, said } = person({ typed: [address, token, address], answer: { trouble: 'badToken' } });
		await commands['keypool.useTeamGateway']();
		await commands['keypool.useTeamGateway']();
		assert.match(said(), /revoked or have expired, or a part of it is missing\./);
		assert.deepEqual(
			shown.map(({ value }) => value),
			['', undefined, address, undefined],
		);
		const problem = (text: string) => shown[1]?.validateInput?.(text) ?? 'none';
		assert.match(problem(token.slice(0, 15)), /^This is not the whole token/);
		assert.match(problem(`${token} and more`), /^This is not the whole token/);
		assert.match(problem('sim-good-1'), /^A token begins with kp_/);
		assert.equal(problem(token), 'none');
	});

	it('is asked for the token first where a gateway is in use, whose address stands in the next box', async () => {
		const { commands, gateway, shown } = person({ typed: [token, address] });
		Object.assign(gateway, { isOn: true, address });
		await commands['keypool.useTeamGateway']();
		assert.deepEqual(
			shown.map(({ title, password, value }) => [title, password === true, value]),
			[
				['Use a Team Gateway (1/2)', true, undefined],
				['Use a Team Gateway (2/2)', false, address],
			],
		);
		assert.deepEqual(gateway.record, { address, token });
		const closed = person({ typed: [undefined, address] });
		Object.assign(closed.gateway, { isOn: true, address });
		await closed.commands['keypool.useTeamGateway']();
		assert.deepEqual([closed.shown.length, closed.gateway.record], [1, undefined]);
	});

	it('changes nothing by closing a box, or by stopping the question to the gateway', async () => {
		for (const given of [{ typed: [undefined] }, { typed: [address, undefined] }, { stops: true }]) {
			const { commands, gateway, said } = person(given);
			await commands['keypool.useTeamGateway']();
			assert.equal(gateway.record, undefined);
			assert.doesNotMatch(said(), /answers from now on/);
		}
	});

	it('hears what is wrong, and can use one that is only away', async () => {
		for (const [trouble, words] of [
			['badToken', /does not know this token/],
			['noGateway', /No Keypool gateway answers/],
			['unreachable', /cannot be reached now/],
		] as const) {
			const { commands, gateway, said } = person({ answer: { trouble } });
			await commands['keypool.useTeamGateway']();
			assert.match(said(), words);
			assert.equal(gateway.record, undefined, trouble);
		}
		const near = { typed: ['http://127.0.0.1:8642', token], presses: 'Use It Anyway' };
		const { commands, gateway } = person({ ...near, answer: { trouble: 'unreachable' } });
		await commands['keypool.useTeamGateway']();
		assert.deepEqual(gateway.record, { address: 'http://127.0.0.1:8642', token });
	});

	it('is told the truth when they stop', async () => {
		const { commands, gateway, said } = person();
		await commands['keypool.stopTeamGateway']();
		assert.match(said(), /^No team gateway is in use/);
		gateway.isOn = true;
		await commands['keypool.stopTeamGateway']();
		assert.equal(gateway.isOn, false);
		assert.match(said(), /Its token was removed from this computer/);
	});
});
