import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { launchProfile } from '../../../scripts/vscode/browser';
import { root } from '../../../scripts/vscode/host';
import { type Server, type ServerOptions, startServer, windowAddress } from '../../../scripts/vscode/server';
import { removeProfile, warmProfile } from '../../../scripts/vscode/warmProfile';
import { Window } from './window';

/** They start with each window and concern no test of ours. VS Code brings the others into the browser by itself. */
const ofOthers = [
	...['copilot', 'debug-auto-launch', 'debug-server-ready', 'git', 'github', 'grunt', 'gulp', 'jake'],
	...['microsoft-authentication', 'ms-vscode.js-debug', 'ms-vscode.js-debug-companion', 'php-language-features'],
	...['terminal-suggest', 'tunnel-forwarding'],
];

/** Spares what no test of ours looks at; a test's own settings go over these. */
const quick = {
	'chat.disableAIFeatures': true,
	'workbench.reduceMotion': 'on',
	'editor.minimap.enabled': false,
};

export interface WorkbenchOptions extends Omit<ServerOptions, 'leaveOut'> {
	/**
	 * A window as a user has it, with VS Code's own chat and git; absent: without what takes a third of the processor time
	 * until a window stands.
	 */
	readonly isComplete?: true;

	/** Files of the workspace folder, by relative path. */
	readonly files?: Readonly<Record<string, string>>;
	/** The file, among `files`, that names the folders of the workspace; absent: the folder that holds the files is opened. */
	readonly workspace?: string;
	/** Folders of the extensions under development; absent: this project. */
	readonly extensions?: readonly string[];
	/** The display language, such as `vi`; absent: English. The workbench's own texts stay English. */
	readonly language?: string;
	/** The platform that the workbench takes the machine for; absent: this one's. */
	readonly platform?: 'mac';
	/** A folder to keep the browser's profile in; absent: it goes with the browser. */
	readonly profile?: string;
}

/** A VS Code server, a browser profile and a workspace folder, all fresh. */
export class Workbench {
	private readonly windows: Window[] = [];

	private constructor(
		readonly server: Server,
		private readonly browser: { readonly profile: BrowserContext; readonly url: URL },
		/** The folder of the browser's profile where that goes with the browser. */
		private readonly passing: string | undefined,
		/** Absolute path of the workspace folder. */
		readonly folder: string,
		private readonly extensions: readonly string[],
		private readonly workspace: string | undefined,
	) {}

	/** Throws when the server or the browser does not start, and leaves nothing behind then. */
	static async start({
		files = {},
		extensions = [root],
		profile,
		language,
		platform,
		workspace,
		isComplete,
		...options
	}: WorkbenchOptions = {}): Promise<Workbench> {
		const server = await startServer(
			isComplete ? options : { ...options, leaveOut: ofOthers, settings: { ...quick, ...options.settings } },
		);
		try {
			const folder = mkdtempSync(path.join(tmpdir(), 'keypool-workspace-'));
			for (const [name, text] of Object.entries(files)) {
				mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
				writeFileSync(path.join(folder, name), text);
			}
			const own = profile ?? warmProfile();
			const browser = await launchProfile({ folder: own, server: server.url, platform });
			// As a language pack does it.
			if (language !== undefined) {
				await browser.profile.addInitScript({
					content: `globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)};`,
				});
			}
			const passing = profile === undefined ? own : undefined;
			return new Workbench(server, browser, passing, folder, extensions, workspace);
		} catch (error) {
			await server.close();
			throw error;
		}
	}

	/** Opens a window; a second one shares the server, the profile and its secrets. */
	async open(): Promise<Window> {
		const folder = this.workspace === undefined ? this.folder : path.join(this.folder, this.workspace);
		const address = windowAddress(this.browser.url, { folder, extensions: this.extensions });
		const window = new Window(await this.browser.profile.newPage(), address);
		this.windows.push(window);
		await window.load();
		return window;
	}

	/** The logs of the extension hosts so far. */
	extensionHostLog(): string {
		const logs = path.join(this.server.data, 'data/logs');
		const names = readdirSync(logs, { recursive: true, encoding: 'utf8' });
		const hosts = names.filter((name) => path.basename(name) === 'remoteexthost.log');
		return hosts.map((name) => readFileSync(path.join(logs, name), 'utf8')).join('\n');
	}

	/** For a test that failed: pictures under out/screenshots, the pages' errors, the end of the extension hosts' log. */
	async evidence(name: string): Promise<string> {
		// A test may have two workbenches, each with a first window.
		const own = path.basename(this.folder);
		const pictures = this.windows.map((window, n) => window.screenshot(`failed-${name}-${own}-${String(n + 1)}`));
		const errors = this.windows.flatMap((window) => window.errors);
		return [...(await Promise.all(pictures)), ...errors, this.extensionHostLog().slice(-4_000)].join('\n');
	}

	/** Closes the browser and ends the server; what they wrote stays until `close`. */
	async stop(): Promise<void> {
		await this.closeBrowser();
		await this.server.stop();
	}

	async close(): Promise<void> {
		await this.closeBrowser();
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async closeBrowser(): Promise<void> {
		await this.browser.profile.close();
		if (this.passing !== undefined) removeProfile(this.passing);
	}
}

/**
 * Registers a workbench for the enclosing `describe`: started before its tests, closed after them; a failure leaves
 * its evidence.
 */
export function useWorkbench(options: WorkbenchOptions | (() => Promise<WorkbenchOptions>) = {}): () => Workbench {
	let workbench: Workbench | undefined;
	before(async function () {
		this.timeout(180_000);
		workbench = await Workbench.start(typeof options === 'function' ? await options() : options);
	});
	afterEach(async function () {
		if (this.currentTest?.state === 'failed' && workbench !== undefined) {
			console.error(await workbench.evidence(this.currentTest.fullTitle().replace(/[^\w]+/g, '-')));
		}
	});
	after(async () => {
		await workbench?.close();
		workbench = undefined;
	});
	return () => {
		if (workbench === undefined) {
			throw new Error('The workbench runs during tests only.');
		}
		return workbench;
	};
}
