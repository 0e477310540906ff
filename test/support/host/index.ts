import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import Reporter from '../reporter.cjs';

/** Called by VS Code in its extension host; a rejection makes VS Code exit with an error. */
export function run(): Promise<void> {
	const report = process.env['KEYPOOL_TEST_REPORT'];
	if (report !== undefined) {
		// A window's log is full of the workbench's own lines.
		Mocha.reporters.Base.consoleLog = (...line: unknown[]) => appendFileSync(report, `${format(...line)}\n`);
	}
	const mocha = new Mocha({ timeout: 30_000, forbidOnly: true, forbidPending: true, reporter: Reporter, color: false });
	const names = readdirSync(__dirname).filter((name) => name.endsWith('.test.js'));
	for (const name of names.sort()) {
		mocha.addFile(path.join(__dirname, name));
	}
	return new Promise((resolve, reject) => {
		mocha.run((failures) => {
			if (failures === 0 && names.length > 0) {
				resolve();
			} else {
				reject(new Error(`${String(failures)} of the tests inside VS Code failed.`));
			}
		});
	});
}
