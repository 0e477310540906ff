import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { host } from './host';

const args = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// Blocks the outside by host name, for service workers too; a route by URL would also meet webviews, whose
	// addresses carry outside names in their query.
	'--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
];

export async function launchBrowser(): Promise<Browser> {
	const executablePath = host().chromium;
	if (executablePath === undefined) {
		throw new Error('No browser is set up: run `node test/vscode/setup.mjs`.');
	}
	return chromium.launch({ executablePath, args });
}

/** A browser profile in which VS Code windows can be opened; pages of one profile share secrets and layout. */
export async function newProfile(browser: Browser): Promise<BrowserContext> {
	const profile = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	profile.setDefaultTimeout(30_000);
	// The workbench encrypts secrets with a key of the server's, which the bare server does not hand out. With a fixed
	// one, secrets survive a reload and are seen by a second page.
	await profile.route(
		(url) => url.pathname.endsWith('/mint-key'),
		(route) => route.fulfill({ contentType: 'application/octet-stream', body: Buffer.alloc(32, 7) }),
	);
	return profile;
}
