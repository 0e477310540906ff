import assert from 'node:assert/strict';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { Consumer, textOf } from '../../support/window/consumerDriver';
import { EditorChat, ModelPicker } from '../../support/window/editorChat';
import { useWorkbench } from '../../support/window/workbench';
import type { Window } from '../../support/window/window';

const flash = 'gemini-3.8-flash';

describe('VS Code’s chat and other extensions of somebody who has a team’s gateway in place of keys', () => {
	let team: HeadlessProgram;
	let consumer: Consumer;
	let window: Window;
	const workbench = useWorkbench(async () => {
		consumer = await Consumer.install();
		return {
			isComplete: true,
			env: consumer.env,
			installed: consumer.installed,
			settings: { 'keypool.fallbackModels': [] },
		};
	});
	before(async () => {
		team = await HeadlessProgram.create();
		const token = await team.say('token', 'add', 'ann', '--keys', 'any', '--requests-per-day', '2');
		const { url } = await team.start();
		window = await workbench().open();
		await window.paletteInput('Keypool: Use a Team Gateway…', `${url}/v1beta/`);
		await window.answerInput(token);
		await window.statusBarItem('keypool.status').filter({ hasText: 'gateway' }).waitFor();
	});
	after(async () => {
		consumer.remove();
		await team.dispose();
	});

	const answered = () => team.service.counts.generation.get('answered') ?? 0;

	it('answers an extension that was allowed, with the models of the gateway', async () => {
		const models = await consumer.select();
		assert.equal(models[0]?.id, 'default');
		assert.ok(models.some(({ id, name }) => id === flash && name === 'Gemini 3.8 Flash'));
		const first = consumer.ask(flash, '[short] Hello');
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Allow$/ }).click();
		const heard = await first;
		assert.equal(heard.error, undefined);
		assert.match(textOf(heard), /You asked "\[short\] Hello"/);
		assert.equal(answered(), 1);
	});

	it('answers @keypool', async () => {
		const chat = new EditorChat(window);
		await chat.open();
		await new ModelPicker(window).chosen.filter({ hasText: 'Auto (Keypool)' }).waitFor();
		await chat.send('@keypool [short] Why is the sky blue?');
		await chat.answer.getByText('You asked "[short] Why is the sky blue?"').waitFor();
		await chat.answer.getByText(/gemini-3\.8-flash · .*tokens/).waitFor();
		await window.screenshot('participant-team-gateway');
		assert.equal(answered(), 2);
	});

	it('tells an extension that the budget there is used up', async () => {
		const { error, ...heard } = await consumer.ask(flash, '[short] And again?');
		assert.deepEqual([error?.name, error?.code], ['LanguageModelError', 'Blocked']);
		assert.match(error?.message ?? '', /budget at the team’s gateway/);
		assert.equal(textOf(heard), '');
		assert.equal(answered(), 2);
		assert.deepEqual(window.errors, []);
	});
});
