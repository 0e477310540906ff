import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { host } from './host';

export interface ServerOptions {
	/** The user's settings. */
	readonly settings?: Readonly<Record<string, unknown>>;
	/** A package that is installed before the server starts. */
	readonly vsix?: string;
	/** A folder of installed extensions; absent: an empty one. */
	readonly installed?: string;
	/** Extensions that come with VS Code and that the windows do without, by the names of their folders. */
	readonly leaveOut?: readonly string[];
	/** Added to the environment of the server, and so of its extension hosts. */
	readonly env?: Readonly<Record<string, string>>;
	/** False: a folder opens in Restricted Mode until the user trusts it. Absent: trust is switched off. */
	readonly trustEverything?: boolean;
}

/** A running VS Code server with a data folder of its own. */
export interface Server {
	readonly url: URL;
	/** The data folder: settings, logs, global storage. Gone after `close`. */
	readonly data: string;
	/** Writes the user's settings anew; a window reads them when it is reloaded, because the bare server watches no files. */
	configure(settings: Readonly<Record<string, unknown>>): void;
	/** What the server wrote so far, its last 100,000 characters. */
	output(): string;
	/** Settles when the server has ended, by `close` or by itself. */
	readonly ended: Promise<void>;
	/** Ends the server and leaves its data where it is. */
	stop(): Promise<void>;
	/** Ends the server, if it still runs, and removes its data. */
	close(): Promise<void>;
}

/** Keeps a window as calm as a test needs it; a test's own settings go over these. */
const calm = {
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoUpdate': false,
	'extensions.autoCheckUpdates': false,
	'extensions.ignoreRecommendations': true,
	'workbench.startupEditor': 'none',
	'workbench.tips.enabled': false,
	'workbench.enableExperiments': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'chat.commandCenter.enabled': false,
	'git.enabled': false,
	'npm.autoDetect': 'off',
	'typescript.disableAutomaticTypeAcquisition': true,
	'typescript.tsserver.useSyntaxServer': 'never',
	'window.dialogStyle': 'custom',
};

const startLimitMs = 60_000;

/** What would leak from the shell of whoever runs this into the window. */
const foreign = /^(VSCODE_|ELECTRON_|KEYPOOL_|NODE_OPTIONS$|GEMINI_|GOOGLE_)/;

/** The environment of a window: this process's, without what concerns another window, and with `added`. */
export function windowEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return { ...Object.fromEntries(inherited), ...added };
}

/** Starts the server on a free port of the loopback; throws with its output when it does not come up. */
export async function startServer({
	settings,
	env,
	vsix,
	installed,
	leaveOut = [],
	trustEverything = true,
}: ServerOptions = {}): Promise<Server> {
	const { server, node } = host();
	const data = mkdtempSync(path.join(tmpdir(), 'keypool-vscode-'));
	const user = path.join(data, 'data/User');
	mkdirSync(user, { recursive: true });
	const configure = (own: ServerOptions['settings'] = {}): void =>
		writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...calm, ...own }, undefined, '\t'));
	configure(settings);
	if (vsix !== undefined) {
		const install = ['out/server-main.js', '--accept-server-license-terms', '--server-data-dir', data];
		execFileSync(node, [...install, '--install-extension', vsix], { cwd: server, stdio: 'pipe' });
	}
	const args = ['out/server-main.js', '--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
	args.push('--accept-server-license-terms', '--server-data-dir', data, '--telemetry-level', 'off');
	// A window needs nothing of the login shell: its environment is this one.
	args.push('--force-disable-user-env');
	// Without it a built workbench ignores the payload that names the extension under development.
	args.push('--enable-smoke-test-driver', ...(trustEverything ? ['--disable-workspace-trust'] : []));
	if (installed !== undefined) args.push('--extensions-dir', installed);
	if (leaveOut.length > 0) args.push('--builtin-extensions-dir', linkBuiltIn(server, data, leaveOut));
	const child = spawn(node, args, {
		cwd: server,
		env: windowEnvironment(env),
		stdio: ['ignore', 'pipe', 'pipe'],
		// A process group of its own: extension hosts end with it.
		detached: true,
	});
	let output = '';
	const ended = new Promise<void>((resolve) => {
		child.once('close', () => resolve());
	});
	const signalGroup = (signal: NodeJS.Signals): void => {
		try {
			if (child.pid !== undefined) {
				process.kill(-child.pid, signal);
			}
		} catch {
			// It has ended.
		}
	};
	const killNow = (): void => signalGroup('SIGKILL');
	process.once('exit', killNow);
	const stop = async (): Promise<void> => {
		signalGroup('SIGTERM');
		const force = setTimeout(killNow, 2_000);
		await ended;
		clearTimeout(force);
		killNow();
		process.off('exit', killNow);
	};
	const close = async (): Promise<void> => {
		await stop();
		rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	};
	const url = await new Promise<URL | undefined>((resolve) => {
		const limit = setTimeout(() => resolve(undefined), startLimitMs);
		const read = (chunk: Buffer): void => {
			output = (output + chunk.toString()).slice(-100_000);
			const address = /Web UI available at (\S+)/.exec(output)?.[1];
			if (address !== undefined) {
				clearTimeout(limit);
				resolve(new URL(address));
			}
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		void ended.then(() => {
			clearTimeout(limit);
			resolve(undefined);
		});
	});
	if (url === undefined) {
		await close();
		throw new Error(`The VS Code server did not come up:\n${output}`);
	}
	return { url, data, configure, output: () => output, ended, stop, close };
}

/** A folder of links to the extensions that come with VS Code, but for those left out. */
function linkBuiltIn(server: string, data: string, leaveOut: readonly string[]): string {
	const from = path.join(server, 'extensions');
	const folder = path.join(data, 'builtIn');
	mkdirSync(folder);
	for (const name of readdirSync(from)) {
		if (!leaveOut.includes(name)) symlinkSync(path.join(from, name), path.join(folder, name));
	}
	return folder;
}

export interface WindowContent {
	/** Absolute path of the folder to open; absent: an empty window. */
	readonly folder?: string;
	/** Absolute paths of extensions under development. */
	readonly extensions: readonly string[];
	/** Absolute path of a test runner to load in the extension host. */
	readonly tests?: string;
}

/** The address that shows a window with this content. */
export function windowAddress(server: URL, { folder, extensions, tests }: WindowContent): string {
	const remote = (file: string): string => `vscode-remote://${server.host}${path.resolve(file)}`;
	const payload = [
		...extensions.map((extension) => ['extensionDevelopmentPath', remote(extension)]),
		...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
		['skipWelcome', 'true'],
	];
	const address = new URL(server);
	address.search = new URLSearchParams({
		...(folder === undefined
			? { ew: 'true' }
			: { [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: path.resolve(folder) }),
		payload: JSON.stringify(payload),
	}).toString();
	return address.href;
}
