import assert from 'node:assert/strict';
import type { KeyId } from '../../../../src/pool/pool';
import { isBodyName, type BodyName } from '../../../../src/simulator/bodies/bodies';
import { flash, lite } from '../../../support/simulator/stand';
import { loadSdk } from '../../../support/gemini/room';
import { always, first, morning, ThroughPool, type Meets } from '../../../support/gemini/throughPool';

const error = (body: BodyName): Meets => always({ kind: 'error', body });
/** Midnight in Los Angeles, in s from the beginning. */
const midnight = 14 * 3600;

describe('gemini through the pool: a 403 that names neither key nor project', () => {
	before(loadSdk);

	for (const [name, status, text] of [
		['a page', 403, undefined],
		['an empty body', 403, ''],
		['words of a proxy', 403, 'Access Denied by policy 17'],
		['JSON of a gateway', 403, '{"message":"Forbidden"}'],
		['a proxy that wants a password', 407, undefined],
		['a network that wants a sign-in', 511, ''],
		['a sign-in page with 401', 401, undefined],
		['a page that asks for money', 402, undefined],
		['JSON in the form of the service', 401, '{"error":{"code":"unauthorized","message":"Proxy login required"}}'],
		['a name of a status in words', 401, 'UNKNOWN USER, PERMISSION_DENIED'],
		['a prefixed body', 401, 'UNAUTHENTICATED: {"error":{"code":401,"message":"Log in"}}'],
		['JSON with the same code', 403, '{"error":{"code":403,"message":"Access denied by corporate policy"}}'],
		['JSON that asks for money', 402, '{"error":{"code":402,"message":"Your licence has ended"}}'],
		['an ErrorInfo of somebody else', 403, '{"error":{"code":403,"details":[{"reason":"POLICY","domain":"corp"}]}}'],
	] as const) {
		it(`${name} (${status}) is tried again after 10, 30 and 60 s, then said; no key is condemned`, async () => {
			const html = always({ kind: 'html', status, ...(text !== undefined && { text }) });
			const rig = new ThroughPool({ a: html, b: html, c: html });
			assert.equal((await rig.ask(flash, lite)).end, 'proxy');
			assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @10`, `a ${flash} @40`, `a ${flash} @100`]);
			assert.deepEqual(rig.standings(), ['usable', 'usable', 'usable']);
			assert.equal(rig.pool.snapshot().paused, undefined);
		});
	}

	it('a sign-in page with 200 is the network’s, too', async () => {
		const rig = new ThroughPool({ a: first(1, { kind: 'html', status: 200 }) });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @10`]);
	});

	it('a proxy that refuses the tunnel is tried again after 10, 30 and 60 s, then said', async () => {
		const rig = new ThroughPool({ a: {}, b: {} });
		rig.lost = 'UND_ERR_ABORTED';
		rig.lostBecause = 'Proxy response (407) !== 200 when HTTP Tunneling';
		assert.equal((await rig.ask(flash, lite)).end, 'proxy');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @10`, `a ${flash} @40`, `a ${flash} @100`]);
		assert.deepEqual(rig.standings(), ['usable', 'usable']);
	});

	it('a firewall that drops what is sent, and a certificate of another, are no way to the host', async () => {
		for (const [code, words] of [
			['UND_ERR_CONNECT_TIMEOUT', 'Connect Timeout Error'],
			['ETIMEDOUT', 'connect ETIMEDOUT 192.0.2.1:443'],
			['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
			['ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'],
		] as const) {
			const rig = new ThroughPool({ a: {}, b: {} });
			rig.lost = code;
			rig.lostBecause = words;
			assert.equal((await rig.ask(flash, lite)).end, 'unreachable', code);
			assert.ok(rig.calls.every((call) => call.startsWith(`a ${flash}`)));
			const used = rig.pool.snapshot().keys.flatMap(({ models }) => models.map(({ requestsToday }) => requestsToday));
			assert.deepEqual(used, [0], `${code}: none of the day's requests`);
		}
	});

	it('a proxy that lets go in between costs no key', async () => {
		const rig = new ThroughPool({ a: first(2, { kind: 'html', status: 403 }), b: {} });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @10`, `a ${flash} @40`]);
	});

	it('a plain PERMISSION_DENIED is key x model for an hour: next key, then the fallback model, no abuse', async () => {
		const gated: Meets = {
			faults: [{ when: 'always', model: flash, on: 'generation', kind: 'error', body: '403_permission_denied' }],
		};
		const rig = new ThroughPool({ a: gated, b: gated, c: gated });
		assert.equal((await rig.ask(flash, lite)).end, 'answered');
		assert.deepEqual(
			rig.calls.map((call) => call.slice(2, -3)),
			[flash, flash, flash, lite],
		);
		assert.deepEqual(rig.standings(), [
			'unsupported modelDenied',
			'unsupported modelDenied',
			'unsupported modelDenied',
		]);
		assert.equal(rig.endsIn('a'), 3600);
		assert.equal(rig.pool.snapshot().paused, undefined);
		rig.calls.length = 0;
		assert.equal((await rig.ask(flash)).end, 'modelDenied');
		assert.deepEqual(rig.calls, []);
		await rig.clock.advance(3_600_000);
		assert.deepEqual(rig.standings(), ['usable', 'usable', 'usable']);
	});

	it('is the key’s alone: another key of the same project is asked', async () => {
		const rig = new ThroughPool({ a: { ...error('403_permission_denied'), project: 'p' }, b: { project: 'p' } });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `b ${flash} @0`]);
		assert.deepEqual(rig.standings(), ['unsupported modelDenied', 'usable']);
	});

	it('with one key goes to the fallback model of that key, and ends with the reason where there is none', async () => {
		const gated: Meets = {
			faults: [{ when: 'always', model: flash, on: 'generation', kind: 'error', body: '403_permission_denied' }],
		};
		const rig = new ThroughPool({ a: gated });
		assert.equal((await rig.ask(flash)).end, 'modelDenied');
		const other = new ThroughPool({ a: gated });
		assert.equal((await other.ask(flash, lite)).end, 'answered');
		assert.deepEqual(other.calls, [`a ${flash} @0`, `a ${lite} @0`]);
	});

	it('says nothing against a key that is checked, first or again', async () => {
		for (const meets of [error('403_permission_denied'), always({ kind: 'html', status: 403, on: 'everything' })]) {
			const rig = new ThroughPool({ a: meets });
			const failure = await rig.clock.until(rig.pool.check('a' as KeyId));
			assert.ok(failure?.action.reason === 'modelDenied' || failure?.action.reason === 'proxy');
			assert.deepEqual(rig.standings(), ['usable']);
		}
	});

	it('a project or an account that is suspended pauses the pool', async () => {
		for (const body of ['403_project_suspended', '403_account_suspended'] as const) {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'paused');
			assert.deepEqual(
				[rig.standings()[0], rig.pool.snapshot().paused?.reason],
				['quarantined suspended', 'suspended'],
				body,
			);
		}
	});

	it('only bodies that name the key, the project or the account condemn, and three of them are an abuse signal', async () => {
		for (const [body, reason] of [
			['403_api_key_service_blocked', 'blocked'],
			['403_service_disabled', 'serviceDisabled'],
			['403_billing_disabled', 'billing'],
			['403_consumer_invalid', 'blocked'],
			['403_user_project_denied', 'blocked'],
			['403_key_deleted', 'badKey'],
		] as const) {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.deepEqual(rig.standings(), [`quarantined ${reason}`, 'usable'], body);
		}
		const worked = (body: BodyName): Meets => ({
			faults: [{ when: { from: 1000, to: Infinity }, kind: 'error', body }],
		});
		const burst = async (body: BodyName): Promise<boolean> => {
			const rig = new ThroughPool({ a: worked(body), b: worked(body), c: worked(body) });
			for (let n = 0; n < 3; n++) await rig.ask(flash);
			await rig.clock.advance(2000);
			await rig.ask(flash);
			return rig.pool.snapshot().paused !== undefined;
		};
		assert.equal(await burst('403_api_key_service_blocked'), true);
		assert.equal(await burst('403_permission_denied'), false);
	});
});

describe('gemini through the pool: a 429 without quotaValue', () => {
	before(loadSdk);

	for (const [body, reason, seconds] of [
		['429_rpm_no_value', 'rpm', undefined],
		['429_paid_rpm_no_value', 'rpm', undefined],
		['429_rpd_no_value', 'rpd', midnight],
		['429_paid_rpd_no_value', 'rpd', midnight],
	] as const) {
		it(`${body} cools down by its kind`, async () => {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.deepEqual(rig.standings(), [`coolingDown ${reason}`, 'usable']);
			if (seconds === undefined) assert.ok((rig.endsIn('a') ?? Infinity) <= 61);
			else assert.equal(rig.endsIn('a'), seconds);
		});
	}

	it('the free tier’s several together still close the model for a day', async () => {
		const rig = new ThroughPool({ a: error('429_limit0_pro_free'), b: {} });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.standings(), ['unsupported tierLacksModel', 'usable']);
		assert.equal(rig.endsIn('a'), 24 * 3600);
	});
});

describe('gemini through the pool: answers that are no answer', () => {
	before(loadSdk);

	it('a block after text ends at once: one call, the text kept, the reason said', async () => {
		const blocked = always({ kind: 'blockedPrompt', reason: 'PROHIBITED_CONTENT', afterPieces: 2 });
		const rig = new ThroughPool({ a: blocked, b: blocked });
		const { end, text, finished } = await rig.ask(flash);
		assert.deepEqual([end, finished], ['answered', 'PROHIBITED_CONTENT']);
		assert.notEqual(text, '');
		assert.equal(rig.calls.length, 1);
	});

	it('a malformed function call is asked once more on the same key, then said', async () => {
		const malformed = always({ kind: 'finish', reason: 'MALFORMED_FUNCTION_CALL', afterPieces: 0 });
		const rig = new ThroughPool({ a: malformed, b: malformed });
		assert.equal((await rig.ask(flash, lite)).end, 'malformedCall');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @1`]);
		const once = new ThroughPool({
			a: first(1, { kind: 'finish', reason: 'MALFORMED_FUNCTION_CALL', afterPieces: 0 }),
			b: {},
		});
		assert.equal((await once.ask(flash)).end, 'answered');
		assert.deepEqual(once.calls, [`a ${flash} @0`, `a ${flash} @1`]);
	});

	it('counts and costs what the service has counted, though there is nothing to show', async () => {
		for (const failing of [
			{ kind: 'finish', reason: 'MALFORMED_FUNCTION_CALL', afterPieces: 0 },
			{ kind: 'finish', reason: 'RECITATION', afterPieces: 0 },
			{ kind: 'blockedPrompt', reason: 'PROHIBITED_CONTENT' },
		] as const) {
			const rig = new ThroughPool({ a: always(failing) });
			const { error } = await rig.ask(flash);
			assert.ok(error && error.attempts.length > 0);
			for (const { usage } of error.attempts) assert.ok((usage?.input ?? 0) > 0, failing.reason);
			const [minute] = rig.pool.usage().minutes();
			assert.ok((minute?.input ?? 0) > 0, failing.reason);
		}
	});

	for (const as of ['object', 'list'] as const) {
		it(`JSON where a stream was asked (${as}) is read as the answer that it is`, async () => {
			// As many projects, so that chance falls alike.
			const whole = await new ThroughPool({ a: {}, b: {} }).ask(flash);
			const rig = new ThroughPool({ a: always({ kind: 'asJson', as }), b: {} });
			const { end, text, finished } = await rig.ask(flash);
			assert.deepEqual([end, finished], ['answered', 'STOP']);
			assert.equal(text, whole.text);
			assert.equal(rig.calls.length, 1);
		});
	}
});

describe('gemini through the pool: whose words they are', () => {
	before(loadSdk);

	for (const body of ['400_quoted_words', '400_unquoted_words'] as const) {
		it(`words of the request inside a 400 condemn no key (${body})`, async () => {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'badRequest');
			assert.equal(rig.calls.length, 1);
			assert.deepEqual(rig.standings(), ['usable', 'usable']);
		});
	}

	for (const body of [
		'400_thought_signature_corrupted',
		'400_thought_signature_invalid',
		'400_thought_signature_missing',
		'400_thought_signature_missing_in_block',
		'400_thought_signature_no_base64',
		'400_thought_signature_not_valid',
	] as const) {
		it(`${body} is said as what it is, and no key is at fault`, async () => {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'thoughtSignature');
			assert.equal(rig.calls.length, 1);
			assert.deepEqual(rig.standings(), ['usable', 'usable']);
		});
	}

	for (const body of ['429_spending_cap', '402_spending_cap', '429_monthly_spend_cap'] as const) {
		it(`${body} stops the project until a person acts`, async () => {
			const rig = new ThroughPool({ a: error(body), b: {} });
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.deepEqual(rig.standings(), ['quarantined billing', 'usable']);
			await rig.clock.advance(24 * 3_600_000);
			assert.deepEqual(rig.standings(), ['quarantined billing', 'usable']);
		});
	}

	it('the Interactions API’s words are a day’s or a minute’s quota', async () => {
		const daily = new ThroughPool({ a: error('429_interactions_per_day'), b: {} });
		await daily.ask(flash);
		assert.deepEqual(daily.standings(), ['coolingDown rpd', 'usable']);
		const minutely = new ThroughPool({ a: error('429_interactions_per_minute'), b: {} });
		await minutely.ask(flash);
		assert.deepEqual(minutely.standings(), ['coolingDown rpm', 'usable']);
	});

	it('a delay in words without a quota id is believed, but never beyond midnight in Los Angeles', async () => {
		const rig = new ThroughPool({ a: error('429_delay_in_words'), b: {} });
		await rig.ask(flash);
		assert.deepEqual(rig.standings(), ['coolingDown capacity', 'usable']);
		assert.equal(rig.endsIn('a'), 6 * 3600 + 39 * 60 + 38);
		const late = new ThroughPool({ a: error('429_delay_in_words'), b: {} });
		await late.clock.advance(10 * 3_600_000);
		await late.ask(flash);
		assert.equal(late.endsIn('a'), 4 * 3600);
	});
});

describe('gemini through the pool: Retry-After of another host', () => {
	before(loadSdk);

	const bare = (retryAfter: string, body: BodyName = '429_no_details'): Meets =>
		always({ kind: 'error', body, retryAfter });

	it('is honoured in seconds and as a date, where the body states nothing', async () => {
		for (const value of ['120', new Date(morning + 120_000).toUTCString()]) {
			const rig = new ThroughPool({ a: bare(value), b: {} });
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.deepEqual(rig.standings(), ['coolingDown capacity', 'usable']);
			assert.equal(rig.endsIn('a'), 121, value);
		}
	});

	it('yields to what the body states', async () => {
		const rig = new ThroughPool({ a: bare('7', '429_delay_in_words'), b: {} });
		await rig.ask(flash);
		assert.equal(rig.endsIn('a'), 6 * 3600 + 39 * 60 + 38);
	});

	it('is nothing to go by where Google sends it, or where it makes no sense', async () => {
		const plain = new ThroughPool({ a: error('429_no_details'), b: {} });
		await plain.ask(flash);
		for (const [value, host] of [
			['120', 'https://generativelanguage.googleapis.com'],
			['soon', undefined],
			['-5', undefined],
			['999999999', undefined],
		] as const) {
			const rig = new ThroughPool({ a: bare(value), b: {} }, host);
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.equal(rig.endsIn('a'), plain.endsIn('a'), value);
		}
	});

	for (const body of ['500_internal', '503_deadline_expired'] as const) {
		it(`is the least that is waited after ${body}`, async () => {
			const rig = new ThroughPool({ a: first(1, { kind: 'error', body, retryAfter: '20' }) });
			assert.equal((await rig.ask(flash)).end, 'answered');
			assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @20`]);
		});
	}

	it('yields to RetryInfo of an overloaded model', async () => {
		const rig = new ThroughPool({ a: first(1, { kind: 'error', body: '503_retry_info', retryAfter: '20' }) });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @1`]);
	});

	it('is the least that an overloaded model is left alone', async () => {
		const rig = new ThroughPool({ a: first(1, { kind: 'error', body: '503_overloaded', retryAfter: '20' }) });
		assert.equal((await rig.ask(flash)).end, 'answered');
		assert.deepEqual(rig.calls, [`a ${flash} @0`, `a ${flash} @20`]);
	});
});

describe('gemini through the pool: the project that a body names', () => {
	before(loadSdk);

	for (const body of [
		'429_legacy_per_minute',
		'403_api_key_service_blocked',
		'403_service_disabled',
		'403_model_denied_names_project',
	] as const) {
		it(`is told of ${body}`, async () => {
			assert.ok(isBodyName(body));
			const rig = new ThroughPool({ a: error(body), b: {} });
			await rig.ask(flash);
			const named = rig.events.filter((event) => event.type === 'projectNamed');
			assert.deepEqual(
				named.map(({ key, number }) => [key, /^\d+$/.test(number)]),
				[['a', true]],
			);
		});
	}

	it('is not told where none is named', async () => {
		const rig = new ThroughPool({ a: error('429_rpm_free'), b: {} });
		await rig.ask(flash);
		assert.deepEqual(
			rig.events.filter(({ type }) => type === 'projectNamed'),
			[],
		);
	});
});
