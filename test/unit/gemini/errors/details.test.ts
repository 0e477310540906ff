import assert from 'node:assert/strict';
import { readDetails, violationsInMessage } from '../../../../src/gemini/errors/details';
import { parseFailure, type ParsedFailure } from '../../../../src/gemini/errors/parse';
import { ServiceError } from '../../../../src/gemini/errors/serviceError';

const plain = (text: string): string => text;
const parse = (thrown: unknown): ParsedFailure => parseFailure(thrown, plain);
const nothing = { violations: [], metadata: {} };
const foreign = { isFromService: false, isPage: false };
/** The one violation that `fields` are read as. */
const violation = (fields: Readonly<Record<string, unknown>>): unknown =>
	readDetails([{ violations: [fields] }], plain).violations[0];

describe('gemini: the details of a failure', () => {
	it('are none where there are none', () => {
		for (const details of [
			undefined,
			null,
			'x',
			{},
			[],
			[7, null, 'x'],
			[{ reason: 7, retryDelay: 7, violations: 7 }],
		]) {
			assert.deepEqual(readDetails(details, plain), nothing);
		}
	});

	it('say nothing of numbers where those are objects, whatever the fields of those are called', () => {
		const odd = JSON.parse('{"toString":1,"valueOf":{}}') as unknown;
		assert.deepEqual(violation({ quotaId: 'a', quotaValue: odd }), violation({ quotaId: 'a' }));
		assert.deepEqual(readDetails([{ retryDelay: { seconds: odd, nanos: odd } }], plain), nothing);
		const body = { error: { code: 429, details: [{ violations: [{ quotaId: 'a', quotaValue: odd }] }] } };
		assert.equal(parse(new ServiceError(JSON.stringify(body), 429)).status, 429);
	});

	it('hold reason, domain and metadata of the first that has a reason', () => {
		const details = [
			{ metadata: { other: 'x' } },
			{ reason: 'A', domain: 'd', metadata: { consumer: 'projects/1', odd: 7 } },
			{ reason: 'B', domain: 'e' },
		];
		assert.deepEqual(readDetails(details, plain), {
			...nothing,
			reason: 'A',
			domain: 'd',
			metadata: { consumer: 'projects/1' },
		});
	});

	it('hold the longest delay, and every violation of every entry', () => {
		const details = [
			{ retryDelay: '3s', violations: [{ quotaId: 'a' }] },
			{ retryDelay: '40s', violations: [{ quotaId: 'b' }, 7, { other: 'x' }, { quotaMetric: 'c' }] },
			{ retryDelay: '5s' },
			{ retryDelay: 'soon' },
		];
		const read = readDetails(details, plain);
		assert.equal(read.retryDelayMs, 40_000);
		assert.deepEqual(
			read.violations.map(({ quotaId, quotaMetric }) => quotaId ?? quotaMetric),
			['a', 'b', 'c'],
		);
	});

	it('are bounded: 32 entries, 32 violations in each, 32 words about them', () => {
		const many = Array.from({ length: 40 }, (_, at) => ({ violations: [{ quotaId: `q${at}` }] }));
		assert.equal(readDetails(many, plain).violations.length, 32);
		const list = [{ violations: many.map((_, at) => ({ quotaId: `q${at}` })) }];
		assert.equal(readDetails(list, plain).violations.length, 32);
		const metadata = Object.fromEntries(many.map((_, at) => [`m${at}`, 'x']));
		assert.equal(Object.keys(readDetails([{ reason: 'R', metadata }], plain).metadata).length, 32);
		assert.equal(violationsInMessage('metric: a, limit: 1 '.repeat(40), plain).length, 32);
	});

	it('tell the period and what is counted by the id, else by the metric', () => {
		const cases: readonly (readonly [fields: Readonly<Record<string, unknown>>, per: string, counts: string])[] = [
			[{ quotaId: 'RequestsPerDay' }, 'day', 'requests'],
			[{ quotaId: 'requests_per_day' }, 'day', 'requests'],
			[{ quotaId: 'DailyTokens' }, 'day', 'tokens'],
			[{ quotaId: 'TokensPerMinute' }, 'minute', 'tokens'],
			[{ quotaId: 'requests_per_minute' }, 'minute', 'requests'],
			[{ quotaMetric: 'a.b/input_token_count_per_minute' }, 'minute', 'tokens'],
			[{ quotaId: 'Requests', quotaMetric: 'x/tokens_per_day' }, 'day', 'tokens'],
			[{ quotaId: 'Per', quotaMetric: 'DayOff' }, 'unknown', 'requests'],
			[{ quotaId: 'Requests', quotaMetric: 7 }, 'unknown', 'requests'],
		];
		for (const [fields, per, counts] of cases) {
			const { quotaMetric, ...others } = fields;
			const expected = { ...others, ...(typeof quotaMetric === 'string' ? { quotaMetric } : {}), per, counts };
			assert.deepEqual(violation(fields), expected, JSON.stringify(fields));
		}
	});

	it('take a limit that is a whole number, as a number or a text', () => {
		for (const [value, limit] of [
			[5, 5],
			['250000', 250_000],
			['0', 0],
			['9'.repeat(15), 999_999_999_999_999],
		] as const) {
			assert.equal((violation({ quotaId: 'q', quotaValue: value }) as { quotaValue?: number }).quotaValue, limit);
		}
		for (const value of [undefined, null, '', '5.5', '-5', '5 a minute', 'at most 5', '9'.repeat(16), {}, 1.5, NaN]) {
			assert.deepEqual(violation({ quotaId: 'q', quotaValue: value }), {
				quotaId: 'q',
				per: 'unknown',
				counts: 'requests',
			});
		}
	});

	it('take a model by its own name, and no placeholder', () => {
		const model = (name: unknown): unknown =>
			(violation({ quotaId: 'q', quotaDimensions: { model: name } }) as { model?: string }).model;
		assert.equal(model('gemini-3.8-flash'), 'gemini-3.8-flash');
		assert.equal(model('models/gemini-3-flash'), 'gemini-3-flash');
		assert.equal(model('Gemini_X'), 'Gemini_X');
		assert.equal(model('m'.repeat(81)), 'm'.repeat(81));
		for (const name of ['[truncated]', '', 'ab', '-x-y', 'a b c', 'tunedmodels/models/x', 7, 'm'.repeat(82), 'abc]']) {
			assert.equal(model(name), undefined, String(name));
		}
		assert.deepEqual(violation({ quotaId: 'q', quotaDimensions: 'x' }), {
			quotaId: 'q',
			per: 'unknown',
			counts: 'requests',
		});
	});

	it('are read from words, where only words are left', () => {
		const text = '* Quota exceeded for metric: a.b/c-d, limit: 250000, model: gemini-3.8-flash\n* metric: e, limit: 7.';
		assert.deepEqual(violationsInMessage(text, plain), [
			{ quotaMetric: 'a.b/c-d', quotaValue: 250_000, model: 'gemini-3.8-flash', per: 'unknown', counts: 'requests' },
			{ quotaMetric: 'e', quotaValue: 7, per: 'unknown', counts: 'requests' },
		]);
		assert.deepEqual(violationsInMessage('metric: a, limit: none', plain), []);
		const told = parse(
			JSON.stringify({ error: { code: 429, message: text, details: [{ violations: [{ quotaId: 'z' }] }] } }),
		);
		assert.deepEqual(
			told.violations.map(({ quotaId }) => quotaId),
			['z'],
			'details outrank words',
		);
	});
});

describe('gemini: what a failure is wrapped in', () => {
	it('is called by its name in a log, though the build shortens the names of classes', () => {
		assert.equal(String(new ServiceError('x')), 'ServiceError: x');
	});

	it('says no more than what is there', () => {
		assert.deepEqual(parse('plain words'), { ...nothing, message: 'plain words', limitZero: false, ...foreign });
		assert.deepEqual(parse(new Error('plain words')), {
			...nothing,
			message: 'plain words',
			limitZero: false,
			...foreign,
		});
		assert.deepEqual(parse(new ServiceError(' ', 503)), {
			...nothing,
			status: 503,
			message: '',
			limitZero: false,
			...foreign,
		});
		assert.deepEqual(parse(new ServiceError('x', 302)), { ...nothing, message: 'x', limitZero: false, ...foreign });
		assert.deepEqual(parse({ status: '429', message: 'x' }), {
			...nothing,
			status: 429,
			message: 'x',
			limitZero: false,
			...foreign,
		});
	});

	it('keeps the innermost word: status, name and message', () => {
		const inner = { error: { code: 429, message: 'inner', status: 'RESOURCE_EXHAUSTED' } };
		const outer = { error: { code: 500, message: JSON.stringify(inner), status: 'INTERNAL' } };
		const { status, googleStatus, message } = parse(new ServiceError(JSON.stringify(outer), 502));
		assert.deepEqual([status, googleStatus, message], [429, 'RESOURCE_EXHAUSTED', 'inner']);
	});

	it('takes from an outer layer what an inner one leaves out', () => {
		const outer = {
			error: { code: 429, message: JSON.stringify({ error: { message: ' ', details: [{ reason: 'R' }] } }) },
		};
		const { status, reason, message } = parse(JSON.stringify(outer));
		assert.deepEqual([status, reason, message], [429, 'R', '']);
		assert.equal(parse({ error: { message: 'x' }, code: 404 }).status, 404);
		assert.equal(parse({ error: null, code: 404, message: 'x' }).status, 404);
		assert.equal(parse('got status: 403. {"error":{"message":"x"}}').status, 403);
		assert.equal(parse('PERMISSION_DENIED: {"error":{"message":"x"}}').googleStatus, 'PERMISSION_DENIED');
		assert.equal(parse('{"error":{"message":"x"}} 403 FORBIDDEN').status, undefined, 'behind it stands nothing');
	});

	it('finds the body among a few braces, in a list and in a text in a text', () => {
		const body = JSON.stringify({ error: { code: 429, message: 'x' } });
		assert.equal(parse(`{} {a} {b: 1} ${body}`).status, 429);
		assert.equal(parse(`{} {a} {b} {c} ${body}`).message, `{} {a} {b} {c} ${body}`);
		assert.equal(parse([7, 'x', { error: { code: 429, message: 'x' } }]).status, 429);
		assert.equal(parse([[{ error: { code: 429, message: 'x' } }]]).status, 429);
		assert.equal(parse([...Array<number>(8).fill(1), { error: { code: 429, message: 'x' } }]).status, undefined);
		assert.equal(parse([]).message, '');
		assert.equal(
			parse(JSON.stringify(JSON.stringify(JSON.stringify({ error: { code: 429, message: 'x' } })))).status,
			429,
		);
		assert.equal(parse('he said "no"').message, 'he said "no"');
	});

	it('knows the shape of an error by its fields', () => {
		assert.equal(parse('{"code":404,"message":"gone"}').message, 'gone');
		assert.equal(parse('{"status":"NOT_FOUND","message":"gone"}').message, 'gone');
		assert.equal(parse('{"details":[{"reason":"R"}]}').reason, 'R');
		assert.equal(parse('{"error":"gone"}').message, 'gone');
		for (const other of ['{"message":"gone"}', '{"code":404,"text":"gone"}', '{"status":7,"message":"gone"}']) {
			assert.equal(parse(other).message, other);
		}
	});

	it('unwraps a dozen layers, and no more', () => {
		const wrapped = (layers: number): string => {
			let body: unknown = { error: { code: 429, message: 'x' } };
			for (let n = 0; n < layers; n++) body = { error: body };
			return JSON.stringify(body);
		};
		assert.equal(parse(wrapped(8)).status, 429);
		assert.equal(parse(wrapped(30)).status, undefined);
	});

	it('puts spaces in order, and tells a page by its title or its words', () => {
		assert.equal(parse('  a\u00a0\u00a0b \t c\nd  ').message, 'a b c\nd');
		const page = (html: string): string => parse(new ServiceError(html, 502)).message;
		assert.equal(page(' <html><TITLE class="x">502  Bad\n Gateway</TITLE><body>more</body>'), '502 Bad Gateway');
		assert.equal(page('<p>Not <b>here</b></p>\n\n<i>now</i>'), 'Not here now');
		assert.equal(page('a < b and <i>c</i>'), 'a < b and <i>c</i>');
		assert.ok(page(`<p>${'word '.repeat(2000)}`).length <= 1000);
	});

	it('names the project number, and nothing that only looks like it', () => {
		const consumer = (value: string): string | undefined =>
			parse(
				JSON.stringify({
					error: { code: 403, message: 'x', details: [{ reason: 'R', metadata: { consumer: value } }] },
				}),
			).consumer;
		assert.equal(consumer('projects/411082643095'), '411082643095');
		assert.equal(consumer('projects/my-project_1'), 'my-project_1');
		for (const other of ['x/projects/1', 'projects/1/x', 'projects/', 'api_key:x', `projects/${'1'.repeat(61)}`]) {
			assert.equal(consumer(other), undefined, other);
		}
	});

	it('sees "limit: 0" and no other number', () => {
		for (const text of ['limit: 0', 'limit:0, x', 'limit:   0\nmodel', 'a limit: 0'])
			assert.ok(parse(text).limitZero, text);
		for (const text of ['limit: 05', 'limit: 0.5', 'limit: 10', 'sublimit: 0']) {
			assert.ok(!parse(text).limitZero, text);
		}
	});

	it('takes the longer of two delays, or the only one', () => {
		const delay = (message: string, retryDelay?: string): number | undefined =>
			parse(JSON.stringify({ error: { code: 429, message, details: [{ retryDelay }] } })).delayMs;
		assert.equal(delay('retry in 5s', '7s'), 7000);
		assert.equal(delay('retry in 7.5s', '7s'), 7500);
		assert.equal(delay('retry in 7s'), 7000);
		assert.equal(delay('x', '7s'), 7000);
		assert.equal(delay('x'), undefined);
	});
});
