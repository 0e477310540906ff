// Runs a command quietly: its output is shown only when it fails.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** @returns {Promise<string>} what it wrote; throws an error that ends with its last lines */
export function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
		let output = '';
		const keep = (chunk) => {
			output = (output + chunk).slice(-200_000);
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		child.once('error', reject);
		child.once('close', (code, signal) => {
			if (code === 0) {
				resolve(output);
			} else {
				const last = output.trimEnd().split('\n').slice(-40).join('\n');
				reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}:\n${last}`));
			}
		});
	});
}

/** What npm says of a network that is away. Of a name that is not resolved it makes no second try itself. */
const away = /\b(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONN\w+|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/**
 * The same for npm, once more after `pauseMs` where the network was away. In a shell: on Windows it is a batch file, which
 * nothing else starts.
 */
export async function npm(line, options, pauseMs = 15_000) {
	const act = () => run(`npm ${line}`, [], { ...options, shell: true });
	try {
		return await act();
	} catch (error) {
		if (!away.test(error.message)) throw error;
		await delay(pauseMs);
		return act();
	}
}
