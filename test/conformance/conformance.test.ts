import assert from 'node:assert/strict';
import { loadSdk } from '../unit/gemini/room';
import { play } from './play';
import { readScenarios } from './scenario';
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
function asSent({ url, headers, body }: Call): unknown {
	const { pathname, search, searchParams } = new URL(url);
	const credentials = [
		...['x-goog-api-key', 'authorization'].filter((name) => name in headers),
		...['key', 'access_token'].filter((name) => searchParams.has(name)),
	];
	return { path: `${pathname}${search}`, credentials, body };
}
