// Mocha's spec report, closed by the one line that test/run.mjs adds up.
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
	epilogue() {
		super.epilogue();
		const { passes, failures } = this.stats;
		Mocha.reporters.Base.consoleLog(`${passes} passed, ${failures} failed`);
	}
};
