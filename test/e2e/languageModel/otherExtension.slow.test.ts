import assert from 'node:assert/strict';
import { scenarioOf } from '../../../src/simulator/scenario';
import { assistant, Consumer, system, textOf, user, type Part } from '../../support/window/consumerDriver';
import { useSimulator } from '../../support/window/simulated';
import { opens, until } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';
import type { Window } from '../../support/window/window';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';
const add = {
	name: 'add',
	description: 'Adds',
	inputSchema: {
		type: 'object',
		properties: { a: { $ref: '#/$defs/n' } },
		$defs: { n: { type: 'integer', exclusiveMinimum: 0 } },
	},
};
const text = (value: string): Part => ({ type: 'text', text: value });

/** One red pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

describe('another extension that asks language models', () => {
	const simulator = useSimulator(scenarioOf('two-good'));
	let consumer: Consumer;
	let window: Window;
	const workbench = useWorkbench(async () => {
		consumer = await Consumer.install();
		return { isComplete: true, env: { ...simulator().envWithKeys, ...consumer.env }, installed: consumer.installed };
	});
	before(async () => {
		window = await workbench().open();
	});
	after(() => consumer.remove());

	const calls = () => simulator().service.log.filter(({ method }) => method === 'streamGenerateContent');

	it('finds one entry for each model and one that follows the setting, with the service’s limits', async () => {
		const models = await consumer.select();
		const [first, ...others] = models;
		assert.deepEqual([first?.id, first?.family, first?.maxInputTokens], ['default', 'keypool', 1_048_576]);
		assert.ok(others.some(({ id, name }) => id === flash && name === 'Gemini 3.8 Flash'));
		assert.ok(others.some(({ id }) => id === lite));
		assert.ok(!others.some(({ id }) => id.includes('embedding')));
		assert.deepEqual(
			(await consumer.select({ family: lite })).map(({ id }) => id),
			[lite],
		);
	});

	it('is asked about once, in a dialog that names it, before anything is sent', async () => {
		const asking = Promise.all([consumer.ask(flash, '[short] one'), consumer.ask(flash, '[short] two')]);
		await window.page
			.locator('.monaco-dialog-box', { hasText: '“Somebody’s Assistant” (keypool-test.consumer)' })
			.waitFor();
		await window.screenshot('lm-consent');
		assert.equal(calls().length, 0);
		await window.dialogButton('Never Allow').click();
		for (const { error } of await asking) {
			assert.deepEqual([error?.name, error?.code], ['LanguageModelError', 'NoPermissions']);
			assert.match(error?.message ?? '', /not allowed this extension/);
		}
		assert.equal((await consumer.ask(flash, 'again')).error?.code, 'NoPermissions');
		assert.equal(calls().length, 0);

		// It can be changed in the view.
		await window.openContainer();
		await opens(window.quickPick('Somebody'), () => window.titleMenu('Keys', 'Manage Access of Extensions'));
		await window.screenshot('lm-access');
		await window.accept(window.focusedPick('Somebody'));
		await window.quickPick('Ask Again').click();
		const once = consumer.ask(flash, '[short] three');
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Allow$/ }).click();
		assert.match(textOf(await once), /You asked "\[short\] three"/);
		assert.equal(calls().length, 1);
	});

	it('streams an answer through the pool, and counts tokens without a call', async () => {
		const { parts, error } = await consumer.ask('default', 'Why is the sky blue?');
		assert.equal(error, undefined);
		assert.match(
			parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
			/> Why is the sky blue\?[^]*That is all\./,
		);
		const sent = calls().length;
		const few = await consumer.count(flash, { text: 'four words of text' });
		const many = await consumer.count(flash, { text: 'four words of text '.repeat(100) });
		assert.ok(few >= 2 && few <= 10 && many > 50 * few, `${few}, ${many}`);
		const message = await consumer.count(flash, { message: user(text('four words of text')) });
		assert.equal(message, few);
		assert.equal(calls().length, sent);
	});

	it('reads thoughts where the editor has a place for them', async () => {
		const { parts } = await consumer.ask(flash, '[short] Think');
		const [first] = parts;
		assert.deepEqual(first, { type: 'thinking', text: 'First I read the question, then I answer it.' });
	});

	it('sends pictures, system messages and options', async () => {
		const before = calls().length;
		const heard = await consumer.send({
			model: flash,
			messages: [
				system(text('Be brief.')),
				user(text('What is this?'), { type: 'data', mimeType: 'image/png', base64: png }),
			],
			modelOptions: { maxOutputTokens: 40 },
		});
		assert.equal(heard.error?.message, 'The answer reached its length limit.');
		assert.equal(heard.error.code, 'cutByLength');
		const tokens = calls()[before]?.inputTokens ?? 0;
		assert.ok(tokens > 258 && tokens < 300, String(tokens));
	});

	it('calls tools side by side and goes on with their results, with thoughts kept and dropped', async () => {
		const question = user(text('Please [call add {"a":1}] and [call add {"a":2}]'));
		const first = await consumer.send({ model: flash, messages: [question], tools: [add] });
		assert.equal(first.error, undefined);
		const made = first.parts.flatMap((part) => (part.type === 'call' ? [part] : []));
		assert.deepEqual(
			made.map(({ name, input }) => [name, input]),
			[
				['add', { a: 1 }],
				['add', { a: 2 }],
			],
		);
		const results = made.map(({ callId }, n): Part => ({ type: 'result', callId, content: [text(`sum ${n}`)] }));
		for (const kept of [first.parts, made]) {
			const second = await consumer.send({
				model: flash,
				messages: [question, assistant(...kept), user(...[...results].reverse())],
				tools: [add],
			});
			assert.equal(second.error, undefined);
			assert.match(textOf(second), /> add: \{"output":"sum 0"\}\n> add: \{"output":"sum 1"\}/);
		}
		const required = await consumer.send({
			model: flash,
			messages: [user(text('Hi'))],
			tools: [add],
			isToolRequired: true,
		});
		assert.ok(required.parts.some((part) => part.type === 'call' && part.name === 'add'));
		const { error } = await consumer.send({
			model: flash,
			messages: [question],
			tools: [{ name: 'broken_tool', description: '', inputSchema: { type: 'array' } }],
		});
		assert.match(error?.message ?? '', /broken_tool cannot be offered to Gemini: its input is no object/);
	});

	it('cancels: the service sees it at once', async () => {
		const hold = simulator().service.hold(({ question }) => question === 'Hold this');
		const heard = await consumer.ask(flash, 'Hold this', { cancelAfter: 1 });
		hold.release();
		assert.ok(heard.error === undefined || heard.error.name === 'Canceled', JSON.stringify(heard.error));
		await until('the end of the call', () => calls().at(-1)?.end === 'aborted');
	});

	it('asks many things at once', async () => {
		const questions = Array.from({ length: 12 }, (_, n) => `[short] number ${n}`);
		const answers = await Promise.all(questions.map((question) => consumer.ask(flash, question)));
		answers.forEach((answer, n) => assert.ok(textOf(answer).includes(`[short] number ${n}"`), textOf(answer)));
	});

	it('is told the state of the keys by the tool, without a name of one', async () => {
		const [json = ''] = await consumer.invoke('keypool_status');
		assert.deepEqual(JSON.parse(json), {
			...{ model: flash, usableKeys: 2, enabledKeys: 2, states: { usable: 2 } },
			...{ isOnlyPaid: false, requestsWaiting: 0, otherModels: [] },
		});
	});

	it('is stopped where its model comes to the same tool again and again, until a person has looked', async () => {
		const looping = [user(text('[call add {"a":9}]'.repeat(10)))];
		for (let round = 0; round < 2; round++) {
			const { error } = await consumer.send({ model: flash, messages: looping, tools: [add] });
			assert.equal(error, undefined);
		}
		const sent = calls().length;
		const { error } = await consumer.ask(flash, '[short] and on');
		assert.equal(error?.code, 'Blocked');
		assert.match(error.message, /keypool-test\.consumer was stopped/);
		assert.equal(calls().length, sent);
		await (await window.notice('keypool-test.consumer')).hover();
		await window.screenshot('lm-held');
		await window.pressOnNotification('keypool-test.consumer', 'Let It Continue');
		await until('an answer again', async () => (await consumer.ask(flash, '[short] on')).error === undefined);
	});

	it('stands in the dashboard by its name', async () => {
		await window.palette('Keypool: Open Dashboard');
		await window.webview('tab').locator('text=keypool-test.consumer').first().waitFor();
		await window.screenshot('lm-dashboard');
		assert.deepEqual(window.errors, []);
	});
});
