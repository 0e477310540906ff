import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai/web';
import { serve, type Server } from '../../../src/simulator/http';
import { optionsOf, scenarioOf } from '../../../src/simulator/scenario';
import { createService, systemClock, type Service } from '../../../src/simulator/service';
import { createStand, flash, lite, seeded } from '../../support/simulator/stand';

/** It is noon in Los Angeles all along: no day ends in the middle. */
const noonClock = { ...systemClock, now: () => Date.UTC(2026, 10, 24, 20) };

describe('simulator: over sockets', () => {
	let service: Service;
	let server: Server;

	beforeEach(async () => {
		service = createService(optionsOf(scenarioOf('five-keys'), { clock: noonClock, chance: seeded(1), pace: 0 }));
		server = await serve(service);
	});

	afterEach(() => server.close());

	const client = (apiKey: string): GoogleGenAI =>
		new GoogleGenAI({
			apiKey,
			apiVersion: 'v1beta',
			vertexai: false,
			httpOptions: {
				baseUrl: server.url,
				fetch: (input: string | URL | Request, init?: RequestInit) =>
					globalThis.fetch(input, { ...init, redirect: 'error' }),
			},
		});

	async function ask(secret: string): Promise<string> {
		let text = '';
		const request = { model: flash, contents: 'Over a socket?' };
		for await (const chunk of await client(secret).models.generateContentStream(request)) {
			text += chunk.text ?? '';
		}
		return text;
	}

	it('gives the five keys of the scenario their outcomes', async () => {
		await assert.rejects(ask('sim-minute'), /PerMinutePerProject/);
		await assert.rejects(ask('sim-day'), /PerDayPerProject[^]*"retryDelay\\*": ?\\*"38s/);
		await assert.rejects(ask('sim-invalid'), /API_KEY_INVALID/);
		assert.match(await ask('sim-good-1'), /Over a socket\?[^]*That is all/);
		assert.match(await ask('sim-good-2'), /sim-answer-/);
		assert.deepEqual(
			service.log.map(({ key, tail, outcome }) => [key, tail, outcome]),
			[
				[0, 'nute', 'rejected:429_rpm_free'],
				[1, '-day', 'rejected:rpd'],
				[undefined, 'alid', 'rejected:400_api_key_invalid'],
				[2, 'od-1', 'answered'],
				[3, 'od-2', 'answered'],
			],
		);
	});

	it('resets connections before headers and in the middle', async () => {
		service.setFaults([{ when: 'always', kind: 'reset' }]);
		await assert.rejects(ask('sim-good-1'), { name: 'TypeError', message: 'fetch failed' });
		service.setFaults([{ when: 'always', kind: 'cutStream', afterPieces: 2 }]);
		const pieces: (string | undefined)[] = [];
		const reading = (async (): Promise<void> => {
			const request = { model: flash, contents: 'x' };
			for await (const chunk of await client('sim-good-1').models.generateContentStream(request)) {
				pieces.push(chunk.text);
			}
		})();
		await assert.rejects(reading, { name: 'TypeError', message: 'terminated' });
		assert.equal(pieces.length, 2);
	});

	it('sees a caller that goes away', async () => {
		const hold = service.hold();
		const gone = new AbortController();
		const asking = client('sim-good-1').models.generateContentStream({
			model: flash,
			contents: 'x',
			config: { abortSignal: gone.signal },
		});
		const reading = (async (): Promise<void> => {
			for await (const chunk of await asking) {
				assert.ok(chunk.text);
			}
		})();
		await hold.reached;
		gone.abort();
		await assert.rejects(reading, { name: 'AbortError' });
		// The socket's end reaches the service a little later; the next call comes after it.
		while (service.log[0]?.end === 'open') {
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.equal(service.log[0]?.end, 'aborted');
	});

	it('ends when closed although a stream is open', async () => {
		const hold = service.hold();
		const reading = assert.rejects(ask('sim-good-1'), TypeError);
		await hold.reached;
		await server.close();
		await server.close();
		await reading;
	});
});

describe('simulator: scenarios', () => {
	it('leaves only the small model when all keys are exhausted', async () => {
		const { secrets, ...rest } = scenarioOf('all-exhausted');
		const { ask, client, clock } = createStand(rest);
		for (const secret of secrets) {
			await assert.rejects(ask('x', secret), /RESOURCE_EXHAUSTED/);
		}
		const answer = await clock.until(client(secrets[0]).models.generateContent({ model: lite, contents: 'x' }));
		assert.equal(answer.modelVersion, lite);
	});

	it('calls a key leaked when it is asked, not when it is checked', async () => {
		const { secrets, ...rest } = scenarioOf('one-leaked');
		const { ask, client, clock } = createStand(rest);
		await clock.until(client(secrets[0]).models.list());
		await assert.rejects(ask('x', secrets[0]), /reported as leaked/);
		assert.match(await ask('x', secrets[1]), /sim-answer-/);
	});
});
