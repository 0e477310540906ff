// Mocha's spec report, closed by the one line that the runner adds up. Where KEYPOOL_TEST_FAILURES names a file, the
// file and the full title of each test that failed, and the reason in one line, are written into it.
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { stripVTControlCharacters } = require('node:util');
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
	epilogue() {
		super.epilogue();
		const { passes, failures } = this.stats;
		const report = process.env.KEYPOOL_TEST_FAILURES;
		if (report !== undefined) {
			const failed = this.failures.map((test) => ({
				file: fileOf(test),
				title: test.fullTitle(),
				reason: reasonOf(test),
			}));
			writeFileSync(report, JSON.stringify(failed, undefined, '\t'));
		}
		Mocha.reporters.Base.consoleLog(`${passes} passed, ${failures} failed`);
	}
};

/** A hook that stands outside each suite knows no file. */
function fileOf({ file }) {
	return file === undefined ? '' : path.relative(process.cwd(), file);
}

/** What was said first, what Playwright waited for, and the line of the test that waited: who reads it may have nothing else. */
function reasonOf({ err }) {
	const [said, ...more] = stripVTControlCharacters(String(err?.message ?? err)).split('\n');
	const awaited = more.find((line) => line.includes('waiting for ')) ?? '';
	const [at = ''] = /test\/(?:e2e|soak)\/[^)\s]+/.exec(err?.stack ?? '') ?? [];
	return [said, awaited.trim(), at && `at ${at}`]
		.filter((part) => part !== '')
		.map((part) => part.slice(0, 300))
		.join(' ');
}
