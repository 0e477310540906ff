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
];

/** The same for all servers: what the browser has compiled of a script counts for the address that it came from. */
const addressOfWindows = new URL('http://window.localhost/');

/**
 * Blocks the outside by host name, for service workers too; a route by URL would also meet webviews, whose addresses carry
 * outside names in their query. `server`: the one that `addressOfWindows` stands for.
 */
function names(server?: URL): string {
	const windows = server === undefined ? [] : [`MAP ${addressOfWindows.hostname}:80 ${server.host}`];
	const rules = [...windows, 'MAP * ~NOTFOUND', 'EXCLUDE localhost', 'EXCLUDE 127.0.0.1'];
	return `--host-resolver-rules=${rules.join(' , ')}`;
}

/**
 * What has been compiled is taken from the disk, where the browser would compile while it still reads. A second list of
 * features takes the place of Playwright's: those of its that concern a page are repeated.
 */
const compiled = [
	...['ScriptStreaming', 'BackgroundResourceFetch'],
	...['AvoidUnnecessaryBeforeUnloadCheckSync', 'HttpsUpgrades', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
];

const viewport = { width: 1280, height: 800 };

export async function launchBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: executable(), args: [...args, names()] });
}

/** What makes the workbench take the machine for another one: its key bindings are those of that platform. */
const onMac = {
	userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
};

/** A browser profile in memory in which VS Code windows can be opened; its pages share secrets and layout. */
export async function newProfile(browser: Browser): Promise<BrowserContext> {
	return withSecrets(await permitted(await browser.newContext({ viewport })));
}

export interface ProfileOptions {
	/** Where it is kept. */
	readonly folder: string;
	/** The server whose windows are opened in it, by the address `url` of the profile. */
	readonly server: URL;
	/** The platform that the workbench takes the machine for; absent: this one's. */
	readonly platform?: 'mac' | undefined;
}

/** A browser of its own whose profile is kept in a folder; closing the profile closes it. */
export async function launchProfile({
	folder,
	server,
	platform,
}: ProfileOptions): Promise<{ readonly profile: BrowserContext; readonly url: URL }> {
	const profile = await chromium.launchPersistentContext(folder, {
		executablePath: executable(),
		args: [...args, names(server), `--disable-features=${compiled.join(',')}`],
		viewport,
		...(platform === 'mac' && onMac),
	});
	return { profile: await withSecrets(await permitted(profile)), url: addressOfWindows };
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

/**
 * The workbench encrypts secrets with a key of the server's, which the bare server does not hand out. With a fixed one,
 * secrets survive a reload and are seen by a second page. Not by a route: with one, the browser keeps nothing that it fetched.
 */
async function withSecrets(profile: BrowserContext): Promise<BrowserContext> {
	await profile.addInitScript(() => {
		const { fetch } = globalThis;
		globalThis.fetch = (input, options) => {
			const address = input instanceof Request ? input.url : String(input);
			return /\/mint-key(\?|$)/.test(address)
				? Promise.resolve(new Response(new Uint8Array(32).fill(7)))
				: fetch(input, options);
		};
	});
	return profile;
}
