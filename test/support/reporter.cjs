// Mocha's spec report, closed by the one line that the runner adds up. Where KEYPOOL_TEST_FAILURES names a file, the
// file and the full title of each test that failed, and the first line of the reason, are written into it.
const { writeFileSync } = require('node:fs');
const path = require('node:path');
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

function reasonOf({ err }) {
	const [line] = String(err?.message ?? err).split('\n', 1);
	return line.slice(0, 300);
}
