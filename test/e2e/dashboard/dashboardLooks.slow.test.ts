import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { historyOf } from '../../support/views/dashboard/facts';
import { keyView, noon, snapshotOf, standings } from '../../support/views/snapshots';
import { violations } from '../../support/window/axe';
import { busyPool } from '../../support/webviews/busyPool';
import { DashboardPage, type Language } from '../../support/webviews/dashboardPage';
import { themeNames } from '../../support/webviews/themes';
import { buildFiles, launch, type Files } from '../../support/webviews/webviewPage';

const languages: readonly Language[] = ['en', 'vi'];
const busy = busyPool();
const unused = snapshotOf([keyView('work', standings.usable)]);

/** What can be moved sideways, or ends where it cannot be seen. */
const cutOff = `[document.documentElement, ...document.querySelectorAll('body *')]
	.filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
	.filter((element) => element.clientWidth > 0 && !element.closest('.chart') && !(element instanceof SVGElement))
	.map((element) => element.outerHTML.slice(0, 120) + ' ' + element.scrollWidth + ' > ' + element.clientWidth)`;

/** Figures that are alone in their row where there is room, and first cells of a request that are taller than a line where it is a list. */
const ragged = `[
	...[...document.querySelectorAll('.figures > div')].filter(
		(figure, _, all) => innerWidth > 640 && all.filter((other) => other.offsetTop === figure.offsetTop).length === 1),
	...[...document.querySelectorAll('.request td:first-child')].filter((cell) => innerWidth <= 640 && cell.offsetHeight > 40),
].map((element) => element.innerText)`;

describe('the dashboard’s looks', () => {
	let browser: Browser;
	let files: Files;

	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles('dashboard')]);
	});

	after(() => browser.close());

	for (const theme of themeNames) {
		for (const language of languages) {
			it(`fit 300 to 1,400 px and keep the rules of accessibility in ${theme}, ${language}`, async () => {
				const dashboard = await DashboardPage.open(browser, files, { theme });
				const { page } = dashboard;
				const look = async (name: string) => {
					for (const width of [300, 900, 1_400]) {
						await page.setViewportSize({ width, height: 900 });
						await dashboard.drawn();
						await dashboard.screenshot(`dashboard-${name}-${theme}-${language}-${width}`, true);
						assert.deepEqual(await page.evaluate(cutOff), [], `${name} ${width}`);
						assert.deepEqual(await page.evaluate(ragged), [], `${name} ${width}`);
					}
					assert.deepEqual(await violations(page), [], `${name}, ${theme}, ${language}`);
				};
				await dashboard.state(snapshotOf([]), historyOf(), noon, language);
				await look('no-key');
				await dashboard.state(unused, historyOf(), noon, language);
				await look('empty');
				dashboard.next = busy.snapshot.keys[1]?.key.id;
				dashboard.team = [{ label: 'Valkey', value: 'valkey.some-company.example:6379' }];
				await dashboard.state(busy.snapshot, busy.history, noon, language);
				await page.locator('.chart canvas').waitFor();
				await look('hour');
				await page.locator('[data-option="day"]').click();
				await page.locator('[data-option="outcome"]').click();
				for (const details of await page.locator('summary').all()) await details.click();
				await page.locator('.expand').nth(1).click();
				await look('day');
				await page.locator('[data-option="fallbacks"]').click();
				await dashboard.drawn();
				await dashboard.screenshot(`dashboard-fallbacks-${theme}-${language}`, true);
				assert.deepEqual(await violations(page), [], `fallbacks, ${theme}, ${language}`);
				assert.deepEqual(dashboard.errors, []);
				assert.deepEqual(dashboard.loads, []);
				await page.close();
			});
		}
	}
});
