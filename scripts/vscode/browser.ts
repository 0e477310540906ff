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

const viewport = { width: 1280, height: 800 };

export async function launchBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: executable(), args });
}

/** What makes the workbench take the machine for another one: its key bindings are those of that platform. */
const onMac = {
	userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
};

/**
 * A browser profile in which VS Code windows can be opened; pages of one profile share secrets and layout. With `asIs` nothing
 * stands between the pages and the network: preflights are sent, and secrets live as long as their page.
 */
export async function newProfile(browser: Browser, platform?: 'mac', asIs = false): Promise<BrowserContext> {
	const profile = await browser.newContext({ viewport, ...(platform === 'mac' && onMac) });
	return asIs ? permitted(profile) : prepared(profile);
}

/** A browser of its own whose profile is kept in `folder`; closing the profile closes it. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
	return prepared(await chromium.launchPersistentContext(folder, { executablePath: executable(), args, viewport }));
}

/** Throws where nothing is set up. */
export function executable(): string {
	const { chromium: file } = host();
	if (file === undefined) {
		throw new Error('No browser is set up: run `node scripts/vscode/setup.mjs`.');
	}
	return file;
}

async function permitted(profile: BrowserContext): Promise<BrowserContext> {
	profile.setDefaultTimeout(30_000);
	await profile.grantPermissions(['clipboard-read', 'clipboard-write']);
	return profile;
}

async function prepared(profile: BrowserContext): Promise<BrowserContext> {
	await permitted(profile);
	// The workbench encrypts secrets with a key of the server's, which the bare server does not hand out. With a fixed
	// one, secrets survive a reload and are seen by a second page.
	await profile.route(
		(url) => url.pathname.endsWith('/mint-key'),
		(route) => route.fulfill({ contentType: 'application/octet-stream', body: Buffer.alloc(32, 7) }),
	);
	return profile;
}
