import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { count, dailyCost, historyOf } from '../../support/views/dashboard/facts';
import { keyView, minute, modelView, noon, snapshotOf, spendingOf, standings } from '../../support/views/snapshots';
import { busyPool, hostileLabel } from '../../support/webviews/busyPool';
import { DashboardPage } from '../../support/webviews/dashboardPage';
import { palettes, unseenColours } from '../../support/webviews/chartColours';
import { themeNames, themes } from '../../support/webviews/themes';
import { until } from '../../support/window/until';
import { buildFiles, launch, type Files } from '../../support/webviews/webviewPage';

describe('the dashboard’s document', () => {
	let browser: Browser;
	let files: Files;
	let dashboard: DashboardPage;
	let page: Page;

	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('dashboard')]);
		const first = await DashboardPage.open(browser, files);
		await first.leave();
		({ page } = first);
	});
	after(() => browser.close());
	beforeEach(async () => {
		await page.setViewportSize({ width: 1_000, height: 900 });
		dashboard = await DashboardPage.on(page, files);
	});
	afterEach(async () => {
		assert.deepEqual([dashboard.errors, dashboard.loads], [[], []]);
		await dashboard.leave();
	});

	const two = snapshotOf([keyView('work', standings.usable), keyView('home', standings.usable)]);
	const some = historyOf([
		count(1, 'work', 'answered', 3),
		{ ...count(1, 'home', 'rpm', 2), fallbacks: 2 },
		count(30, 'work', 'answered'),
		count(600, 'home', 'answered', 40),
	]);
	const option = (name: string) => dashboard.page.locator(`[data-option="${name}"]`);
	const legend = async (): Promise<readonly string[]> =>
		(await dashboard.section('Usage').locator('.legend li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
	const busy = busyPool();

	for (const theme of themeNames) {
		it(`has colours that can be seen and told from their neighbours in ${theme}`, async () => {
			await dashboard.leave();
			dashboard = await DashboardPage.on(page, files, theme);
			await dashboard.state(busy.snapshot, busy.history, noon);
			for (const names of Object.values(palettes))
				assert.deepEqual(await unseenColours(dashboard.page.locator('main'), names), []);
		});
	}

	it('tells the layers of the chart apart where the system forces its own colours on the page', async () => {
		await page.emulateMedia({ forcedColors: 'active' });
		try {
			await dashboard.state(busy.snapshot, busy.history, noon);
			for (const names of Object.values(palettes)) {
				const unseen = await unseenColours(dashboard.page.locator('main'), names);
				assert.deepEqual(
					unseen.filter((one) => one.includes(' looks like ')),
					[],
				);
			}
		} finally {
			await page.emulateMedia({ forcedColors: 'none' });
		}
	});

	it('says that its numbers are old where nobody tells it any: the extension host that did has ended, and another has no part in it', async () => {
		const tab = await browser.newPage();
		// A minute takes two seconds.
		await tab.addInitScript('const every = setInterval; setInterval = (run, ms) => every(run, ms / 30);');
		const quick = await DashboardPage.on(tab, files);
		const old = tab.getByRole('alert').filter({ hasText: 'These numbers are no longer updated.' });
		await quick.state(two, some, noon);
		assert.equal(await old.count(), 0);
		await old.waitFor();
		await quick.data(two, some, noon);
		assert.equal(await old.count(), 0);
		await tab.close();
	});

	it('names each column of the budgets, and has one for the state only where a client is stopped', async () => {
		const columns = dashboard.page.locator('[data-role="costs"] table').first().locator('thead th');
		await dashboard.state(two, some, noon);
		assert.deepEqual(await columns.allInnerTexts(), ['Spending and budgets', 'Today', 'This month']);
		await dashboard.state(busy.snapshot, busy.history, noon);
		assert.deepEqual(await columns.allInnerTexts(), ['Spending and budgets', 'Today', 'This month', 'State']);
	});

	it('shows what answers cost, against budgets, by day, key, client and model, and keeps the choice', async () => {
		dashboard.isOldList = true;
		await dashboard.state(busy.snapshot, busy.history, noon);
		assert.equal(await dashboard.figure('cost'), '$4.21 of $5.00');
		const costs = dashboard.section('Costs');
		const cell = (row: string) => costs.locator(`[data-cost="${row}"] [data-field="cost"]`);
		const heads = await costs.locator('table').last().locator('thead th').allInnerTexts();
		assert.ok(heads.includes('Requests that count') && !heads.includes('Requests sent'), heads.join());
		assert.equal(await cell('Nov 24').innerText(), '$4.21');
		await option('byClient').click();
		assert.equal(await cell('gateway:cline').innerText(), '$14.40');
		await option('byModel').click();
		assert.equal(await cell('gemini-3.5-flash-lite').innerText(), '$0.55');
		await option('byKey').click();
		await dashboard.drawn();
		assert.deepEqual(await costs.locator('[data-cost="personal"] td').allInnerTexts(), [
			...['$0.00', '$0.021', '200', '20,000', '5,000', '4,000'],
		]);
		assert.equal(await costs.locator('[data-budget="gateway:cline"] [data-field="day"]').innerText(), '$3.90 of $4.00');
		await costs.locator('[data-action="release"]').click();
		await costs.locator('[data-action="set-budget"]').click();
		const acts = () => dashboard.requests.flatMap((request) => (request.type === 'run' ? [request.act] : []));
		await until('both acts', () => acts().length === 2);
		assert.deepEqual(acts(), ['releaseClient', 'setPoolBudget']);
		assert.match(await costs.locator('[data-field="prices-old"]').innerText(), /older than 90 days/);
		assert.match(await costs.innerText(), /price list of 2026-09-23.*Google’s count is final/);
		for (const [language, width] of [
			['en', 1_000],
			['vi', 420],
		] as const) {
			await dashboard.page.setViewportSize({ width, height: 900 });
			await dashboard.state(busy.snapshot, busy.history, noon, language);
			await dashboard.screenshot(`dashboard-costs-${language}`, true);
		}
		await dashboard.page.reload();
		await dashboard.state(busy.snapshot, busy.history, noon);
		assert.equal(await option('byKey').getAttribute('aria-pressed'), 'true');
	});

	it('says how many budgets are not listed, and lists the costs of two months', async () => {
		const spending = spendingOf(400_000, 2_000_000, { day: 5_000_000 });
		const keys = Array.from({ length: 60 }, (_, n) => keyView(`project ${n}`, standings.usable, { spending }));
		const costs = Array.from({ length: 62 }, (_, n) => dailyCost(n, 'project 1', 99_600));
		await dashboard.state(snapshotOf(keys), historyOf([], [], {}, costs), noon);
		const section = dashboard.section('Costs');
		assert.equal(await section.locator('[data-budget]').count(), 40);
		assert.match(await section.innerText(), /Not listed: 21 more\./);
		assert.deepEqual(await section.locator('[data-cost="Sep 24"] [data-field="cost"]').allInnerTexts(), ['$0.10']);
		await dashboard.screenshot('dashboard-costs-many', true);
	});

	it('counts the last hour or day, by key or outcome, and keeps the choice', async () => {
		await dashboard.state(two, some, noon);
		assert.deepEqual([await dashboard.figure('sends'), await dashboard.figure('answered')], ['6', '66%']);
		assert.deepEqual(await legend(), ['work 4', 'home 2']);
		await option('day').click();
		await option('outcome').click();
		await dashboard.drawn();
		assert.equal(await dashboard.figure('sends'), '46');
		assert.deepEqual(await legend(), ['answered 44', 'requests per minute used up 2']);
		await option('tokens').click();
		await dashboard.drawn();
		assert.deepEqual(await legend(), ['answered 528', 'requests per minute used up 24']);
		await option('fallbacks').click();
		await dashboard.drawn();
		assert.deepEqual(await legend(), ['requests per minute used up 2']);
		assert.equal(await dashboard.figure('fallbacks'), '2');
		assert.equal(await dashboard.page.locator('[data-group="home"] [data-field="fallbacks"]').innerText(), '2');
		await option('tokens').click();
		await dashboard.page.reload();
		await dashboard.state(two, some, noon);
		assert.equal(await option('day').getAttribute('aria-pressed'), 'true');
		assert.deepEqual(await legend(), ['answered 528', 'requests per minute used up 24']);
	});

	it('shows each key with its health and whose turn is next, use by client, and what a team tells', async () => {
		dashboard.next = busy.snapshot.keys[1]?.key.id;
		dashboard.team = [{ label: 'Shared with', value: 'four colleagues' }];
		await dashboard.state(busy.snapshot, busy.history, noon);
		const keys = dashboard.page.locator('[data-role="keys"]');
		assert.equal(await keys.locator('[data-field="next"]').count(), 1);
		assert.equal(await keys.locator('[data-key="work (paid)"] [data-field="next"]').innerText(), 'next in turn');
		assert.equal(await keys.locator('[data-key="spoilt"] [data-field="health"]').innerText(), '100');
		assert.match(await dashboard.page.locator('[data-role="team"]').innerText(), /Shared with\s+four colleagues/);
		await option('client').click();
		assert.ok((await legend()).some((text) => text.startsWith('gateway:cline')));
		assert.equal(await dashboard.page.locator('[data-group="gateway:cline"]').count(), 1);
		dashboard.team = [];
		await dashboard.data(busy.snapshot, busy.history, noon);
		assert.equal(await dashboard.page.locator('[data-role="team"]').count(), 0);
	});

	it('tells what others have probably used of a quota apart from all that is used', async () => {
		await dashboard.state(busy.snapshot, busy.history, noon);
		const quotas = await dashboard.section('Quotas').innerText();
		assert.match(quotas, /212 of 250\s+30 of them probably by others/);
		assert.equal(quotas.match(/by others/g)?.length, 1);
	});

	it('says of the tokens of a day which they are: a daily cap counts answers too, a limit of a model its input alone', async () => {
		const cap = { tpd: { used: 7, limit: 70, source: 'user' } } as const;
		const limits = { tpd: { used: 5, limit: 50, source: 'stated' } } as const;
		const capped = keyView('work', standings.usable, {
			cap: { availability: standings.usable, limitUsage: cap, dayEndsAt: standings.day.until },
			models: [modelView(standings.usable, { tokensToday: 5, limitUsage: limits })],
		});
		await dashboard.state(snapshotOf([capped]), historyOf([]), noon);
		const quotas = dashboard.section('Quotas');
		assert.equal(await quotas.locator('thead th').last().innerText(), 'Tokens a day');
		const said = (used: string): Promise<string> =>
			quotas.locator('.use', { hasText: used }).locator('.fine').innerText();
		assert.doesNotMatch(await said('7 of 70'), /Input tokens/);
		assert.match(await said('5 of 50'), /^Input tokens( · |$)/);
	});

	it('says that no prompt went on elsewhere, where none did', async () => {
		await dashboard.state(two, historyOf([count(1, 'work', 'answered', 3)]), noon);
		await option('fallbacks').click();
		await dashboard.section('Usage').getByText('No request moved to another key or model in this period.').waitFor();
		await option('sends').click();
		await dashboard.page.locator('.chart canvas').waitFor();
	});

	it('shows new numbers as they come', async () => {
		await dashboard.state(two, some, noon);
		const before = await picture();
		await dashboard.data(two, historyOf([...some.minutes(), count(0, 'home', 'answered', 5)]), noon + minute / 2);
		assert.equal(await dashboard.figure('sends'), '11');
		assert.deepEqual(await legend(), ['home 7', 'work 4']);
		assert.notEqual(await picture(), before);
	});

	it('says the same in a table behind the chart, and in the picture’s own words', async () => {
		await dashboard.state(two, some, noon);
		await dashboard.page.getByRole('img', { name: 'Requests sent, Last hour: work 4, home 2' }).waitFor();
		await dashboard.page.locator('[data-role="usage-table"] summary').press('Enter');
		const rows = await dashboard.page.locator('[data-role="usage-table"] tr').allInnerTexts();
		assert.deepEqual(
			rows.map((row) => row.split('\t').join(' ')),
			['Time work home All', '11:30 1 0 1', '11:59 3 2 5'],
		);
	});

	it('names the numbers of the slot under the pointer', async () => {
		await dashboard.state(two, some, noon);
		const box = await dashboard.page.locator('.u-over').boundingBox();
		assert.ok(box);
		await dashboard.page.mouse.move(box.x + (box.width * 58.5) / 60, box.y + box.height / 2);
		await dashboard.page.locator('.legend .when', { hasText: '11:59–12:00' }).waitFor();
		assert.deepEqual(await legend(), ['work 3', 'home 2']);
		await dashboard.page.mouse.move(0, 0);
		await dashboard.page.locator('.legend .when', { hasText: 'All' }).waitFor();
	});

	it('takes labels with markup, quotes, newlines and emoji for text', async () => {
		await dashboard.state(busy.snapshot, busy.history, noon);
		const shown = hostileLabel.replace('\n', ' ');
		assert.equal(await dashboard.page.locator('img').count(), 0);
		assert.equal(
			await dashboard.section('Usage').locator('tbody bdi', { hasText: '<img' }).first().textContent(),
			shown,
		);
		assert.equal(await dashboard.section('Quotas').locator('bdi', { hasText: '<img' }).first().textContent(), shown);
		assert.equal(
			await dashboard.section('Rests').locator('.name bdi', { hasText: '<img' }).first().textContent(),
			shown,
		);
	});

	it('unfolds by keyboard how a request came about', async () => {
		await dashboard.state(busy.snapshot, busy.history, noon);
		const button = dashboard.page.locator('[data-request="r1"] .expand');
		await button.focus();
		await dashboard.page.keyboard.press('Enter');
		const attempts = dashboard.page.locator('[id="attempts-r1"]');
		await attempts.waitFor();
		assert.equal(await button.getAttribute('aria-expanded'), 'true');
		const isWhole = `(() => {
			const { outlineWidth, outlineOffset } = getComputedStyle(document.activeElement);
			const around = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
			const [ring, table] = [document.activeElement, document.activeElement.closest('.scroll')];
			return ring.getBoundingClientRect().left - around >= table.getBoundingClientRect().left;
		})()`;
		assert.equal(
			await dashboard.page.evaluate(isWhole),
			true,
			'the table, which scrolls, cuts off no line of the ring',
		);
		assert.deepEqual(
			(await attempts.locator('li').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
			[
				'11:59:18 · personal · gemini-3.8-flash · requests per minute used up · 130 ms',
				'11:59:18 · work (paid) · gemini-3.8-flash · answered · 800 ms',
			],
		);
		await attempts.getByText('switched: requests per minute used up').waitFor();
		// It stays so when numbers come.
		await dashboard.data(busy.snapshot, busy.history, noon + 1_000);
		assert.equal(await attempts.isVisible(), true);
	});

	it('keeps the focus: what VS Code’s list took it from has it again, and what is gone leaves it on the page', async () => {
		await dashboard.state(two, historyOf([count(600, 'home', 'answered', 40)]), noon);
		await dashboard.page.locator('[data-action="set-budget"]').focus();
		// As VS Code does it: the frame that takes the focus leaves none in the page, which then has it alone.
		await dashboard.page.evaluate(`document.activeElement.blur(); dispatchEvent(new Event('focus'))`);
		await dashboard.page.locator('[data-action="set-budget"]:focus').waitFor();
		await dashboard.section('Usage').getByRole('button', { name: 'Last day' }).press('Enter');
		await dashboard.page.locator('[data-option="day"]:focus').waitFor();
	});

	it('counts down until a minute is free again', async () => {
		await dashboard.state(busy.snapshot, busy.history, noon);
		const left = dashboard.section('Quotas').locator('.use', { hasText: '5 of 5' }).locator('.fine');
		const first = await left.innerText();
		assert.match(first, /^free again in 0:[34]\d$/);
		await until('the next second', async () => (await left.innerText()) !== first);
		assert.match(await left.innerText(), /^free again in 0:[34]\d$/);
	});

	it('draws anew in the colours of another theme', async () => {
		await dashboard.state(two, some, noon);
		assert.equal(await isPainted(themes.dark['--vscode-charts-blue']), true);
		await dashboard.wear('light');
		await dashboard.drawn();
		assert.equal(await isPainted(themes.dark['--vscode-charts-blue']), false);
		assert.equal(await isPainted(themes.light['--vscode-charts-blue']), true);
	});

	it('asks the host for what a person wants, and says what went wrong', async () => {
		await dashboard.state(snapshotOf([]), historyOf(), noon);
		await dashboard.page.getByRole('button', { name: 'Add Key' }).click();
		assert.deepEqual(await dashboard.request('run'), { type: 'run', act: 'addKey' });
		dashboard.refuse = () => 'The disk is full.';
		await dashboard.page.getByRole('button', { name: 'Export…' }).click();
		assert.deepEqual(await dashboard.request('export'), { type: 'export' });
		await dashboard.page.getByRole('alert').filter({ hasText: 'The disk is full.' }).waitFor();
	});

	it('leads from an empty hour to the day, and from an empty day to a question', async () => {
		await dashboard.state(two, historyOf([count(300, 'work', 'answered')]), noon);
		await dashboard.section('Usage').getByRole('button', { name: 'Last day' }).click();
		await dashboard.page.locator('.chart canvas').waitFor();
		await dashboard.state(two, historyOf(), noon);
		await dashboard.page.getByRole('button', { name: 'Ask Gemini…' }).click();
		assert.deepEqual(await dashboard.request('run'), { type: 'run', act: 'ask' });
	});

	it('says that the pool is paused, and why', async () => {
		const paused = { reason: 'leaked', by: 'work', since: noon } as const;
		await dashboard.state({ ...two, paused }, some, noon);
		await dashboard.page.getByText('Keypool is paused: work: Google has reported this key as leaked').waitFor();
		await dashboard.page.getByRole('button', { name: 'Show Keys' }).click();
		assert.deepEqual(await dashboard.request('run'), { type: 'run', act: 'showKeys' });
	});

	function picture(): Promise<string> {
		return dashboard.page.evaluate<string>(`document.querySelector('.chart canvas').toDataURL()`);
	}

	/** Whether the chart has a point of this colour. */
	function isPainted(colour: string): Promise<boolean> {
		const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
		return dashboard.page.evaluate<boolean>(`(() => {
			const canvas = document.querySelector('.chart canvas');
			const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
			for (let at = 0; at < data.length; at += 4) {
				if (${JSON.stringify(wanted)}.every((value, n) => data[at + n] === value) && data[at + 3] === 255) return true;
			}
			return false;
		})()`);
	}
});
