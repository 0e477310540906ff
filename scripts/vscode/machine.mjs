// What the machine itself must have: a Chromium for the window, a C++ compiler for the one native module, and for the
// long tests a Prometheus.
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './command.mjs';

/** The first of `names` on PATH. */
export function onPath(...names) {
	const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
	return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** The build without a screen first: its windows take a tenth less of the processor. */
export function chromium() {
	const named = process.env.CHROMIUM;
	return named !== undefined && existsSync(named)
		? named
		: onPath('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}

const browser = {
	what: 'Chromium or Chrome (on PATH, or its file in CHROMIUM)',
	has: chromium,
	debian: ['chromium-headless-shell', 'fonts-dejavu-core'],
};
/** For the test of the metrics. */
const prometheus = {
	what: 'Prometheus with promtool (on PATH)',
	has: () => onPath('prometheus') && onPath('promtool'),
	debian: ['prometheus'],
};
/** For the tests of a team. */
const valkey = {
	what: 'valkey-server, redis-server and openssl (on PATH)',
	has: () => onPath('valkey-server') && onPath('redis-server') && onPath('openssl'),
	debian: ['valkey-server', 'valkey-tools', 'redis-server', 'openssl'],
};
const compiler = [
	{ what: 'a C++ compiler (g++)', has: () => onPath('g++', 'c++', 'clang++'), debian: ['g++'] },
	{ what: 'make', has: () => onPath('make', 'gmake'), debian: ['make'] },
	{ what: 'Python 3', has: () => onPath('python3', 'python'), debian: ['python3'] },
];

/** Throws, before anything is installed, where the VS Code server does not run. */
export function checkHost() {
	if (process.platform === 'linux' && process.arch === 'x64') return;
	throw new Error(
		`The VS Code server build runs on Linux x64 only, and this is ${process.platform} ${process.arch}: ` +
			'`npm start` uses the desktop VS Code where its command `code` is on PATH, or, on macOS, where it is in Applications.',
	);
}

/**
 * Installs what is missing where that is ours to do (root on Debian); else throws one sentence that names each missing
 * part.
 *
 * @param {{ browser: boolean, compiler: boolean, prometheus: boolean, valkey?: boolean }} needs
 */
export async function prepareMachine(needs, step) {
	checkHost();
	const parts = [
		...(needs.browser ? [browser] : []),
		...(needs.compiler ? compiler : []),
		...(needs.prometheus ? [prometheus] : []),
		...(needs.valkey ? [valkey] : []),
	];
	const missing = parts.filter((part) => part.has() === undefined);
	const packages = missing.flatMap((part) => part.debian);
	if (packages.length > 0 && process.getuid() === 0 && onPath('apt-get') !== undefined) {
		step(`Debian packages: ${packages.join(' ')}`);
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		// A network that is away for a moment.
		const retries = ['-o', 'Acquire::Retries=3'];
		// One source of several that is out of reach does not matter where the others have what is missing.
		const stale = await run('apt-get', [...retries, 'update'], { env }).then(
			() => '',
			({ message }) => `${message}\n`,
		);
		await run('apt-get', [...retries, 'install', '-y', '--no-install-recommends', ...packages], { env }).catch(
			(error) => {
				throw new Error(`${stale}${error.message}`);
			},
		);
	}
	const lacking = missing.filter((part) => part.has() === undefined).map((part) => part.what);
	if (lacking.length > 0) {
		throw new Error(`This machine lacks ${lacking.join(', ')}: please install what is missing and run this again.`);
	}
}

/**
 * The command of a desktop VS Code that can show a window here. In a terminal of a remote window, and in WSL, `code` is a
 * messenger to the user's own VS Code, which is never touched; without a display no window can be shown. On macOS it is on
 * PATH only once somebody has had VS Code put it there.
 */
export function desktopCode(
	platform = process.platform,
	applications = ['/Applications', `${homedir()}/Applications`],
) {
	const { VSCODE_IPC_HOOK_CLI, WSL_DISTRO_NAME, DISPLAY, WAYLAND_DISPLAY } = process.env;
	if (platform === 'win32') return VSCODE_IPC_HOOK_CLI === undefined ? onPath('code.cmd') : undefined;
	const screen = platform !== 'linux' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
	const isMessenger = VSCODE_IPC_HOOK_CLI !== undefined || WSL_DISTRO_NAME !== undefined;
	if (!screen || isMessenger) return undefined;
	const inApplications = applications.map(
		(folder) => `${folder}/Visual Studio Code.app/Contents/Resources/app/bin/code`,
	);
	return onPath('code') ?? (platform === 'darwin' ? inApplications.find(isProgram) : undefined);
}
