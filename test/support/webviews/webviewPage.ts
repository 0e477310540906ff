import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import bundle from '../../../l10n/bundle.l10n.vi.json';
import { pageHtml } from '../../../src/webviews/html';
import type { Request, ToView } from '../../../src/webviews/protocol';
import { partsOfPages } from '../../../scripts/package/libraryParts.cjs';
import { executable } from '../../../scripts/vscode/browser';
import { root } from '../../../scripts/vscode/host';
import { themes } from './themes';
import { twoFrames } from '../window/until';

const origin = 'https://webview.invalid';
/** A document with nothing in it. */
const nothing = '/nothing';

/** A webview's document in a plain browser, with its real policy; a test plays the host: `M` is what it is asked. */
export class WebviewPage<M extends { readonly type: string }, E> {
	/** What the document asked the host, oldest first. */
	readonly requests: M[] = [];
	/** Addresses that the document tried to load beside its own files. */
	readonly loads: string[] = [];
	/** Its own files that it was given, by path. */
	readonly served: string[] = [];
	/** Errors, violated policies among them. */
	readonly errors: string[] = [];
	/** What the host replies to a request: an error in words, or nothing. */
	refuse: (request: M) => string | undefined | Promise<string | undefined> = () => undefined;

	/** What the page does for this document. */
	private readonly made: { dispose(): Promise<void> }[] = [];

	protected constructor(readonly page: Page) {}

	/** Opens the document; called once, on a new page or one that another document has left. */
	protected async load(files: Files, theme: keyof typeof themes): Promise<void> {
		const { page } = this;
		page.setDefaultTimeout(30_000);
		page.on('pageerror', (error) => this.errors.push(error.message));
		page.on('console', (message) => {
			if (message.type() === 'error') this.errors.push(`${message.text()} ${message.location().url}`.trim());
		});
		page.on('popup', (popup) => this.loads.push(popup.url()));
		const route = await page.route('**/*', (route) => {
			const { pathname, origin: from } = new URL(route.request().url());
			if (pathname === nothing) {
				// Without an icon of its own the browser asks for one, also when nobody answers any more.
				return route.fulfill({ body: '<link rel="icon" href="data:,">', contentType: 'text/html' });
			}
			const file = from === origin ? files.get(pathname) : undefined;
			if (file) {
				this.served.push(pathname);
				return route.fulfill({ body: file.body, contentType: file.type });
			}
			this.loads.push(route.request().url());
			return route.abort();
		});
		const toHost = await page.exposeFunction('toHost', (message: Request<M>) => this.receive(message));
		const script = await page.addInitScript(`
			document.addEventListener('DOMContentLoaded', () => {
				for (const [name, value] of Object.entries(${JSON.stringify(themes[theme])})) {
					document.documentElement.style.setProperty(name, value);
				}
			});
			globalThis.acquireVsCodeApi = () => ({
				postMessage: (message) => void globalThis.toHost(message),
				getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
				setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
			});`);
		this.made.push(route, toHost, script);
		await page.goto(`${origin}/`);
	}

	/** Leaves the page to another document, without what this one kept: a new page costs much more. */
	async leave(): Promise<void> {
		await this.page.goto(`${origin}${nothing}`);
		await this.page.evaluate('sessionStorage.clear()');
		for (const one of this.made) await one.dispose();
		this.page.removeAllListeners();
	}

	/** Gives the document the variables of another theme, as VS Code does. */
	async wear(theme: keyof typeof themes): Promise<void> {
		await this.page.evaluate(`
			for (const [name, value] of Object.entries(${JSON.stringify(themes[theme])})) {
				document.documentElement.style.setProperty(name, value);
			}`);
	}

	/** Tells the document something. */
	async tell(event: E): Promise<void> {
		await this.post({ type: 'event', event });
	}

	/** Until two frames have been drawn: what was posted before is on screen then, unless it takes many slices. */
	async drawn(): Promise<void> {
		await this.page.evaluate(twoFrames);
	}

	/** The first request of this type, once it has come. */
	async request<T extends M['type']>(type: T): Promise<Extract<M, { type: T }>> {
		for (;;) {
			const found = this.requests.find((request): request is Extract<M, { type: T }> => request.type === type);
			if (found) {
				return found;
			}
			await this.drawn();
		}
	}

	async screenshot(name: string, fullPage = false): Promise<void> {
		await this.page.screenshot({ path: path.join(root, 'out/screenshots', `${name}.png`), fullPage });
	}

	private async receive({ id, body }: Request<M>): Promise<void> {
		this.requests.push(body);
		const error = await this.refuse(body);
		await this.post(error === undefined ? { type: 'reply', id, ok: true } : { type: 'reply', id, ok: false, error });
	}

	/** Resolves when the document has heard it. */
	private async post(message: ToView<E>): Promise<void> {
		await this.page.evaluate(`new Promise((heard) => {
			addEventListener('message', () => heard(), { once: true });
			postMessage(${JSON.stringify(message)});
		})`);
	}
}

export type Files = ReadonlyMap<string, { readonly body: Buffer; readonly type: string }>;

/** A webview's page with its policy, the script and the styles, as VS Code would serve them. */
export async function buildFiles(name: 'chat' | 'dashboard', locale = 'en'): Promise<Files> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: { [name]: `src/webviews/${name}/main.ts` },
		outdir: 'out',
		bundle: true,
		write: false,
		platform: 'browser',
		target: 'es2022',
		format: 'esm',
		splitting: true,
		chunkNames: 'chunks/[name]-[hash]',
		plugins: partsOfPages,
	});
	const html = pageHtml({
		title: name,
		locale,
		cspSource: origin,
		nonce: 'nonce',
		script: `${origin}/${name}.js`,
		styles: [`${origin}/codicon.css`, `${origin}/${name}.css`],
	});
	const codicons = path.dirname(
		createRequire(path.join(root, 'package.json')).resolve('@vscode/codicons/dist/codicon.css'),
	);
	const files = new Map([
		['/', { body: Buffer.from(html), type: 'text/html' }],
		['/codicon.css', { body: await readFile(path.join(codicons, 'codicon.css')), type: 'text/css' }],
		['/codicon.ttf', { body: await readFile(path.join(codicons, 'codicon.ttf')), type: 'font/ttf' }],
	]);
	for (const { path: file, contents } of outputFiles) {
		const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
		files.set(`/${path.relative(path.join(root, 'out'), file)}`, { body: Buffer.from(contents), type });
	}
	return files;
}

/** The browser that the set-up found, or the one that `CHROMIUM` names. */
export function launch(): Promise<Browser> {
	return chromium.launch({
		executablePath: process.env['CHROMIUM'] ?? executable(),
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
	});
}

export function english(text: string, ...values: readonly (string | number)[]): string {
	return text.replace(/\{(\d)\}/g, (mark, i: string) => String(values[Number(i)] ?? mark));
}

/** The words of the Vietnamese bundle. */
export function vietnamese(text: string, ...values: readonly (string | number)[]): string {
	const serviceMessage = Object.entries(bundle).find(([one]) => one === text)?.[1];
	if (serviceMessage === undefined) throw new Error(`There is no Vietnamese for ${text}`);
	return english(serviceMessage, ...values);
}
