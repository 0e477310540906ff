// Runs a command quietly: its output is shown only when it fails.
import { spawn } from 'node:child_process';

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

/** The same for npm, in a shell: on Windows it is a batch file, which nothing else starts. */
export function npm(line, options) {
	return run(`npm ${line}`, [], { ...options, shell: true });
}
