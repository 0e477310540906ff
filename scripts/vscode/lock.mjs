// One set-up at a time in a folder, whoever starts it: `npm test` beside `npm start`, or two of either.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** ms. No set-up takes as long. */
const longestMs = 60 * 60_000;

/** Runs `work` while this process holds `file`; waits for another holder as long as that one lives. */
export async function locked(file, work) {
	mkdirSync(path.dirname(file), { recursive: true });
	for (let told = false; !take(file); await delay(300)) {
		if (!alive(file)) {
			rmSync(file, { force: true });
		} else if (!told) {
			told = true;
			console.log('Another set-up is running in this folder: waiting for it.');
		}
	}
	const leave = () => rmSync(file, { force: true });
	process.once('exit', leave);
	try {
		return await work();
	} finally {
		leave();
		process.off('exit', leave);
	}
}

function take(file) {
	try {
		writeFileSync(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if (error.code === 'EEXIST') {
			return false;
		}
		throw error;
	}
}

/** A holder that was killed leaves its file behind. */
function alive(file) {
	try {
		const pid = Number(readFileSync(file, 'utf8'));
		const ageMs = Date.now() - statSync(file).mtimeMs;
		if (pid === 0) {
			// Between its creation and its first byte.
			return ageMs < 5_000;
		}
		// Numbers come again: after a restart another's, and in each new container this process's own.
		if (pid === process.pid || ageMs > longestMs) {
			return false;
		}
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it lives, as another user's. ENOENT: it has just been given back.
		return error.code === 'EPERM';
	}
}
