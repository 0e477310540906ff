import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classify } from '../../src/gemini/errors/classify';
import { readLooseJson } from '../../src/gemini/errors/looseJson';
import { parseFailure } from '../../src/gemini/errors/parse';
import { createMasker } from '../../src/masking/masking';
import { attackJson, attackText, damaged, isUnpolluted } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const text = attackText(
	...[
		'{',
		'}',
		'[',
		']',
		':',
		',',
		'"',
		"'",
		'\\',
		'"error"',
		'"message"',
		'"code"',
		'"details"',
		'429',
		'None',
		'True',
	],
	...['"__proto__"', "{'code': 429}", '"status": "RESOURCE_EXHAUSTED"', '"retryDelay": "38s"', 'Please retry in 9s'],
	...['got status: 429. ', '<title>', '</title>', 'limit: 0', 'metric: x, limit: 20', '\\u00e9', '\\u', '1e9', '-'],
);
/** What a service, a proxy or another client makes of an error. */
const body = fc.oneof(
	text,
	damaged(attackJson.map((value) => JSON.stringify({ error: value }))),
	damaged(attackJson.map((value) => JSON.stringify([{ error: { code: 429, message: JSON.stringify(value) } }]))),
);

/** Bounds that no text gets over, and fields that are data. */
function checkValue(value: unknown, depth = 0): number {
	assert.ok(depth <= 25, 'deeper than it may be');
	if (typeof value !== 'object' || value === null) {
		assert.ok(['string', 'number', 'boolean', 'undefined'].includes(typeof value));
		return 1;
	}
	const prototype: unknown = Object.getPrototypeOf(value);
	assert.ok(prototype === Object.prototype || prototype === Array.prototype, 'its prototype is another');
	return Object.values(value).reduce((sum: number, item) => sum + checkValue(item, depth + 1), 1);
}

/** As it reads what is whole: a word that is no value, `null` among them, is nothing. */
function withoutNull(value: unknown): unknown {
	if (value === null) return undefined;
	if (Array.isArray(value)) return value.map(withoutNull);
	if (typeof value !== 'object') return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutNull(item)]));
}

const isSmall = (value: unknown, depth = 0): boolean =>
	depth <= 24 &&
	(typeof value !== 'object' || value === null || Object.values(value).every((item) => isSmall(item, depth + 1)));

const secret = ['AQ.', 'Ab8RN6'.repeat(9)].join('');
const { mask, learn } = createMasker();
learn(secret);

target('loose JSON', {
	'reads any text within its bounds': property(body, (whole) => {
		assert.ok(checkValue(readLooseJson(whole)) <= 5_001);
		assert.ok(isUnpolluted());
	}),
	'reads what is whole as it stands': property(
		attackJson.filter((value) => isSmall(value)),
		(value) => {
			const whole = JSON.stringify(value);
			assert.deepEqual(readLooseJson(whole), withoutNull(JSON.parse(whole)));
		},
	),
	'finds in any failure what is bounded, and no key': property(
		fc.tuple(body, body, fc.boolean()),
		([before, after, wrapped]) => {
			const whole = `${before}${secret}${after}`;
			const failure = parseFailure(wrapped ? new Error(whole) : whole, mask);
			assert.ok(failure.message.length <= 1_000 && failure.violations.length <= 1_024);
			assert.ok(failure.status === undefined || (failure.status >= 400 && failure.status <= 599));
			assert.ok(failure.delayMs === undefined || (failure.delayMs >= 0 && Number.isFinite(failure.delayMs)));
			assert.ok(
				!JSON.stringify([failure, classify(failure, 'gemini-3.8-flash')]).includes(secret),
				'a key came through',
			);
			assert.ok(isUnpolluted());
		},
	),
});
