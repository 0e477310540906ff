import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { EnvironmentKeys } from '../../../src/headless/environmentKeys';
import { createHeadlessGateway } from '../../../src/headless/headlessGateway';
import { planOf } from '../../../src/headless/arguments';
import { createService } from '../../../src/simulator/service';
import { memoryClients } from '../../support/gateway/gatewayRig';
import { flash, seeded } from '../../support/simulator/stand';
import { MemoryPlace } from '../../support/store/memoryPlace';
import { VirtualClock } from '../../support/virtualClock';

const secret = `sim-key-${'x'.repeat(31)}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const quiet = (): void => undefined;

describe('the gateway without an editor', () => {
	it('bears that a model thinks for minutes before it says a word: there is no setting that allows more time', async () => {
		const clock = new VirtualClock();
		const service = createService({
			...{ clock, chance: seeded(1), projects: [{ id: 'one', tier: 'free', quotas: {} }] },
			keys: [{ secret, project: 'one', faults: [{ when: 'always', kind: 'latency', beforeHeaders: 240_000 }] }],
		});
		const plan = planOf({ values: {}, positionals: [] });
		assert.ok(plan.type === 'serve');
		let ids = 0;
		const headless = createHeadlessGateway({
			...{ plan, team: undefined, metricsToken: undefined, clock, storeClock: clock, sha256, randomBytes },
			keys: EnvironmentKeys.read({ GEMINI_API_KEYS: secret }, '', sha256),
			channel: { shows: () => false, error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet },
			clients: memoryClients(),
			backend: new MemoryPlace(),
			soon: setImmediate,
			random: () => 0,
			newId: () => `id${++ids}`,
			doors: { hosts: [], origins: [] },
			fetch: service.fetch,
			onStoreError: quiet,
			onPaused: quiet,
			onHeld: quiet,
		});
		const { token } = await clock.until(headless.tokens.issue({ name: 'tool' }));
		const asked = headless.handle(
			new Request(`http://127.0.0.1:8642/v1beta/models/${flash}:streamGenerateContent?alt=sse`, {
				method: 'POST',
				headers: { host: '127.0.0.1:8642', 'x-goog-api-key': token, 'content-type': 'application/json' },
				body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi [short]' }] }] }),
			}),
			8642,
		);
		const text = await clock.until(asked.then((response) => response.text()));
		assert.match(text, /sim-answer-/);
		assert.equal(service.log.length, 1, 'it was not asked again');
		await clock.until(headless.dispose());
	});
});
