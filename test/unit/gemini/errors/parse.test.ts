import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseFailure, type ParsedFailure } from '../../../../src/gemini/errors/parse';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';

const folder = join(__dirname, '../../../fixtures/errors');
const plain = (text: string): string => text;
const parse = (thrown: unknown): ParsedFailure => parseFailure(thrown, plain);
const fixture = (name: string): string => readFileSync(join(folder, `${name}.json`), 'utf8');

/** As the SDK throws it. */
function apiError(message: string, status: number): Error {
	return Object.assign(new Error(message), { name: 'ApiError', status });
}

/** As Python prints a value. */
function pythonRepr(value: unknown): string {
	if (Array.isArray(value)) {
		return `[${value.map(pythonRepr).join(', ')}]`;
	}
	if (typeof value === 'object' && value !== null) {
		return `{${Object.entries(value)
			.map(([name, item]) => `${pythonRepr(name)}: ${pythonRepr(item)}`)
			.join(', ')}}`;
	}
	if (typeof value === 'string') {
		return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
	}
	return value === null ? 'None' : JSON.stringify(value);
}

/** The same with every object's fields in the opposite order. */
function turned(value: unknown): unknown {
	if (Array.isArray(value)) {
		return value.map(turned).reverse();
	}
	return typeof value === 'object' && value !== null
		? Object.fromEntries(
				Object.entries(value)
					.reverse()
					.map(([name, item]) => [name, turned(item)]),
			)
		: value;
}

describe('gemini: the parser', () => {
	const bodies = readdirSync(folder).filter((file) => file !== 'index.json');
	for (const file of bodies) {
		const text = readFileSync(join(folder, file), 'utf8');
		const json = JSON.parse(text) as unknown;
		const status = Number(file.slice(0, 3));
		const bare = (Array.isArray(json) ? (json as unknown[])[0] : json) as { error: { status?: string } };
		it(`reads ${file} alike in every wrapping`, () => {
			const expected = parse(new ServiceError(text, status));
			assert.equal(expected.status, status);
			assert.notEqual(expected.message, '');
			const wrappings: Readonly<Record<string, unknown>> = {
				'one line': apiError(JSON.stringify(json), status),
				'array twice': new ServiceError(JSON.stringify([[bare]]), status),
				'double-encoded': apiError(
					JSON.stringify({ error: { message: text, code: status, status: 'Some Words' } }),
					status,
				),
				'encoded three times': apiError(
					JSON.stringify({ error: { message: JSON.stringify({ error: { message: text } }), code: status } }),
					status,
				),
				'a JSON string': new ServiceError(JSON.stringify(JSON.stringify(json)), status),
				prefixed: `got status: ${bare.error.status ?? String(status)}. ${JSON.stringify(json)}`,
				'prefixed with a number': `[${status} Some Words] ${JSON.stringify(json)}`,
				parsed: { ...bare, status },
				'Python repr': `${status} ${bare.error.status ?? ''}. ${pythonRepr(bare)}`,
				'a byte order mark': new ServiceError(`\ufeff${text}`, status),
			};
			for (const [name, thrown] of Object.entries(wrappings)) {
				assert.deepEqual(parse(thrown), expected, name);
			}
		});

		it(`reads ${file} in any order of fields`, () => {
			const { violations, ...others } = parse(JSON.stringify(turned(json)));
			const { violations: expectedViolations, ...expected } = parse(JSON.stringify(json));
			assert.deepEqual(others, expected);
			assert.deepEqual([...violations].reverse(), expectedViolations);
		});
	}

	it('collects quotas, delay and limit', () => {
		const daily = parse(fixture('429_rpd_free_flash_long_delay'));
		assert.equal(Math.round(daily.delayMs ?? 0), 23_977_427);
		assert.equal(daily.retryDelayMs, 23_977_000);
		assert.deepEqual(daily.violations, [
			{
				quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
				quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
				model: 'gemini-3.5-flash',
				quotaValue: 20,
				per: 'day',
				counts: 'requests',
				isFree: true,
			},
		]);
		assert.equal(
			parse(fixture('429_rpd_free_flash_short_delay')).violations[0]?.model,
			undefined,
			'a placeholder is no model',
		);
		const tokens = parse(fixture('429_paid_tpm')).violations[0];
		assert.deepEqual([tokens?.per, tokens?.counts, tokens?.quotaValue], ['minute', 'tokens', 2_000_000]);
		assert.equal(parse(fixture('429_limit0_pro_free')).limitZero, true);
		assert.equal(parse('limit: 0.5, limit: 05, limit: 10').limitZero, false);
		assert.equal(parse(fixture('403_service_disabled')).consumer, '411082643095');
	});

	const odd: readonly (readonly [string, unknown, Partial<ParsedFailure>])[] = [
		['nothing', undefined, { message: '' }],
		['null', null, { message: '' }],
		['an empty text', '', { message: '' }],
		['an empty object', {}, { message: '' }],
		['a number', 42, { message: '' }],
		['an empty body with a status', new ServiceError('', 503), { status: 503, message: '' }],
		['plain words', 'quota exceeded', { message: 'quota exceeded' }],
		['words with a status', '503 UNAVAILABLE: try later', { status: 503, googleStatus: 'UNAVAILABLE' }],
		['a string code', '{"error":{"code":"429","message":"slow down"}}', { status: 429, message: 'slow down' }],
		['a word for a code', '{"error":{"code":"invalid_request","message":"no"}}', { status: 400, message: 'no' }],
		['a name alone', '{"error":{"status":"PERMISSION_DENIED","message":"no"}}', { status: 403 }],
		[
			'no-break and double spaces',
			'{"error":{"code":429,"message":"Please \u00a0retry\u00a0in  5s"}}',
			{ message: 'Please retry in 5s', delayMs: 5000 },
		],
		['an error that is a text', '{"error":"quota"}', { message: 'quota' }],
		[
			'a body without an envelope',
			'{"code":500,"message":"oops","status":"INTERNAL"}',
			{ status: 500, message: 'oops' },
		],
		[
			'a cut body',
			'{"error":{"code":429,"message":"Please retry in 5s","details":[{"a":',
			{ status: 429, delayMs: 5000 },
		],
		[
			'details that are no list',
			'{"error":{"code":400,"message":"x","details":"none"}}',
			{ status: 400, violations: [] },
		],
		['a code outside errors', new ServiceError('{"error":{"code":200,"message":"x"}}', 502), { status: 502 }],
		['the body against HTTP', new ServiceError('{"error":{"code":429,"message":"x"}}', 500), { status: 429 }],
		[
			'a page',
			new ServiceError('<!DOCTYPE html><html><title>502 Bad\nGateway</title>…', 502),
			{ status: 502, message: '502 Bad Gateway' },
		],
		['an invalid delay', '{"error":{"code":429,"message":"x","details":[{"retryDelay":"-5s"}]}}', { status: 429 }],
		[
			'a delay as protobuf prints it',
			'{"error":{"code":429,"details":[{"retryDelay":{"seconds":"7","nanos":500000000}}]}}',
			{ delayMs: 7500 },
		],
		['a reason outside details', '400 API_KEY_INVALID', { reason: 'API_KEY_INVALID' }],
	];
	for (const [name, thrown, expected] of odd) {
		it(`makes the best of ${name}`, () => {
			const parsed: Record<string, unknown> = { ...parse(thrown) };
			for (const [field, value] of Object.entries(expected)) {
				assert.deepEqual(parsed[field], value, field);
			}
			if (name === 'an invalid delay') {
				assert.equal(parsed['delayMs'], undefined);
			}
		});
	}

	it('never throws, and keeps its texts short, whatever comes', () => {
		fc.assert(
			fc.property(fc.oneof(fc.anything({ maxDepth: 3 }), fc.json(), fc.string({ unit: 'binary' })), (thrown) => {
				const { message, violations } = parse(thrown);
				return message.length <= 1000 && violations.length <= 1024;
			}),
		);
	});

	it('never throws on a body that is cut anywhere or has a character changed', () => {
		const text = fixture('429_limit0_pro_free');
		fc.assert(
			fc.property(
				fc.nat(text.length - 1),
				fc.string({ minLength: 0, maxLength: 2 }),
				fc.boolean(),
				(at, other, cut) => {
					parse(new ServiceError(text.slice(0, at) + other + (cut ? '' : text.slice(at + 1)), 429));
				},
			),
		);
	});

	it('looks at the beginning of a huge body alone', () => {
		const head = '{"error":{"code":429,"message":"Please retry in 9s","x":"';
		assert.equal(parse(new ServiceError(head + 'y'.repeat(10_000_000), 429)).delayMs, 9000);
		for (const filler of ['[', '{', '{"a":', "'", '\\', '<', 'retry in 1h', 'a{']) {
			let masked = 0;
			parseFailure(new ServiceError(filler.repeat(10_000_000 / filler.length), 429), (text) => {
				masked = Math.max(masked, text.length);
				return text;
			});
			assert.ok(masked <= 65_536, filler);
		}
	});

	it('masks every text that it keeps', () => {
		const secret = 'AIza' + 'x'.repeat(35);
		const mask = (text: string): string => text.replaceAll(secret, '***');
		const body = {
			error: {
				code: 403,
				message: `Consumer 'api_key:${secret}' has been suspended.`,
				status: 'PERMISSION_DENIED',
				details: [
					{ reason: secret, domain: secret, metadata: { consumer: `api_key:${secret}`, [secret]: 'x' } },
					{ '@type': 'DebugInfo', detail: secret },
					{
						violations: [{ quotaId: secret, quotaMetric: secret, quotaDimensions: { model: secret }, quotaValue: '5' }],
					},
				],
			},
		};
		for (const thrown of [
			JSON.stringify(body),
			body,
			apiError(JSON.stringify({ error: { message: JSON.stringify(body) } }), 403),
		]) {
			const parsed = JSON.stringify(parseFailure(thrown, mask));
			assert.ok(!parsed.includes(secret), parsed);
			assert.ok(parsed.includes("api_key:***' has been suspended"));
		}
	});
});
