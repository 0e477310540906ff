import assert from 'node:assert/strict';
import type { Scenario } from '../../../src/simulator/scenario';
import type { Failing, Fault } from '../../../src/simulator/service';
import { Consumer, textOf, type Heard } from '../../support/window/consumerDriver';
import { ModelPicker } from '../../support/window/editorChat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import { useWorkbench } from '../../support/window/workbench';
import type { Window } from '../../support/window/window';

const flash = 'gemini-3.8-flash';
const lite = 'gemini-3.5-flash-lite';
const names = Array.from({ length: 14 }, (_, n) => `case-${n + 1}`);
const scenario: Scenario = {
	description: 'keys enough that a case does not want for those of the one before',
	projects: names.map((id) => ({ id, tier: 'free', quotas: { [flash]: { rpm: 300, tpm: 1_000_000, rpd: 5_000 } } })),
	keys: names.map((id) => ({ secret: `sim-${id}`, project: id })),
	secrets: names.map((id) => `sim-${id}`),
};

describe('what goes wrong, through vscode.lm', () => {
	const simulator = useSimulator(scenario);
	let consumer: Consumer;
	let window: Window;
	const workbench = useWorkbench(async () => {
		consumer = await Consumer.install();
		return {
			isComplete: true,
			env: { ...simulator().envWithKeys, ...consumer.env },
			installed: consumer.installed,
			settings: { 'keypool.baseDelay': 0.1 },
		};
	});
	before(async () => {
		window = await workbench().open();
		const first = consumer.ask(flash, '[short] Hello');
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Allow$/ }).click();
		assert.equal((await first).error, undefined);
	});
	after(() => consumer.remove());

	let questions = 0;
	/** Asks while the service meets its next calls with this; what else it does is as always. */
	async function asked(
		...faults: readonly (Failing & Pick<Fault, 'when'>)[]
	): Promise<Heard & { readonly sends: number }> {
		const { service } = simulator();
		const sendsOf = () => service.log.filter(({ method }) => method === 'streamGenerateContent').length;
		const before = sendsOf();
		service.setFaults(faults.map((fault) => ({ ...fault, model: flash, on: 'generation' })));
		const heard = await consumer.ask(flash, `Case ${++questions}`);
		service.setFaults([]);
		return { ...heard, sends: sendsOf() - before };
	}
	const once = (failing: Failing): Failing & Pick<Fault, 'when'> => ({ when: { first: 1 }, ...failing });

	/** A whole answer, once. */
	function isWhole({ error, ...heard }: Heard): void {
		assert.equal(error, undefined);
		assert.equal(textOf(heard).match(/A simulated answer/g)?.length, 1);
		assert.match(textOf(heard), /That is all\.\n$/);
	}

	/** Text, and then an error: never as if it were whole. */
	function isCut({ error, ...heard }: Heard, code: string): void {
		assert.match(textOf(heard), /A simulated answer/);
		assert.doesNotMatch(textOf(heard), /That is all/);
		assert.deepEqual([error?.name, error?.code], ['KeypoolError', code]);
		assert.notEqual(error?.message, '');
	}

	it('two keys exhausted for the minute: the third answers', async () => {
		const heard = await asked({ when: { first: 2 }, kind: 'error', body: '429_rpm_free' });
		isWhole(heard);
		assert.equal(heard.sends, 3);
	});

	it('a key exhausted for the day: another answers', async () => {
		const heard = await asked(once({ kind: 'error', body: '429_rpd_free_flash_short_delay' }));
		isWhole(heard);
		assert.equal(heard.sends, 2);
	});

	for (const [name, failing, code] of [
		['a cut', { kind: 'cutStream' }, 'network'],
		['an end without a word', { kind: 'silentEnd' }, 'cutStream'],
		['an error within a 200', { kind: 'error', body: '500_internal' }, 'internal'],
	] as const) {
		it(`${name} before any text: nobody notices`, async () => {
			const heard = await asked(once({ ...failing, afterPieces: 0 }));
			isWhole(heard);
			assert.equal(heard.sends, 2);
		});

		it(`${name} after text: the text, and then an error`, async () => {
			const heard = await asked(once({ ...failing, afterPieces: 3 }));
			isCut(heard, code);
			assert.equal(heard.sends, 1);
		});
	}

	it('an overloaded model: the same key again, after a moment', async () => {
		const heard = await asked({ when: { first: 2 }, kind: 'error', body: '503_overloaded' });
		isWhole(heard);
		const last = simulator()
			.service.log.slice(-3)
			.map(({ key }) => key);
		assert.equal(new Set(last).size, 1);
	});

	it('a dead key: it needs attention, and another answers', async () => {
		isWhole(await asked(once({ kind: 'error', body: '400_api_key_invalid' })));
		const [json = ''] = await consumer.invoke('keypool_status');
		assert.equal((JSON.parse(json) as { states: Record<string, number> }).states['quarantined'], 1);
	});

	it('a blocked answer: an error after the text', async () => {
		const { error, ...heard } = await asked(once({ kind: 'finish', reason: 'SAFETY', afterPieces: 3 }));
		assert.match(textOf(heard), /A simulated answer/);
		assert.deepEqual([error?.name, error?.code], ['LanguageModelError', 'Blocked']);
		assert.match(error?.message ?? '', /SAFETY/);
	});

	it('a model that does not exist, and one that the tier lacks', async () => {
		const { error } = await consumer.ask('gemini-3.1-pro', 'Pro?');
		assert.deepEqual([error?.name, error?.code], ['LanguageModelError', 'NotFound']);
		assert.match(error?.message ?? '', /does not include/);
	});

	it('a leaked key: the pool pauses, and says so until a person resumes', async () => {
		const heard = await asked(once({ kind: 'error', body: '403_leaked_key' }));
		assert.deepEqual([heard.sends, heard.error?.code], [1, 'NoPermissions']);
		const { error } = await consumer.ask(flash, 'Now?');
		assert.equal(error?.code, 'NoPermissions');
		assert.match(error.message, /has paused to protect your keys/);
		await window.palette('Keypool: Resume');
		await until('the pool to go on', async () => (await consumer.ask(flash, '[short] Again')).error === undefined);
	});

	it('all keys rest for a minute: it waits, says so where the editor has a place for it, and can be cancelled', async () => {
		const { service } = simulator();
		const before = service.log.length;
		service.setFaults([{ when: 'always', kind: 'error', body: '429_rpm_free', model: lite, on: 'generation' }]);
		const { parts, error } = await consumer.ask(lite, 'Wait', { cancelAfter: 1 });
		service.setFaults([]);
		assert.ok(error === undefined || error.name === 'Canceled', JSON.stringify(error));
		assert.deepEqual(
			parts.map(({ type }) => type),
			['thinking'],
		);
		assert.match(
			JSON.stringify(parts),
			/waiting for gemini-3\.5-flash-lite until \d+:\d\d.*: requests per minute used up/,
		);
		const sent = service.log.slice(before).filter(({ method }) => method === 'streamGenerateContent');
		assert.deepEqual([...new Set(sent.map(({ model }) => model))], [lite]);
	});

	it('all keys exhausted for the day: refused at once, with the time; the entry warns', async () => {
		const heard = await asked({ when: 'always', kind: 'error', body: '429_rpd_free_flash_short_delay' });
		assert.deepEqual([heard.error?.name, heard.error?.code], ['LanguageModelError', 'Blocked']);
		assert.match(heard.error?.message ?? '', /The first key is back .*\d\d:\d\d/);
		assert.equal(textOf(heard), '');
		// No other model was asked: the person has not chosen so.
		const models = new Set(
			simulator()
				.service.log.slice(-heard.sends)
				.map(({ model }) => model),
		);
		assert.deepEqual([...models], [flash]);
		// They lie over the chat's input.
		await window.palette('Notifications: Clear All Notifications');
		await window.palette('Chat: Open Chat');
		const picker = new ModelPicker(window);
		await picker.open();
		await picker.entry('Auto (Keypool)').locator('.codicon-warning').waitFor();
		await picker.entry('Auto (Keypool)').hover();
		const said = window.page.locator('.chat-model-hover-warning-text');
		await said.filter({ hasText: /^All keys rest for this model until / }).waitFor();
		assert.equal(await said.count(), 1);
		await window.screenshot('lm-all-rest');
		assert.deepEqual(window.errors, []);
	});
});
