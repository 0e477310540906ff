import assert from 'node:assert/strict';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { root } from '../../../scripts/vscode/host';
import { bundleForPage } from '../../support/web/bundle';
import { launch } from '../../support/webviews/webviewPage';

/** A name that resolves to nothing: the browser takes https for a secure context, in which a page may store and lock. */
const origin = 'https://tab.invalid';

interface Outcome {
	readonly title: string;
	readonly error?: string;
}

describe('the contract of the store, in the page of a real browser', () => {
	let browser: Browser;
	let profile: BrowserContext;
	let script: string;
	before(async () => {
		script = await bundleForPage('test/support/web/page/contract.ts');
		browser = await launch();
		profile = await browser.newContext();
		await profile.route(`${origin}/**`, (route) =>
			route.fulfill({ contentType: 'text/html', body: '<!doctype html><div id="mocha"></div>' }),
		);
	});
	after(() => browser.close());

	async function openPage(): Promise<Page> {
		const page = await profile.newPage();
		page.setDefaultTimeout(100_000);
		await page.goto(`${origin}/`);
		return page;
	}

	it('holds with IndexedDB, locks and channels, and when the browser takes them away', async () => {
		const page = await openPage();
		await page.addScriptTag({ path: path.join(root, 'node_modules/mocha/mocha.js') });
		await page.evaluate(`mocha.setup({ ui: 'bdd', timeout: 30000 })`);
		await page.addScriptTag({ content: script });
		const outcomes = await page.evaluate<Outcome[]>(`new Promise((resolve) => {
			const outcomes = [];
			mocha.run(() => resolve(outcomes))
				.on('pass', (test) => outcomes.push({ title: test.fullTitle() }))
				.on('fail', (test, error) => outcomes.push({ title: test.fullTitle(), error: String(error?.stack ?? error) }));
		})`);
		assert.deepEqual(
			outcomes.filter(({ error }) => error !== undefined),
			[],
		);
		const played = (of: string): number => outcomes.filter(({ title }) => title.startsWith(of)).length;
		const suites = [
			'store contract: IndexedDB',
			'windows agree: IndexedDB',
			'the store of a browser',
			'the secrets of two tabs',
		];
		const least = [16, 13, 8, 8];
		for (const [n, suite] of suites.entries()) assert.ok(played(suite) >= (least[n] ?? Infinity), suite);
	});
});
