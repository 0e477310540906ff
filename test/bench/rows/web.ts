import { bundleForPage } from '../../support/web/bundle';
import { launch } from '../../support/webviews/webviewPage';
import { sampleOf, worst } from '../measure';
import type { Row } from '../row';

/** A name that resolves to nothing: the browser takes https for a secure context, in which a page may store and lock. */
const origin = 'https://tab.invalid';

export const row: Row = {
	name: 'web',
	what:
		'The store in a browser, in a real Chromium: the time of a step that writes one document to IndexedDB in one ' +
		'tab, and when two tabs write in turn; and from the end of a step until the other tab has heard of it.',
	run: async ({ quick }) => {
		const script = await bundleForPage('test/support/web/page/timing.ts');
		const browser = await launch();
		try {
			const page = await browser.newPage();
			await page.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
			await page.goto(`${origin}/`);
			await page.addScriptTag({ content: script });
			const { alone, inTurn, heard } = await page.evaluate<Record<'alone' | 'inTurn' | 'heard', readonly number[]>>(
				`measure(${quick ? 50 : 500})`,
			);
			const unit = 'ms';
			return [
				{ of: 'a step, one tab', unit, ...sampleOf(alone), goal: { atMost: 5 } },
				{ of: 'a step, p99, one tab', unit, ...worst(alone) },
				{ of: 'a step, two tabs in turn', unit, ...sampleOf(inTurn), goal: { atMost: 10 } },
				{ of: 'a step, p99, two tabs in turn', unit, ...worst(inTurn) },
				{ of: 'heard of in the other tab', unit, ...sampleOf(heard) },
				{ of: 'heard of in the other tab, p99', unit, ...worst(heard), goal: { atMost: 1_000 } },
			];
		} finally {
			await browser.close();
		}
	},
};
