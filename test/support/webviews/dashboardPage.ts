import type { Browser, Page } from 'playwright-core';
import vietnamese from '../../../l10n/bundle.l10n.vi.json';
import { createMasker } from '../../../src/masking/masking';
import type { KeyId, Snapshot } from '../../../src/pool/pool';
import { dashboardData, type History } from '../../../src/views/dashboard/project';
import { dashboardStrings } from '../../../src/views/dashboard/strings';
import type { DashboardEvent, DashboardRequest, TeamFact } from '../../../src/webviews/dashboardProtocol';
import { createWords, type Translate } from '../../../src/localization/words';
import type { themes } from './themes';
import { english, WebviewPage, type Files } from './webviewPage';

export type Language = 'en' | 'vi';

const bundle: Readonly<Record<string, string>> = vietnamese;
const translations: Readonly<Record<Language, Translate>> = {
	en: english,
	vi: (text, ...values) => english(bundle[text] ?? text, ...values),
};

/** The dashboard's document in a plain browser, told what the real projection makes of a pool's facts. */
export class DashboardPage extends WebviewPage<DashboardRequest, DashboardEvent> {
	/** Whether the list of prices is an old one. */
	isOldList = false;
	/** Whose turn it is. */
	next: KeyId | undefined;
	team: readonly TeamFact[] = [];

	static async open(
		browser: Browser,
		files: Files,
		{ theme = 'dark', width = 1_000 }: { readonly theme?: keyof typeof themes; readonly width?: number } = {},
	): Promise<DashboardPage> {
		// Where it is told instants, it is read in the same zone as the host's words.
		return DashboardPage.on(
			await browser.newPage({ viewport: { width, height: 900 }, timezoneId: 'UTC' }),
			files,
			theme,
		);
	}

	/** The same on a page that another document has left. */
	static async on(tab: Page, files: Files, theme: keyof typeof themes = 'dark'): Promise<DashboardPage> {
		const page = new DashboardPage(tab);
		await page.load(files, theme);
		await page.request('ready');
		return page;
	}

	/** All at once, as a new document is told it. `now`: ms since 1970. */
	async state(snapshot: Snapshot, history: History, now: number, language: Language = 'en'): Promise<void> {
		const t = translations[language];
		await this.page.clock.setFixedTime(now);
		const data = this.dataOf(snapshot, history, now, language);
		await this.tell({ type: 'state', locale: language, strings: dashboardStrings(t), data });
		await this.page.locator('h1').waitFor();
		await this.drawn();
	}

	async data(snapshot: Snapshot, history: History, now: number): Promise<void> {
		await this.page.clock.setFixedTime(now);
		await this.tell({ type: 'data', data: this.dataOf(snapshot, history, now, 'en') });
		await this.drawn();
	}

	figure(name: string): Promise<string> {
		return this.page.locator(`[data-figure="${name}"] dd`).innerText();
	}

	section(heading: string) {
		return this.page.locator('section', { has: this.page.locator('h2', { hasText: heading }) });
	}

	private dataOf(snapshot: Snapshot, history: History, now: number, language: Language) {
		const words = createWords(translations[language], { language, zone: 'UTC' }, () => now);
		const prices = { date: '2026-09-23', isOld: this.isOldList };
		const { next, team } = this;
		return dashboardData(snapshot, history, now, words, createMasker().mask, { prices, next, team });
	}
}
