import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { slashDescriptions } from '../../src/chat/slashCommand';
import { chatStrings } from '../../src/chat/strings';
import { pageHtml } from '../../src/webviews/html';
import type {
	AnswerView,
	ChatChange,
	ChatRequest,
	ChatState,
	FooterView,
	PanelView,
	TurnView,
} from '../../src/webviews/protocol';
import { executable } from '../vscode/browser';
import { themes } from './themes';

/** Tests and benchmarks are started in the project's folder. */
const root = process.cwd();
const origin = 'https://chat.invalid';

export const footer: FooterView = {
	key: 'work',
	model: 'gemini-3.8-flash',
	input: 1_204,
	output: 356,
	ms: 2_345,
	fallbacks: 1,
	trail: [
		{ label: 'personal', model: 'gemini-3.8-flash', outcome: 'rpm', words: 'requests a minute used up', ms: 120 },
		{ label: 'work', model: 'gemini-3.8-flash', outcome: 'answered', words: 'answered', ms: 2_100 },
	],
};

export const panel: PanelView = { hasKeys: true, title: '', model: 'gemini-3.8-flash', options: {}, chips: [] };

export function turn(id: string, text: string, answer: AnswerView = { is: 'done', footer }): TurnView {
	return { id, question: { text: `Question ${id}`, attachments: [] }, text, answer };
}

/** The chat's document in a plain browser, with its real policy; a test plays the host. */
export class ChatPage {
	/** What the document asked the host, oldest first. */
	readonly requests: ChatRequest[] = [];
	/** Addresses that the document tried to load beside its own files. */
	readonly loads: string[] = [];
	/** Errors, violated policies among them. */
	readonly errors: string[] = [];
	/** What the host replies to a request: an error in words, or nothing. */
	refuse: (request: ChatRequest) => string | undefined = () => undefined;
	private rev = 0;

	private constructor(
		readonly page: Page,
		private readonly files: ReadonlyMap<string, { readonly body: Buffer; readonly type: string }>,
	) {}

	static async open(browser: Browser, files: Files, theme: keyof typeof themes = 'dark'): Promise<ChatPage> {
		const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
		page.setDefaultTimeout(30_000);
		const chat = new ChatPage(page, files);
		page.on('pageerror', (error) => chat.errors.push(error.message));
		page.on('console', (message) => message.type() === 'error' && chat.errors.push(message.text()));
		page.on('popup', (popup) => chat.loads.push(popup.url()));
		await page.route('**/*', (route) => {
			const { pathname, origin: from } = new URL(route.request().url());
			const file = from === origin ? chat.files.get(pathname) : undefined;
			if (file) {
				return route.fulfill({ body: file.body, contentType: file.type });
			}
			chat.loads.push(route.request().url());
			return route.abort();
		});
		await page.exposeFunction('toHost', (message: { id: number; body: ChatRequest }) => chat.receive(message));
		await page.addInitScript(`
			const style = ${JSON.stringify(themes[theme])};
			document.addEventListener('DOMContentLoaded', () => {
				for (const [name, value] of Object.entries(style)) document.documentElement.style.setProperty(name, value);
			});
			globalThis.acquireVsCodeApi = () => ({
				postMessage: (message) => void globalThis.toHost(message),
				getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
				setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
			});`);
		await page.goto(`${origin}/`);
		return chat;
	}

	/** `more`: what stands around the conversation. */
	async state(turns: readonly TurnView[], more: Partial<PanelView> = {}): Promise<void> {
		const state: ChatState = {
			locale: 'en',
			strings: chatStrings(english),
			commands: slashDescriptions(english),
			panel: { ...panel, ...more },
			turns,
		};
		await this.post({ type: 'event', event: { type: 'state', rev: ++this.rev, state } });
		await this.input.waitFor();
	}

	async update(...changes: readonly ChatChange[]): Promise<void> {
		await this.post({ type: 'event', event: { type: 'update', rev: ++this.rev, changes } });
	}

	/** An update that never arrives. */
	lose(): void {
		this.rev++;
	}

	/** The number of the last event, for a test that posts events by itself. */
	get lastRev(): number {
		return this.rev;
	}

	/** Says that a test has posted so many events by itself. */
	tell(events: number): void {
		this.rev += events;
	}

	get input(): Locator {
		return this.page.locator('[data-role="input"]');
	}

	answer(state: AnswerView['is']): Locator {
		return this.page.locator(`[data-role="answer"][data-state="${state}"]`);
	}

	/** Until two frames have been drawn: what was posted before is on screen then, unless it takes many slices. */
	async drawn(): Promise<void> {
		await this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
	}

	async request<T extends ChatRequest['type']>(type: T): Promise<Extract<ChatRequest, { type: T }>> {
		for (;;) {
			const found = this.requests.find(
				(request): request is Extract<ChatRequest, { type: T }> => request.type === type,
			);
			if (found) {
				return found;
			}
			await this.drawn();
		}
	}

	async screenshot(name: string): Promise<void> {
		await this.page.screenshot({ path: path.join(root, 'out/screenshots', `${name}.png`) });
	}

	private async receive({ id, body }: { id: number; body: ChatRequest }): Promise<void> {
		this.requests.push(body);
		const error = this.refuse(body);
		await this.post(error === undefined ? { type: 'reply', id, ok: true } : { type: 'reply', id, ok: false, error });
	}

	private async post(message: unknown): Promise<void> {
		await this.page.evaluate(`window.postMessage(${JSON.stringify(message)})`);
	}
}

type Files = ReadonlyMap<string, { readonly body: Buffer; readonly type: string }>;

/** The page with its policy, the script and the styles, as VS Code would serve them. */
export async function buildFiles(): Promise<Files> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: { chat: 'src/webviews/chat/main.ts' },
		outdir: 'out',
		bundle: true,
		write: false,
		platform: 'browser',
		target: 'es2022',
		format: 'iife',
	});
	const html = pageHtml({
		title: 'Chat',
		locale: 'en',
		cspSource: origin,
		nonce: 'nonce',
		script: `${origin}/chat.js`,
		styles: [`${origin}/codicon.css`, `${origin}/chat.css`],
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
		files.set(`/${path.basename(file)}`, { body: Buffer.from(contents), type });
	}
	return files;
}

/** The browser that the set-up found, or the one that `CHROMIUM` names: a benchmark is bundled, and knows no folders. */
export function launch(): Promise<Browser> {
	const named = process.env['CHROMIUM'];
	return chromium.launch({
		executablePath: named ?? executable(),
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
	});
}

function english(text: string, ...values: readonly (string | number)[]): string {
	return text.replace(/\{(\d)\}/g, (mark, i: string) => String(values[Number(i)] ?? mark));
}

/** Registers a fresh page of the chat for each test of the enclosing `describe`; an error on it fails the test. */
export function useChatPage(): () => ChatPage {
	let browser: Browser | undefined;
	let files: Files | undefined;
	let chat: ChatPage | undefined;
	before(async () => {
		[browser, files] = await Promise.all([launch(), buildFiles()]);
	});
	after(() => browser?.close());
	beforeEach(async () => {
		if (browser && files) {
			chat = await ChatPage.open(browser, files);
			await chat.request('ready');
		}
	});
	afterEach(async () => {
		if (chat) {
			assert.deepEqual(chat.errors, []);
			await chat.page.close();
		}
	});
	return () => {
		if (!chat) {
			throw new Error('The page is there during tests only.');
		}
		return chat;
	};
}
