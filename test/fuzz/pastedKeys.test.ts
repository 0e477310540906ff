import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignmentsIn } from '../../src/keys/import/dotenv';
import { parseKeys, parseLimits, withLineBreaks } from '../../src/keys/import/parseKeys';
import { decodedText } from '../../src/common/decodedText';
import { maskKey } from '../../src/masking/masking';
import { legacy, modern } from '../support/keys/sample';
import { attackJson, attackText, damaged, isUnpolluted } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const key = fc.nat({ max: 999 }).chain((n) => fc.constantFrom(modern(n), legacy(n)));
const text = attackText(
	...[
		'GEMINI_API_KEY=',
		'GEMINI_API_KEYS=',
		'export ',
		'set ',
		'$env:A=',
		'A=',
		'A: ',
		'"A"="',
		"A='",
		'A=`',
		'#',
		' # x',
	],
	...[
		'// ',
		'\n',
		'\r\n',
		'"',
		"'",
		'`',
		',',
		';',
		'|',
		'=',
		'==',
		' ',
		'\\',
		'Bearer ',
		'https://h/?key=',
		'sk-x',
		'ya29.x',
	],
	...[
		modern(1),
		legacy(2),
		modern(3).slice(0, 20),
		legacy(4).slice(20),
		'AQ.',
		'AIza',
		'sim-good-1',
		'AKIA0123456789ABCDEF',
	],
	...['{"type":"service_account"', '-----BEGIN PRIVATE KEY-----', '[', '{', '{"key":"'],
);

/** What is told of a paste: nothing of it is a secret, and all of it is bounded. */
function check(whole: string): readonly string[] {
	const result = parseKeys(whole);
	assert.ok(result.recognised.length <= parseLimits.keys && result.refused.length <= parseLimits.keys);
	const found = result.recognised.map(({ secret }) => secret.reveal());
	for (const secret of found) assert.match(secret, /^[!-~]{5,200}$/);
	assert.equal(new Set(found).size, found.length);
	for (const { mask } of result.refused) assert.ok(mask === '{…}' || mask.length <= 4 + 1 + 4, mask);
	const told = JSON.stringify(result);
	for (const secret of found.filter((one) => one.length > 20)) assert.ok(!told.includes(secret), 'a key is told');
	assert.ok(isUnpolluted());
	return found;
}

target('dotenv and paste', {
	'of any text is bounded, and tells no key': property(text, (whole) => {
		check(whole);
		check(withLineBreaks(whole));
		for (const { name, value } of assignmentsIn(whole)) {
			assert.ok(name === undefined || name.length <= 100);
			assert.ok(value.length <= whole.length);
		}
	}),
	'finds a key that stands by itself before whatever comes': property(fc.tuple(key, text), ([one, rest]) => {
		assert.ok(check(`${one}\n\n${rest}`).includes(one));
		assert.ok(check(`# ${rest.replace(/[\r\n]/g, ' ')}\nGEMINI_API_KEY="${one}"`).includes(one));
	}),
	'of JSON finds the keys, whatever they are called': property(fc.tuple(key, attackJson), ([one, value]) => {
		assert.ok(check(JSON.stringify([value, Object.fromEntries([['__proto__', one]])])).includes(one));
		assert.deepEqual(check(JSON.stringify({ x: one })), [one]);
	}),
	'reads a file of any bytes': property(
		fc.oneof(
			fc.uint8Array({ maxLength: 2_000 }),
			damaged(text).map((whole) => new TextEncoder().encode(whole)),
			text.map((whole) => Uint8Array.from([0xff, 0xfe, ...Buffer.from(whole, 'utf16le')])),
		),
		(bytes) => void check(decodedText(bytes)),
	),
	'masks any text to a few characters of either end': property(text, (whole) => {
		const mask = maskKey(whole);
		assert.ok(mask.length <= 9, mask);
	}),
});
