import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMasker, redacted, type LearningMasker } from '../../../src/masking/masking';
import { readings, writings } from '../../support/masking/writings';

/** Keys as the service makes them, and odd ones that a header can carry. */
const oddKeys = fc
	.array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 24, maxLength: 60 })
	.map((codes) => String.fromCharCode(...codes));
const keys = fc.oneof(
	fc.stringMatching(/^[\w-]{35}$/).map((text) => 'AIza' + text),
	fc.stringMatching(/^[\w-]{48,52}$/).map((text) => 'AQ.Ab8RN6' + text),
);
const ways = fc.constantFrom(...Object.entries(writings));
/** Without a backslash, a percent sign or an ampersand at its end, which would belong to what follows. */
const surroundings = fc.oneof(
	fc.string().map((text) => text.replace(/[\\%&]/g, '')),
	fc.constantFrom('', ' ', '"', 'key=', '{"error":"', 'AQ.', 'AIza', 'AQ.Ab8RN6', '‹redacted›', 'QVEu', '0x'),
);
const numRuns = process.env['KEYPOOL_FULL'] ? 20_000 : 500;
/** The places of a key at which it is written in another way: each, or each fifth, which meets all places of a group of three. */
const step = process.env['KEYPOOL_FULL'] ? 1 : 5;

/** Parts of a key, long enough to be no chance, that somebody could still read out of the text. */
function legible(text: string, key: string): readonly string[] {
	const parts = Array.from({ length: key.length - 11 }, (_, at) => key.slice(at, at + 12));
	return readings(text).flatMap((reading) => parts.filter((part) => reading.includes(part)));
}

function knowing(...known: readonly string[]): LearningMasker {
	const masker = createMasker();
	known.forEach(masker.learnKey);
	return masker;
}

/** What is shown of pieces, one after the other. */
function streamed({ keyStream }: LearningMasker, pieces: readonly string[]): string {
	const stream = keyStream();
	return [...pieces.map((piece) => stream.push(piece)), stream.end()].join('');
}

function cutAt(text: string, places: readonly number[]): readonly string[] {
	const cuts = [0, ...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
	return cuts.slice(1).map((end, n) => text.slice(cuts[n], end));
}

describe('a held key', () => {
	const key = 'AQ.Ab8RN6' + 'Jx0_kLm9-Zq3wT7'.repeat(3);

	for (const [name, write] of Object.entries(writings)) {
		it(`is redacted, and noticed in a prompt: ${name}`, () => {
			const masker = knowing(key);
			for (let at = 0; at < key.length; at += step) {
				const text = `Here: "${write(key, at)}". Bye.`;
				assert.ok(masker.holdsKey(text), text);
				for (const masked of [masker.mask(text), masker.maskKeys(text), streamed(masker, [text])]) {
					assert.deepEqual(legible(masked, key), [], masked);
					assert.match(masked, /^Here: ".*‹redacted›.*". Bye\.$/s);
				}
				assert.deepEqual(legible(streamed(masker, Array.from(text)), key), []);
			}
		});
	}

	it('is redacted if only its last 20 characters or more are there', () => {
		const masker = knowing(key);
		for (const length of [20, 21, 33]) {
			const text = `ends in ${key.slice(-length)}.`;
			assert.equal(masker.mask(text), `ends in ${redacted}.`);
			assert.ok(masker.holdsKey(text));
		}
		assert.equal(streamed(masker, Array.from(`ends in ${key.slice(-20)}.`)), `ends in ${redacted}.`);
		assert.equal(masker.mask(`ends in ${key.slice(-19)}.`), `ends in ${key.slice(-19)}.`);
	});

	it('that is split in an unknown way loses the part after the split, in a stream its last 20 characters', () => {
		// No part of it comes twice.
		const other = 'sim-' + 'abcdefghijklmnopqrstuvwxyz' + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
		const masker = knowing(other);
		const broken = `${other.slice(0, 15)} <br> ${other.slice(15)}.`;
		assert.equal(masker.maskKeys(broken), `${redacted} <br> ${redacted}.`);
		assert.equal(streamed(masker, Array.from(broken)), `${redacted} <br> ${other.slice(15, -20)}${redacted}.`);
	});

	it('is not searched for in answers if it is another secret, such as the address of an alert', () => {
		const masker = createMasker();
		const address = 'https://hooks.example.com/services/T000/B000/0123456789';
		masker.learn(address);
		const text = 'See https://hooks.example.com/services/ for the format.';
		assert.equal(masker.mask(`to ${address}`), `to ${redacted}`);
		assert.deepEqual([masker.holdsKey(text), masker.maskKeys(text)], [false, text]);
	});

	it('is in no text afterwards, whatever is around it and however it is written', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(keys, ways, fc.nat(60)), { minLength: 1, maxLength: 4 }),
				surroundings,
				(planted, around) => {
					const masker = knowing(...planted.map(([one]) => one));
					const text = [around, ...planted.flatMap(([one, [, write], at]) => [write(one, at), around])].join(' ');
					for (const [one] of planted) {
						for (const masked of [masker.mask(text), masker.maskKeys(text)]) {
							assert.deepEqual(legible(masked, one), [], masked);
						}
					}
				},
			),
			{ numRuns },
		);
	});

	it('is in no answer, wherever the stream is split', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(keys, ways, fc.nat(60)), { minLength: 1, maxLength: 3 }),
				surroundings,
				fc.array(fc.nat(), { maxLength: 40 }),
				(planted, around, places) => {
					const masker = knowing(...planted.map(([one]) => one));
					const text = [around, ...planted.flatMap(([one, [, write], at]) => [write(one, at), around])].join('');
					const shown = streamed(masker, cutAt(text, places));
					for (const [one] of planted) assert.deepEqual(legible(shown, one), [], shown);
				},
			),
			{ numRuns },
		);
	});

	it('is in no answer if it has odd characters, as plain text, in JSON or in a URL', () => {
		const forms = [
			(one: string) => one,
			(one: string) => JSON.stringify(one),
			(one: string) => JSON.stringify(JSON.stringify(one)),
			encodeURIComponent,
		];
		fc.assert(
			fc.property(
				fc.array(fc.tuple(oddKeys, fc.constantFrom(...forms)), { minLength: 1, maxLength: 3 }),
				fc.array(fc.nat(), { maxLength: 40 }),
				(planted, places) => {
					const masker = knowing(...planted.map(([one]) => one));
					const text = planted.map(([one, form]) => form(one)).join(' and ');
					for (const masked of [streamed(masker, cutAt(text, places)), masker.mask(text)]) {
						for (const [one] of planted) {
							const parts = Array.from({ length: one.length - 11 }, (_, at) => one.slice(at, at + 12));
							assert.deepEqual(
								parts.filter((part) => masked.includes(part)),
								[],
								masked,
							);
						}
					}
				},
			),
			{ numRuns },
		);
	});

	it('is redacted if it contains escapes that are undone before those around it', () => {
		const odd = `!\\%00C${'!'.repeat(23)}"!!!`;
		const masker = knowing(odd);
		const text = JSON.stringify(JSON.stringify(odd));
		for (const masked of [masker.mask(text), streamed(masker, Array.from(text))]) {
			assert.ok(!masked.includes(odd.slice(1, 13)), masked);
		}
	});

	it('is redacted in a stream as in one piece, if it is whole', () => {
		fc.assert(
			fc.property(
				fc.array(fc.oneof(keys, fc.string(), fc.constantFrom('AIza', 'AQ.Ab', '\\u00', '%4', '\n')), { maxLength: 8 }),
				fc.array(keys, { maxLength: 3 }),
				fc.array(fc.nat(), { maxLength: 30 }),
				(texts, known, places) => {
					const masker = knowing(...known);
					const text = [...texts, ...known, ...texts].join(' ');
					assert.equal(streamed(masker, cutAt(text, places)), masker.maskKeys(text));
				},
			),
			{ numRuns },
		);
	});
});

describe('the stream of an answer', () => {
	const key = 'AQ.Ab8RN6' + 'Jx0_kLm9-Zq3wT7'.repeat(3);

	it('shows ordinary text at once, piece by piece', () => {
		const stream = knowing(key).keyStream();
		for (const piece of [
			'The sky',
			' is blue',
			' because',
			' of Rayleigh',
			' scattering.\n',
			'```ts\nconst a = 1;\n',
		]) {
			assert.equal(stream.push(piece), piece);
		}
	});

	it('holds back only what could be the first part of a key, and shows it once it is not', () => {
		const stream = knowing(key).keyStream();
		assert.equal(stream.push('Plan A'), 'Plan ');
		assert.equal(stream.push(' and plan B. AQ.Ab8'), 'A and plan B. ');
		assert.equal(stream.push('RN6.'), 'AQ.Ab8RN6.');
		assert.equal(stream.push('100%'), '100');
		assert.equal(stream.push(' of it, C:\\'), '% of it, C:');
		assert.equal(stream.push('x AQ.'), '\\x ');
		assert.equal(stream.end(), 'AQ.');
		assert.equal(stream.end(), '');
	});

	it('holds back blanks only after the first part of a key, which could continue after a line break', () => {
		const stream = knowing(key).keyStream();
		assert.equal(stream.push('a  '), 'a  ');
		assert.equal(stream.push(`${key.slice(0, 8)}  `), '');
		assert.equal(stream.push('x'), `${key.slice(0, 8)}  x`);
		assert.equal(stream.push(`${key.slice(0, 20)}  `) + stream.push(`\n${key.slice(20)}.`), `${redacted}.`);
		assert.equal(streamed(knowing(key), Array.from(`${key.slice(0, 8)}  \\n${key.slice(8)}.`)), `${redacted}.`);
	});

	it('redacts a key that ends with the answer, whole or cut off', () => {
		for (const length of [12, 30, key.length]) {
			const stream = knowing(key).keyStream();
			assert.equal(stream.push(`It is ${key.slice(0, length)}`) + stream.end(), `It is ${redacted}`);
		}
	});

	it('redacts overlapping keys, in whatever pieces they arrive', () => {
		const first = 'abcdefghijklmnopqrstuvwxyz';
		const second = 'uvwxyz0123456789!$()=+,:;';
		const masker = knowing(first, second);
		assert.equal(streamed(masker, Array.from(`-${first}${second.slice(6)}-`)), `-${redacted}-`);
		assert.equal(streamed(masker, Array.from(`-${first}-`)), `-${redacted}-`);
	});

	it('holds back a bounded part of a text that never stops looking like a key', () => {
		const stream = knowing(key).keyStream();
		const gap = '\\u200b'.repeat(60);
		let quiet = 0;
		let longest = 0;
		for (const character of key.slice(0, -1)) {
			quiet = stream.push(character + gap) === '' ? quiet + gap.length + 1 : 0;
			longest = Math.max(longest, quiet);
		}
		assert.ok(longest > 7_000 && longest <= 8_192, String(longest));
	});
});

describe('a text without a held key', () => {
	/** As many as a keyring takes. */
	const many = Array.from({ length: 1_000 }, (_, n) => {
		const random = Buffer.from(`${n} ${Math.imul(n, 2_654_435_761)} of many`).toString('base64url');
		return `AQ.Ab8RN6${random.padEnd(44, String(n))}`;
	});
	const masker = knowing(...many);
	const prose = 'A key of Google begins with AIza or AQ.; look at `process.env.GEMINI_API_KEY`, 100 % of it.\n';
	const code = 'const url = `${base}/v1?key=${encodeURIComponent(apiKey)}&alt=sse`; // C:\\new\\u\n';
	const blob = Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * n * 31 + n) & 0xff)).toString('base64');
	const texts = {
		prose,
		code,
		blob,
		'base64 in lines': blob.replace(/.{76}/g, '$&\r\n'),
		hex: Buffer.from(blob).toString('hex'),
		JSON: JSON.stringify(JSON.stringify({ prose, code, blob })),
		Vietnamese: 'Khóa này nghỉ đến 12:32, sau đó lại trả lời. 👨‍👩‍👧 ✔️\n',
		'other keys': `AIza${'Sy-Other_x'.repeat(4)} and AQ.Ab8RN6${'q'.repeat(44)}`,
	};

	for (const [name, text] of Object.entries(texts)) {
		it(`stays as it is in an answer: ${name}`, () => {
			assert.equal(masker.maskKeys(text), text);
			assert.equal(streamed(masker, Array.from(text)), text);
			assert.equal(masker.holdsKey(text), false);
		});
	}

	it('stays as it is, whatever it is', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 300 }),
				fc.array(fc.nat(), { maxLength: 20 }),
				(text, places) => {
					assert.equal(masker.maskKeys(text), text);
					assert.equal(streamed(masker, cutAt(text, places)), text);
				},
			),
			{ numRuns },
		);
	});

	it('takes time in proportion to its length, however many keys there are', () => {
		const steps = (factor: number): number => {
			const text = Object.values(texts).join('').repeat(factor) + '\\u0041%41&#65;\u200b\n'.repeat(1_000 * factor);
			const before = process.cpuUsage();
			assert.equal(masker.maskKeys(text), text);
			const { user, system } = process.cpuUsage(before);
			return user + system;
		};
		steps(4);
		const [small, large] = [steps(10), steps(80)];
		assert.ok(large < small * 8 * 6, `${small} and ${large} µs`);
	});
});
