import assert from 'node:assert/strict';
import { nextPacificMidnight } from '../../../src/simulator/time/pacificDay';
import { windowKinds, type Quota, type ServiceOptions, type WindowKind } from '../../../src/simulator/service';
import { createStand, flash, lite, seeded, type Stand } from '../../support/simulator/stand';

function withQuota(quota: Quota, options: Partial<ServiceOptions> = {}, start?: number): Stand {
	return createStand(
		{
			projects: [
				{ id: 'one', tier: 'free', quotas: { [flash]: quota, [lite]: {} } },
				{ id: 'two', tier: 'free', quotas: { [flash]: quota } },
			],
			keys: [
				{ secret: 'sim-one', project: 'one' },
				{ secret: 'sim-twin', project: 'one' },
				{ secret: 'sim-two', project: 'two' },
			],
			...options,
		},
		start,
	);
}

/** `ok`, or the stated delay in ms with the quotas that ran out. */
async function tryOnce({ ask }: Stand, secret = 'sim-one', question = '[short]'): Promise<string> {
	try {
		await ask(question, secret);
		return 'ok';
	} catch (error) {
		const text = error instanceof Error ? error.message : '';
		const ids = [...text.matchAll(/"quotaId":"Generate(?:Requests|Content)(\w+?)(?:PerProject\w*)?-FreeTier"/g)];
		return `${ids.map(([, id]) => id).join('+')} ${/"retryDelay":"(\d+)s"/.exec(text)?.[1] ?? ''}`;
	}
}

/** 12:00:10 in Los Angeles. */
const noon = Date.UTC(2026, 10, 24, 20, 0, 10);

describe('simulator: quotas', () => {
	it('belong to project and model, and refused requests do not count', async () => {
		const stand = withQuota({ rpm: 2 }, { window: 'fixed' }, noon);
		assert.deepEqual([await tryOnce(stand), await tryOnce(stand, 'sim-twin')], ['ok', 'ok']);
		for (let n = 0; n < 5; n++) {
			assert.equal(await tryOnce(stand, 'sim-twin'), 'PerMinute 50');
		}
		assert.equal(await tryOnce(stand, 'sim-two'), 'ok');
		await stand.clock.until(stand.client().models.generateContent({ model: lite, contents: '[short]' }));
		await stand.clock.advance(50_000);
		assert.equal(await tryOnce(stand), 'ok');
		assert.equal(stand.service.log.filter(({ outcome }) => outcome === 'rejected:rpm').length, 5);
	});

	const expected: readonly (readonly [WindowKind, readonly string[]])[] = [
		// Asked at 0, 20, 40, 50 (the next minute), 70 and 90 s, with 2 a minute allowed.
		['fixed', ['ok', 'ok', 'PerMinute 9', 'ok', 'ok', 'PerMinute 19']],
		['sliding', ['ok', 'ok', 'PerMinute 20', 'PerMinute 10', 'ok', 'ok']],
		['bucket', ['ok', 'ok', 'ok', 'PerMinute 10', 'ok', 'ok']],
	];
	for (const [window, outcomes] of expected) {
		it(`counts a minute as a ${window} does, and frees what it says when it says`, async () => {
			const stand = withQuota({ rpm: 2 }, { window, minuteDelay: 'true', pace: 0 }, noon + 500);
			const seen: string[] = [];
			for (const wait of [0, 20, 20, 10, 20, 20]) {
				await stand.clock.advance(wait * 1000);
				seen.push(await tryOnce(stand));
			}
			assert.deepEqual(seen, outcomes);
			for (let n = 0; n < 20; n++) {
				const delay = /PerMinute (\d+)/.exec(await tryOnce(stand))?.[1];
				if (delay !== undefined) {
					await stand.clock.advance((Number(delay) + 1) * 1000);
					assert.equal(await tryOnce(stand), 'ok');
				}
			}
		});
	}

	it('count input tokens, and a request that is larger than the limit never passes', async () => {
		const stand = withQuota({ tpm: 100 }, { window: 'fixed' }, noon);
		const question = `[short] ${'word '.repeat(40)}`;
		assert.equal(await tryOnce(stand, 'sim-one', question), 'ok');
		assert.equal(await tryOnce(stand, 'sim-one', question), 'InputTokensPerModelPerMinute 50');
		await stand.clock.advance(600_000);
		assert.match(await tryOnce(stand, 'sim-one', question.repeat(3)), /^InputTokensPerModelPerMinute/);
	});

	it('run out for the day until midnight in Los Angeles, while the body states a short delay where the options say so', async () => {
		const stand = withQuota({ rpd: 1 }, { dailyDelay: 'short' }, noon);
		assert.equal(await tryOnce(stand), 'ok');
		const refused = await tryOnce(stand);
		const delay = Number(/^PerDay (\d+)$/.exec(refused)?.[1]);
		assert.ok(delay >= 21 && delay <= 45, refused);
		await stand.clock.advance(11 * 3_600_000);
		assert.match(await tryOnce(stand), /^PerDay/);
		await stand.clock.advance(3_600_000);
		assert.equal(await tryOnce(stand), 'ok');
	});

	it('state the long true delay where the options say so', async () => {
		const stand = withQuota({ rpd: 1 }, { dailyDelay: 'true' }, noon + 426);
		await tryOnce(stand);
		assert.equal(await tryOnce(stand), `PerDay ${11 * 3600 + 59 * 60 + 49}`);
		assert.match(await stand.ask('x').catch((error: unknown) => String(error)), /Please retry in 11h59m49\.574s/);
	});

	it('know models that a tier does not have', async () => {
		const { client, clock, service } = withQuota({});
		const error: unknown = await clock
			.until(client().models.generateContent({ model: 'gemini-pro-latest', contents: 'x' }))
			.catch((caught: unknown) => caught);
		assert.match(String(error), /limit: 0, model: gemini-3\.1-pro/);
		assert.doesNotMatch(String(error), /quotaValue/);
		assert.deepEqual([service.log[0]?.outcome, service.log[0]?.model], ['rejected:limit0', 'gemini-3.1-pro']);
	});

	it('change at run time, and can be spent by somebody else', async () => {
		const stand = withQuota({ rpm: 5 }, { window: 'fixed' }, noon);
		stand.service.spend('one', flash, { requests: 5, tokens: 1000 });
		assert.match(await tryOnce(stand), /^PerMinute/);
		stand.service.setQuota('one', flash, { rpm: 6 });
		assert.equal(await tryOnce(stand), 'ok');
		assert.match(await tryOnce(stand), /^PerMinute/);
	});

	it('find midnight in Los Angeles through both changes of the clock', () => {
		const cases = [
			['2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
			['2026-03-08T18:00:00Z', '2026-03-09T07:00:00Z'],
			['2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
			['2026-11-01T09:30:00.250Z', '2026-11-02T08:00:00Z'],
			['2026-11-24T07:59:59.999Z', '2026-11-24T08:00:00Z'],
		] as const;
		for (const [now, midnight] of cases) {
			assert.equal(new Date(nextPacificMidnight(Date.parse(now))).toISOString(), new Date(midnight).toISOString());
		}
	});
});

/** Without options: as public reports say that the service counts. */
describe('simulator: quotas as they come', () => {
	/** 12:00:00 in Los Angeles. */
	const start = Date.UTC(2026, 10, 24, 20);
	const half = (): number => 0.5;

	/** How many of `many` requests pass at once. */
	async function passing(stand: Stand, many: number, secret?: string): Promise<number> {
		let passed = 0;
		for (let n = 0; n < many; n++) if ((await tryOnce(stand, secret)) === 'ok') passed++;
		return passed;
	}

	it('count a minute in windows of 60 s from a moment of the project, which chance hides and nothing tells', async () => {
		// The windows began 30 s before the service did.
		const stand = withQuota({ rpm: 15 }, { chance: half }, start);
		assert.equal(await passing(stand, 20), 16, '16 pass at 15');
		await stand.clock.advance(29_000);
		assert.equal(await tryOnce(stand), 'PerMinute 31', 'the next minute of the clock, not what is true');
		await stand.clock.advance(1_000);
		assert.equal(await passing(stand, 20), 16);
		await stand.clock.advance(59_000);
		assert.equal(await passing(stand, 1), 0);
		await stand.clock.advance(1_000);
		assert.equal(await passing(stand, 20), 16);
	});

	it('have the same phase again with the same chance, and one of each project', async () => {
		const firstSecondOf = async (seed: number): Promise<readonly number[]> => {
			const stand = withQuota({ rpm: 1 }, { chance: seeded(seed), latency: 0 }, start);
			const secrets = ['sim-one', 'sim-two'];
			for (const secret of secrets) await passing(stand, 2, secret);
			const begins = secrets.map(() => 0);
			for (let second = 1; second <= 60; second++) {
				await stand.clock.advance(1_000);
				for (const [n, secret] of secrets.entries()) {
					if (begins[n] === 0 && (await tryOnce(stand, secret)) === 'ok') begins[n] = second;
				}
			}
			return begins;
		};
		const [one, again, other] = [await firstSecondOf(7), await firstSecondOf(7), await firstSecondOf(8)];
		assert.deepEqual(again, one);
		assert.notEqual(one[0], one[1]);
		assert.notDeepEqual(other, one);
	});

	it('begin anew with the request that comes after a whole window without any', async () => {
		const stand = withQuota({ rpm: 1 }, { chance: half }, start);
		// Windows would begin at 30, 90 and 150 s.
		await passing(stand, 1);
		await stand.clock.advance(100_000);
		assert.equal(await passing(stand, 3), 2);
		await stand.clock.advance(59_000);
		assert.equal(await passing(stand, 1), 0, 'at 150 s another one would have begun');
		await stand.clock.advance(1_000);
		assert.equal(await passing(stand, 3), 2);
	});

	it('keep the phase over all models of the project', async () => {
		const stand = withQuota({ rpm: 1 }, { chance: half }, start);
		await passing(stand, 1);
		for (const s of [40, 40]) {
			await stand.clock.advance(s * 1000);
			await stand.clock.until(stand.client().models.generateContent({ model: lite, contents: '[short]' }));
		}
		await stand.clock.advance(11_000);
		// At 91 s, in the window that began at 90.
		assert.equal(await passing(stand, 3), 2);
		await stand.clock.advance(58_000);
		assert.equal(await passing(stand, 1), 0);
		await stand.clock.advance(1_000);
		assert.equal(await passing(stand, 3), 2);
	});

	it('count the tokens of the request itself and nothing of the answer, exactly, in the same windows', async () => {
		const stand = withQuota({ tpm: 100 }, { chance: half }, start);
		const long = 'word '.repeat(40);
		assert.equal(await tryOnce(stand, 'sim-one', long), 'ok', 'about 55 in, and ten times as many out');
		assert.equal(await tryOnce(stand, 'sim-one', long), 'InputTokensPerModelPerMinute 60');
		assert.equal(await tryOnce(stand, 'sim-one', '[short]'), 'ok', 'what was refused cost no tokens');
		await stand.clock.advance(29_900);
		assert.match(await tryOnce(stand, 'sim-one', long), /^InputTokens/);
		await stand.clock.advance(100);
		assert.equal(await tryOnce(stand, 'sim-one', long), 'ok');
	});

	it('count no request that was refused, neither in the minute nor in the day', async () => {
		const stand = withQuota({ rpm: 2, rpd: 6 }, { chance: half }, start);
		assert.equal(await passing(stand, 50), 3);
		await stand.clock.advance(30_000);
		assert.equal(await passing(stand, 50), 3);
		assert.match(await tryOnce(stand), /^PerDay/);
	});

	it('count a 503 as a request of the minute and of the day, but nothing that refuses the key', async () => {
		const overloaded = { when: 'always', kind: 'error', body: '503_overloaded' } as const;
		const stand = withQuota({ rpm: 2, rpd: 5 }, { chance: half, faults: [overloaded] }, start);
		for (let n = 0; n < 5; n++) await tryOnce(stand);
		const outcomes = (): readonly string[] => stand.service.log.map(({ outcome }) => outcome.replace('rejected:', ''));
		assert.deepEqual(outcomes(), [...new Array<string>(3).fill('503_overloaded'), 'rpm', 'rpm']);
		await stand.clock.advance(30_000);
		stand.service.setFaults([]);
		assert.equal(await passing(stand, 5), 2, 'of five a day');
		assert.match(await tryOnce(stand), /^PerDay/);

		const tokens = withQuota({ tpm: 100 }, { chance: half, faults: [{ ...overloaded, when: { nth: 1 } }] }, start);
		const long = 'word '.repeat(40);
		for (const outcome of [/^ $/, /^ok$/, /^InputTokens/])
			assert.match(await tryOnce(tokens, 'sim-one', long), outcome);

		const suspended = { when: { first: 9 }, kind: 'error', body: '403_consumer_suspended' } as const;
		const other = withQuota({ rpm: 2 }, { chance: half, faults: [suspended] }, start);
		for (let n = 0; n < 9; n++) await tryOnce(other);
		assert.equal(await passing(other, 5), 3);
	});

	it('state 00:00 UTC for a day that ends at midnight in Los Angeles', async () => {
		const stand = withQuota({ rpd: 1 }, {}, start + 426);
		await tryOnce(stand);
		assert.equal(await tryOnce(stand), `PerDay ${4 * 3600 - 1}`);
		await stand.clock.advance(4 * 3_600_000);
		assert.equal(await tryOnce(stand), `PerDay ${24 * 3600 - 1}`, 'it is not back then');
		await stand.clock.advance(8 * 3_600_000);
		assert.equal(await tryOnce(stand), 'ok');
	});

	it('state the next minute of the clock also where the minute is counted otherwise', async () => {
		for (const window of windowKinds) {
			const stand = withQuota({ rpm: 1 }, { window }, start + 17_500);
			await passing(stand, 2);
			assert.equal(await tryOnce(stand), 'PerMinute 42', window);
		}
	});
});

describe('simulator: credentials', () => {
	const url = `https://simulator.invalid/v1beta/models?pageSize=1`;

	it('refuses a second one, an unknown one and none', async () => {
		const { service } = createStand();
		const status = async (address: string, headers: Record<string, string>): Promise<string> => {
			const response = await service.fetch(address, { headers });
			return `${response.status} ${/"(?:message)": "([^"]{0,34})/.exec(await response.text())?.[1] ?? ''}`;
		};
		const key = { 'x-goog-api-key': 'sim-one' };
		assert.match(await status(url, key), /^200/);
		assert.match(await status(`${url}&key=sim-one`, {}), /^200/);
		assert.equal(await status(`${url}&key=sim-one`, key), '400 Multiple authentication credential');
		assert.match(await status(url, { ...key, authorization: 'Bearer x' }), /^400 Multiple/);
		assert.equal(await status(url, { 'x-goog-api-key': 'sim-other' }), '400 API key not valid. Please pass a v');
		assert.match(await status(url, {}), /^403/);
	});

	it('refuses what is no request, no model and no method', async () => {
		const { service, client, clock } = createStand();
		await assert.rejects(clock.until(client().models.generateContent({ model: flash, contents: [] })));
		const post = (path: string, body: string): Promise<Response> =>
			service.fetch(`https://simulator.invalid${path}`, {
				method: 'POST',
				headers: { 'x-goog-api-key': 'sim-one' },
				body,
			});
		assert.equal((await post(`/v1beta/models/${flash}:generateContent`, '{')).status, 400);
		assert.equal((await post(`/v1beta/models/gemini-embedding-001:generateContent`, '{}')).status, 404);
		assert.equal((await post(`/v1beta/models/gemini-pro:generateContent`, '{}')).status, 404);
		assert.equal((await post(`/v2/models`, '{}')).status, 404);
		const both = { contents: [{}], generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } } };
		assert.equal((await post(`/v1/models/${flash}:generateContent`, JSON.stringify(both))).status, 400);
		const hot = { contents: [{}], generationConfig: { temperature: 99 } };
		assert.equal((await post(`/v1beta/models/${flash}:generateContent`, JSON.stringify(hot))).status, 400);
	});

	it('keeps a bounded log and whole counts', async () => {
		const { service } = createStand();
		for (let n = 0; n < 10_500; n++) {
			await service.fetch('https://simulator.invalid/', {});
		}
		assert.ok(service.log.length <= 10_000 && service.log.length >= 9000);
		assert.equal(service.log.at(-1)?.n, 10_500);
		assert.equal(service.counts.calls, 10_500);
	});
});
