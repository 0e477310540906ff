import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DisposableStore } from '../../src/common/dispose';
import { type Backend, startBackend } from './backend';
import { root } from '../vscode/host';
import { startOf } from './desktopCommand';
import { sampleFiles, whatToTry } from './sample';
import { startServer, windowAddress, windowEnvironment } from '../vscode/server';

export { askHeadless } from './headless';

/**
 * Shows a window until it is closed or the user presses Ctrl+C, and leaves nothing behind.
 *
 * @param desktop the command of a desktop VS Code; absent: the server build, in the user's browser
 * @returns the exit code
 */
export async function showWindow(desktop: string | undefined): Promise<number> {
	const interrupted = new Promise<number>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.on(signal, () => resolve(0));
		}
	});
	const folders = new DisposableStore();
	const backend = await startBackend();
	try {
		const folder = temporary(folders, 'keypool-sample-');
		for (const [name, text] of Object.entries(sampleFiles)) {
			writeFileSync(path.join(folder, name), text);
		}
		console.log(`Behind the window is ${backend.description}.`);
		return await (desktop === undefined
			? showInBrowser(backend, folder, interrupted)
			: showOnDesktop(desktop, backend, folder, folders, interrupted));
	} finally {
		await backend.close();
		folders.dispose();
	}
}

async function showInBrowser(backend: Backend, folder: string, interrupted: Promise<number>): Promise<number> {
	const server = await startServer({ env: backend.env });
	// The window's own address is long; this one survives being copied out of a terminal.
	const target = windowAddress(server.url, { folder, extensions: [root] });
	const door = createServer((_, response) => response.writeHead(302, { location: target }).end());
	await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
	try {
		console.log(`\nOpen this address in a browser: http://127.0.0.1:${String(portOf(door.address()))}/\n`);
		console.log(`${whatToTry}\nCtrl+C ends it.`);
		const died = server.ended.then(() => {
			console.error(`The VS Code server ended by itself:\n${server.output().slice(-2_000)}`);
			return 1;
		});
		return await Promise.race([interrupted, died]);
	} finally {
		door.closeAllConnections();
		door.close();
		await server.close();
	}
}

async function showOnDesktop(
	command: string,
	backend: Backend,
	folder: string,
	folders: DisposableStore,
	interrupted: Promise<number>,
): Promise<number> {
	const args = ['--new-window', '--wait', '--skip-welcome', '--skip-release-notes', '--disable-workspace-trust'];
	const own = temporary(folders, 'keypool-user-');
	args.push('--user-data-dir', own);
	args.push('--extensions-dir', temporary(folders, 'keypool-extensions-'));
	args.push(`--extensionDevelopmentPath=${root}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), folder);
	console.log(`\nOpening VS Code (${command}).\n\n${whatToTry}\nCtrl+C, or closing the window, ends it.`);
	const { file, shell, ...started } = startOf(command, args, process.platform);
	const code = spawn(file, started.args, {
		env: windowEnvironment(backend.env),
		stdio: ['ignore', 'ignore', 'inherit'],
		shell,
	});
	const closed = new Promise<number>((resolve, reject) => {
		code.once('error', reject);
		code.once('close', (exit) => resolve(exit ?? 1));
	});
	const result = await Promise.race([interrupted, closed]);
	code.kill();
	endWindow(own);
	return result;
}

/** The command only waits for the window, which is a process apart: VS Code names it in its folder while it is there. */
function endWindow(folder: string): void {
	try {
		const window = Number(readFileSync(path.join(folder, 'code.lock'), 'utf8'));
		if (window > 0) process.kill(window);
	} catch {
		// It has been closed.
	}
}

/** A new folder that ends with `owner`. */
function temporary(owner: DisposableStore, prefix: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), prefix));
	owner.add({ dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) });
	return folder;
}

function portOf(address: AddressInfo | string | null): number {
	if (address === null || typeof address === 'string') {
		throw new Error('The address of the window could not be served.');
	}
	return address.port;
}
