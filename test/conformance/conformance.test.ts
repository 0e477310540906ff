import assert from 'node:assert/strict';
import { loadSdk } from '../support/gemini/room';
import { play } from './play';
import { readScenarios } from './scenario';
import { credentialsOf } from './server/verdict';
import type { Call } from './upstream';

describe('conformance', () => {
	before(loadSdk);

	for (const { file, scenarios } of readScenarios()) {
		describe(file, () => {
			for (const scenario of scenarios) {
				it(`${scenario.name} (${scenario.fact})`, async () => {
					const { raw, ...outcome } = await play(scenario);
					const { sent, ...expected } = scenario.expect;
					assert.deepEqual(outcome, { ...outcome, ...expected });
					if (sent) for (const call of raw) assert.deepEqual(asSent(call), sent);
				});
			}
		});
	}
});

/** What of a call a scenario can expect. */
function asSent(call: Call): unknown {
	const { pathname, search } = new URL(call.url);
	return { path: `${pathname}${search}`, credentials: credentialsOf(call), body: call.body };
}
