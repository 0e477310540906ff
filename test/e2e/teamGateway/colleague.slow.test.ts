import assert from 'node:assert/strict';
import { HeadlessProgram } from '../../support/gateway/headlessProgram';
import { Chat } from '../../support/window/chat';
import { Dashboard } from '../../support/window/dashboard';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';

/** Times of day and the free port of this run, which are never the same. */
const looks = [
	{ name: 'light', theme: 'Default Light Modern', words: 'en' },
	{ name: 'dark', theme: 'Default Dark Modern', words: 'en' },
	{ name: 'high-contrast', theme: 'Default Light Modern', highContrast: true, words: 'en' },
	{ name: 'vietnamese', theme: 'Default Light Modern', language: 'vi', words: 'vi' },
] as const;

const texts = {
	en: {
		use: 'Keypool: Use a Team Gateway…',
		stop: 'Keypool: Stop Using the Team Gateway',
		keys: 'Keys',
		gateway: 'gateway',
		requests: 'Requests today',
		usedUp: 'budget used up',
		refused: 'Your budget at the team’s gateway does not allow this request.',
		nobody: 'no keys',
		dashboard: 'Keypool: Open Dashboard',
	},
	vi: {
		use: 'Keypool: Dùng gateway của nhóm…',
		stop: 'Keypool: Ngừng dùng gateway của nhóm',
		keys: 'Khóa',
		gateway: 'gateway',
		requests: 'Yêu cầu hôm nay',
		usedUp: 'hết ngân sách',
		refused: 'Ngân sách của bạn ở gateway của nhóm không cho phép yêu cầu này.',
		nobody: 'chưa có khóa',
		dashboard: 'Keypool: Mở bảng theo dõi',
	},
} as const;

for (const look of looks) {
	describe(`a colleague without keys, ${look.name}`, () => {
		const words = texts[look.words];
		const workbench = useWorkbench({
			settings: { 'workbench.colorTheme': look.theme, 'keypool.fallbackModels': [] },
			...('language' in look && { language: look.language }),
		});
		let team: HeadlessProgram;
		let url: string;
		let token: string;
		let window: Window;
		let chat: Chat;
		before(async () => {
			team = await HeadlessProgram.create();
			token = await team.say('token', 'add', 'ann', '--owner', 'Ann', '--keys', 'any', '--requests-per-day', '1');
			({ url } = await team.start());
			window = await workbench().open();
			if ('highContrast' in look) await window.inHighContrast();
			chat = new Chat(window);
			await window.openContainer();
		});
		after(() => team.dispose());

		/** In the chat's own box: the palette has the words of the language. */
		async function ask(question: string): Promise<void> {
			await chat.input.fill(question);
			await chat.input.press('Enter');
		}

		it('gives address and token, and sees the gateway in place of keys', async () => {
			await window.palette(words.use);
			await window.answerInput(`${url}/v1beta/`);
			await window.answerInput(token);
			await window
				.treeRows(words.keys)
				.filter({ hasText: new URL(url).host })
				.waitFor();
			await window
				.treeRows(words.keys)
				.filter({ hasText: words.requests })
				.filter({ hasText: /0(?: of |\/)1/ })
				.waitFor();
			await window.statusBarItem('keypool.status').filter({ hasText: words.gateway }).waitFor();
			await window.screenshot(`team-gateway-${look.name}`);
		});

		it('asks and is answered, without a key of one’s own', async () => {
			await ask('Hi [short]');
			await chat.answerTo('Hi [short]').getByText('sim-answer-').first().waitFor();
			assert.equal(team.service.counts.generation.get('answered'), 1);
		});

		it('is told that the budget there is used up, in the tree, the status bar, the dashboard and in place of an answer', async () => {
			await window.statusBarItem('keypool.status').filter({ hasText: words.usedUp }).waitFor();
			await ask('And again? [short]');
			await chat.answerTo('And again? [short]').locator('[data-role="error"]', { hasText: words.refused }).waitFor();
			assert.equal(team.service.counts.generation.get('answered'), 1);
			await window.screenshot(`team-gateway-used-up-${look.name}`);
			const dashboard = new Dashboard(window);
			await window.palette(words.dashboard);
			await dashboard.locator('h1').waitFor();
			await dashboard.locator('[data-role="team"]', { hasText: new URL(url).host }).waitFor();
			assert.equal(await dashboard.locator('[data-figure="usable"]').count(), 0);
			await window.screenshot(`team-gateway-dashboard-${look.name}`);
		});

		it('stops, and nothing is left of it', async () => {
			await window.palette(words.stop);
			await window.statusBarItem('keypool.status').filter({ hasText: words.nobody }).waitFor();
		});
	});
}
