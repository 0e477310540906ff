import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMasker, maskKey, redacted } from '../../../src/masking/masking';

const legacy = (filling: string) => 'AIza' + filling.padEnd(35, 'x');
const modern = (filling: string) => 'AQ.' + filling.padEnd(50, 'y');

/** Keys as the service makes them, and odd ones: any visible ASCII. */
const word = (min: number, max: number) =>
	fc
		.array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: min, maxLength: max })
		.map((codes) => String.fromCharCode(...codes));
const secrets = fc.oneof(
	fc.stringMatching(/^[\w-]{35}$/).map((text) => 'AIza' + text),
	fc.stringMatching(/^[\w-]{48,52}$/).map((text) => 'AQ.' + text),
	word(20, 200),
);
const forms = fc.constantFrom(
	(secret: string) => secret,
	(secret: string) => encodeURIComponent(secret),
	(secret: string) => JSON.stringify({ error: { message: `Consumer 'api_key:${secret}' has been suspended.` } }),
	(secret: string) => JSON.stringify({ error: { message: JSON.stringify({ error: secret }) } }),
	(secret: string) => `https://host/v1beta/models?key=${secret}`,
);

function survivors(text: string, secret: string): string[] {
	const pieces = Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));
	return pieces.filter((piece) => text.includes(piece) && !redacted.includes(piece));
}

describe('masking', () => {
	it('lets no eight characters in a row of a known key through, whatever form it takes in a text', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(secrets, forms), { minLength: 1, maxLength: 5 }),
				fc.string(),
				(planted, around) => {
					const { mask, learn } = createMasker();
					planted.forEach(([secret]) => learn(secret));
					const text = planted.map(([secret, form]) => form(secret)).join(` ${around.replace(/\S{8,}/g, '')} `);
					const masked = mask(text);
					for (const [secret] of planted) {
						assert.deepEqual(survivors(masked, secret), []);
					}
				},
			),
			{ numRuns: 300 },
		);
	});

	it('changes nothing the second time', () => {
		fc.assert(
			fc.property(
				fc.array(secrets, { maxLength: 3 }),
				fc.array(
					fc.oneof(secrets, fc.string(), fc.constantFrom('?key=', 'api_key: ', 'AIza', 'x-goog-api-key: ', 'bearer ')),
				),
				(known, pieces) => {
					const { mask, learn } = createMasker();
					known.forEach(learn);
					const once = mask([...pieces, ...known].join(''));
					assert.equal(mask(once), once);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('redacts what looks like a key although it is not known', () => {
		const { mask } = createMasker();
		assert.equal(mask(`bad ${legacy('abc')}!`), `bad ${redacted}!`);
		assert.equal(mask(`bad ${modern('abc')}!`), `bad ${redacted}!`);
		assert.equal(mask('token ya29.a0AfH6SMBxyz_12 end'), `token ${redacted} end`);
		assert.equal(mask(`token 1//0${'b2'.repeat(20)} end`), `token ${redacted} end`);
		assert.equal(mask(`secret GOCSPX-${'c3'.repeat(14)} end`), `secret ${redacted} end`);
		assert.equal(mask(`key=kp_${'d4'.repeat(21)}x end`), `key=${redacted} end`);
		assert.equal(mask('kp_short and make_kp_value'), 'kp_short and make_kp_value');
		assert.equal(mask('see https://x.y//1//0a'), 'see https://x.y//1//0a');
		assert.equal(mask('GET /models?pageSize=1&key=short-one HTTP'), `GET /models?pageSize=1&key=${redacted} HTTP`);
		assert.equal(mask('X-Goog-Api-Key: whatever-it-is\r\nHost: x'), `X-Goog-Api-Key: ${redacted}\r\nHost: x`);
		assert.equal(mask(`{"x-goog-api-key":"whatever"}`), `{"x-goog-api-key":"${redacted}"}`);
		assert.equal(
			mask("Consumer 'api_key:abcdefghij' has been suspended."),
			`Consumer 'api_key:${redacted}' has been suspended.`,
		);
	});

	it('leaves ordinary texts and the placeholder of a recorded body as they are', () => {
		const { mask, learn } = createMasker();
		learn('sim-good-1');
		for (const text of [
			'',
			'Quota exceeded for quota metric generate_requests_per_day, limit: 20, model: gemini-3.8-flash',
			"Consumer 'api_key:<REDACTED>' has been suspended.",
			'AIza and AQ. are prefixes; sim-good-2 is another key; API_KEY_INVALID; key=value',
		]) {
			assert.equal(mask(text), text);
		}
	});

	it('redacts a simulated key literally, and a longer one whole', () => {
		const { mask, learn } = createMasker();
		learn('sim-1');
		learn('sim-10');
		assert.equal(mask('sim-1 sim-10 sim-2'), `${redacted} ${redacted} sim-2`);
	});

	it('redacts the first part of a known key that was cut off', () => {
		const { mask, learn } = createMasker();
		const secret = modern('cut');
		learn(secret);
		assert.equal(mask(`key ${secret.slice(0, 25)}`), `key ${redacted}`);
	});

	it('redacts keys that overlap or touch', () => {
		const { mask, learn } = createMasker();
		const first = 'abcdefghijklmnopqrstuvwxyz';
		const second = 'uvwxyz0123456789!$()=+,:;';
		[first, second].forEach(learn);
		assert.equal(mask(`-${first}${second.slice(6)}${second}-`), `-${redacted}-`);
	});

	it('ignores what is too short to be a secret', () => {
		const { mask, learn } = createMasker();
		learn('');
		learn('the');
		assert.equal(mask('the end'), 'the end');
	});
});

describe('the mask of a key', () => {
	it('shows four characters of either end of a long key and fewer of a short one', () => {
		assert.equal(maskKey('AQ.A' + 'b'.repeat(40) + 'x7Qz'), 'AQ.A…x7Qz');
		assert.equal(maskKey('sim-good-1'), 'sim-…-1');
		assert.equal(maskKey('abcdefghij'), 'ab…ij');
		assert.equal(maskKey('abc'), '…');
		assert.equal(maskKey(''), '…');
	});
});
