import assert from 'node:assert/strict';
import texts from '../../../l10n/bundle.l10n.vi.json';
import english from '../../../package.nls.json';
import vietnamese from '../../../package.nls.vi.json';
import { Chat } from '../../support/window/chat';
import { nineKeys } from '../../support/window/nineKeys';
import { useSimulator } from '../../support/window/simulated';
import { eventually, opens, until } from '../../support/window/until';
import type { Window } from '../../support/window/window';
import { useWorkbench } from '../../support/window/workbench';
import { widenSideBar } from '../../support/window/drag';
import { MovedClock } from '../../support/window/movedClock';

type Look = 'light' | 'dark' | 'high-contrast' | 'vietnamese';

/** A window each, which takes on one look after the other and goes back in the opposite order. */
const windows: readonly { readonly in: string; readonly language?: string; readonly looks: readonly Look[] }[] = [
	{ in: 'English', looks: ['light', 'dark', 'high-contrast'] },
	{ in: 'Vietnamese', language: 'vi', looks: ['vietnamese'] },
];

type UserMessage = readonly [state: keyof typeof texts, reason?: keyof typeof texts];

/** What rows say, in the words of the code; a moment that changes is left out. */
const first: readonly UserMessage[] = [
	['disabled'],
	['resting {0}'],
	['day quota'],
	['needs attention: {0}', 'blocked by Google'],
	['needs attention: {0}', 'stopped by billing'],
	['not in this tier'],
	['needs attention: {0}', 'not a valid key'],
	['usable'],
	['{0}, not checked yet', 'usable'],
];
const later: readonly UserMessage[] = [
	['disabled'],
	['trying one call'],
	['day quota'],
	['needs attention: {0}', 'blocked by Google'],
	['needs attention: {0}', 'stopped by billing'],
	['not in this tier'],
	['needs attention: {0}', 'not a valid key'],
	['needs attention: {0}', 'reported as leaked'],
	['Paused: {0}', 'reported as leaked'],
];

for (const { in: tongue, language, looks } of windows) {
	describe(`nine keys in every state, in ${tongue}`, () => {
		const isVietnamese = language === 'vi';
		const clock = new MovedClock();
		after(() => clock.dispose());
		const simulator = useSimulator(nineKeys, clock.clock);
		const workbench = useWorkbench(() =>
			Promise.resolve({
				env: { ...simulator().envWithKeys, ...clock.env },
				settings: { 'workbench.colorTheme': 'Default Light Modern', 'keypool.strategy': 'primaryBackup' },
				...(language !== undefined && { language }),
			}),
		);
		let window: Window;
		const say = (text: keyof typeof texts): string => (isVietnamese ? texts[text] : text);
		const title = (name: keyof typeof english): string => (isVietnamese ? vietnamese : english)[name];
		const rows = (shown = window) => shown.treeRows(title('view.keys'));
		const row = (label: string, shown = window) => rows(shown).filter({ hasText: label }).first();
		const act = async (label: string, ...items: readonly (keyof typeof english)[]): Promise<void> => {
			await window.contextMenuOf(row(label), ...items.map(title));
		};
		const shows = async (states: readonly UserMessage[]): Promise<void> => {
			for (const [state, reason] of states) {
				const serviceMessage = say(state).replace('{0}', reason === undefined ? '\u0000' : say(reason));
				const [before = '', after = ''] = serviceMessage.split('\u0000');
				await rows().filter({ hasText: before }).filter({ hasText: after }).first().waitFor();
			}
		};
		const spoken = async (): Promise<readonly string[]> => {
			const all = await Promise.all((await rows().all()).map((one) => one.getAttribute('aria-label')));
			// Times of day, and no countdown: that would be read aloud each second.
			for (const text of all) assert.doesNotMatch((text ?? '').replace(/\d\d:\d\d/g, ''), /\d:\d\d/);
			return all.map((text) => text ?? '');
		};
		/** Nine rows need the whole side bar: rows below its end are not drawn. */
		const hideChat = (shown = window) => {
			const header = shown.page.locator('.pane-header', { hasText: title('view.chat') });
			return opens(header.and(shown.page.locator('[aria-expanded="false"]')), () => header.click());
		};
		const badge = (count: string) =>
			window.page
				.locator('.activitybar .action-item', { has: window.page.locator('[class*="view-extension-keypool"]') })
				.locator('.badge-content')
				.getByText(count, { exact: true })
				.waitFor();

		let worn = looks[0];
		const wear = async (look: Look): Promise<void> => {
			if (look === worn) return;
			if (worn === 'high-contrast') await window.outOfHighContrast();
			if (look === 'high-contrast') await window.inHighContrast();
			else await window.wear(look === 'dark' ? 'Dark Modern' : 'Light Modern', look === 'dark' ? 'vs-dark' : 'vs');
			worn = look;
		};

		it('are told apart by icon and words, and by what a screen reader says', async () => {
			window = await workbench().open();
			await window.openContainer();
			const chat = new Chat(window);
			await act('sim-off', 'command.disableKey');
			await shows(first.slice(0, 1));
			await chat.ask('Who is there? [short]');
			// First of all: it passes within a minute.
			await shows(first.slice(1, 2));
			await chat.finished('Who is there? [short]');
			await hideChat();
			await shows(first);
			await eventually(async () => assert.equal((await spoken()).length, 9));
			await badge('3');
			const hover = window.page.locator('.workbench-hover').getByText('sim-minute').first();
			await window.hover(row('sim-minute'), hover);
			for (const look of looks) {
				await wear(look);
				await shows(first);
				await window.screenshot(`nine-keys-${look}`);
			}
		});

		it('are told apart when a cap is reached, a call is tried, and a leak has made the pool pause', async () => {
			const requests = window.quickPick(say('Requests a day'));
			await opens(requests, () => act('sim-good-1', 'menu.project', 'command.setDailyCap'));
			await requests.click();
			await window.answerInput('1');
			await row('sim-good-1')
				.filter({ hasText: say('your cap') })
				.waitFor();
			await clock.move(40_000, 1);
			// Before that the pool goes by the time that it knew.
			await row('sim-minute')
				.filter({ hasText: say('usable') })
				.waitFor();
			await new Chat(window).ask('Who tries? [short]');
			await shows(later.slice(1, 2));
			// Its keys are lent to it anew, with nothing that was said of them here.
			const other = await workbench().open();
			await other.openContainer();
			await hideChat(other);
			for (const label of ['sim-off', 'sim-good-1']) {
				await other.contextMenuOf(row(label, other), title('command.disableKey'));
			}
			await other.statusBarItem('keypool.status').filter({ hasText: '/7' }).waitFor();
			await new Chat(other).ask('Who leaks? [short]');
			await hideChat();
			await shows(later);
			await eventually(async () => {
				const all = await spoken();
				assert.equal(all.length, 10);
				assert.ok(all.some((text) => text.includes('sim-good-1') && text.includes(say('your daily cap is reached'))));
			});
			await badge('4');
			await window.noHover();
			for (const look of looks.toReversed()) {
				await wear(look);
				await shows(later);
				await window.screenshot(`nine-keys-later-${look}`);
			}
			assert.deepEqual(other.errors, []);
		});

		it('are told apart in a side bar of 200 pixels', async () => {
			const sideBar = window.page.locator('.part.sidebar');
			const width = async (): Promise<number> => (await sideBar.boundingBox())?.width ?? 0;
			await widenSideBar(window, 200 - (await width()));
			await until('the narrow side bar', async () => Math.abs((await width()) - 200) < 6);
			for (const look of looks) {
				await wear(look);
				await row('sim-minute').waitFor();
				await window.screenshot(`nine-keys-narrow-${look}`);
			}
			assert.deepEqual(window.errors, []);
		});
	});
}
