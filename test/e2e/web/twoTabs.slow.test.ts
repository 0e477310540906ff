import assert from 'node:assert/strict';
import { sendsOf } from '../../../scripts/start/agreement';
import type { Scenario } from '../../../src/simulator/scenario';
import { addKeys } from '../../support/web/addKeys';
import { toPages } from '../../support/web/toPages';
import { WebExtension } from '../../support/web/webExtension';
import { Chat } from '../../support/window/chat';
import { useSimulator } from '../../support/window/simulated';
import { until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

const model = 'gemini-3.8-flash';
/** Requests a minute, by the person's own setting: the service itself takes more, and says nothing. */
const rpm = 3;

const scenario: Scenario = {
	description: 'one key with a narrow minute, and two that come later',
	projects: ['one', 'two', 'three'].map((id) => ({
		id,
		tier: 'free' as const,
		quotas: { [model]: { rpm: 300, tpm: 1_000_000, rpd: 5_000 } },
	})),
	keys: ['one', 'two', 'three'].map((id) => ({ secret: `sim-${id}`, project: id })),
	secrets: ['sim-one', 'sim-two', 'sim-three'],
};

describe('two tabs of a browser', () => {
	const simulator = useSimulator(scenario, undefined, (service) => toPages(service, { asked: [] }));
	const extension = new WebExtension();
	after(() => extension.dispose());
	const workbench = useWorkbench(() =>
		Promise.resolve({
			extensions: [extension.folder],
			settings: {
				'keypool.baseUrl': simulator().url,
				'keypool.limits': { 'Key 1': { [model]: { rpm } } },
				'keypool.whenExhausted': 'wait',
				'keypool.fallbackModels': [],
			},
		}),
	);
	let one: Window;
	let two: Window;
	const status = (window: Window, text: string): Promise<void> =>
		window.statusBarItem('keypool.status').filter({ hasText: text }).waitFor();

	it('the second one knows the key that the first one added', async () => {
		one = await workbench().open();
		await addKeys(one, ['sim-one']);
		await one.notice('was added and works');
		await status(one, '1/1');
		two = await workbench().open();
		await status(two, '1/1');
	});

	it('never send more than the limit of a minute together', async () => {
		const chats = [one, two].map((window) => new Chat(window));
		for (const [n, chat] of [...chats, ...chats].entries()) await chat.ask(`Question ${n}? [short]`);
		// Which of the last two waits is the tabs' own affair.
		const questions = chats.flatMap((chat, n) => [n, n + 2].map((at) => chat.answerTo(`Question ${at}? [short]`)));
		await until('three answers', async () => {
			const states = await Promise.all(questions.map((answer) => answer.getAttribute('data-state')));
			return states.filter((state) => state === 'done').length === rpm;
		});
		await status(one, '0/1');
		await status(two, '0/1');
		assert.equal(sendsOf(simulator().service.log).length, rpm);
		await two.screenshot('two-tabs-wait');
		for (const answer of questions)
			if ((await answer.getAttribute('data-state')) !== 'done') await answer.locator('[data-action="cancel"]').click();
	});

	it('a tab whose copy of the keys is old asks for a reload before it writes, and nothing is lost', async () => {
		await addKeys(one, ['sim-two']);
		await one.notice('Key 2 (sim-');
		await two.notice('The keys were changed in another tab. Reload this window, then try again.');
		await addKeys(two, ['sim-three']);
		await two.screenshot('two-tabs-old');
		await two.reload();
		await status(two, '/2');
		await one.reload();
		await status(one, '/2');
		await addKeys(two, ['sim-three']);
		await two.notice('Key 3 (sim-');
		await one.reload();
		await status(one, '/3');
	});

	it('a key that got lost is noticed, and said', async () => {
		// What an extension that guards nothing does in a tab of before: it writes its old copy of all secrets.
		const name = 'secrets.provider';
		const before = await two.page.evaluate<string | null>(`localStorage.getItem('${name}')`);
		await one.reload();
		await status(one, '/3');
		await addKeys(one, ['sim-four']);
		await one.notice('Key 4 (sim-');
		await one.page.evaluate(`localStorage.setItem('${name}', ${JSON.stringify(before)})`);
		await one.reload();
		await one.notice('A key that this browser kept is missing');
		await one.screenshot('key-lost');
		await one.pressOnNotification('A key that this browser kept is missing', 'Continue Without It');
		await addKeys(one, ['sim-four']);
		await one.notice('Key 4 (sim-');
	});
});
