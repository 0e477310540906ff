import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { assistant, Consumer, textOf, user, type Part } from '../../support/window/consumerDriver';
import { useSimulator } from '../../support/window/simulated';
import { useWorkbench } from '../../support/window/workbench';
import type { Window } from '../../support/window/window';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';
const tools = [{ name: 'add', description: 'Adds' }];
const text = (value: string): Part => ({ type: 'text', text: value });

describe('another model, where the person chose so for vscode.lm', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	let consumer: Consumer;
	let window: Window;
	const workbench = useWorkbench(async () => {
		consumer = await Consumer.install();
		return {
			isComplete: true,
			env: { ...simulator().envWithKeys, ...consumer.env },
			installed: consumer.installed,
			settings: { 'keypool.languageModel.whenExhausted': 'fallbackModel', 'keypool.fallbackModels': [lite] },
		};
	});
	before(async () => {
		window = await workbench().open();
	});
	after(() => consumer.remove());

	const modelsOf = (from: number) =>
		simulator()
			.service.log.filter(({ method }) => method === 'streamGenerateContent')
			.slice(from)
			.map(({ model }) => model);
	const question = user(text('Please [call add {"a":1}]'));
	const result = (made: readonly Part[]) =>
		user(
			...made.flatMap((part): Part[] =>
				part.type === 'call' ? [{ type: 'result', callId: part.callId, content: [text('one')] }] : [],
			),
		);
	const ask = () => consumer.send({ model: flash, messages: [question], tools });
	const goOn = (made: readonly Part[]) =>
		consumer.send({ model: flash, messages: [question, assistant(...made), result(made)], tools });

	it('does not answer inside a turn that uses tools, and answers a new question', async () => {
		// The very first question of this window is the agent's: it waits until the keys were read.
		const [json = ''] = await consumer.invoke('keypool_status');
		assert.equal((JSON.parse(json) as { enabledKeys: number }).enabledKeys, 2);
		const first = ask();
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Allow$/ }).click();
		const { parts, error } = await first;
		assert.equal(error, undefined);
		simulator().service.setFaults([
			{ when: 'always', kind: 'error', body: '429_rpd_free_flash_short_delay', model: flash, on: 'generation' },
		]);
		const before = modelsOf(0).length;
		const inTurn = await goOn(parts);
		assert.equal(inTurn.error?.code, 'Blocked');
		assert.deepEqual([...new Set(modelsOf(before))], [flash]);

		const { error: none, ...heard } = await consumer.ask(flash, '[short] New');
		assert.equal(none, undefined);
		assert.match(textOf(heard), /You asked "\[short\] New"/);
		assert.equal(modelsOf(0).at(-1), lite);
	});

	it('goes on with the turn that it began, with what the editor kept or what we remember', async () => {
		const { parts, error } = await ask();
		assert.equal(error, undefined);
		const calls = parts.filter(({ type }) => type === 'call');
		const from = modelsOf(0).length;
		for (const kept of [parts, calls]) assert.match(textOf(await goOn(kept)), /> add: \{"output":"one"\}/);
		assert.deepEqual(modelsOf(from), [lite, lite]);

		// A reload forgets; the editor's own part tells which model called. What the person allowed stays allowed.
		consumer.awaitAnew();
		await window.reload();
		const after = await goOn(parts);
		assert.equal(after.error, undefined);
		assert.match(textOf(after), /> add: \{"output":"one"\}/);
		assert.deepEqual(modelsOf(from), [lite, lite, lite]);
		assert.equal(await window.page.locator('.monaco-dialog-box').count(), 0);
		assert.deepEqual(window.errors, []);
	});
});
