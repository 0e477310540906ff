import assert from 'node:assert/strict';
import fc from 'fast-check';
import { invisibleIn, withoutInvisible } from '../../../src/common/invisible';

const names = (text: string): readonly string[] => [...invisibleIn(text)].map(({ name }) => name);

describe('invisible characters', () => {
	const kinds: Readonly<Record<string, readonly [first: number, last: number]>> = {
		'overrides and embeddings': [0x202a, 0x202e],
		isolates: [0x2066, 0x2069],
		'zero width and marks of direction': [0x200b, 0x200f],
		'word joiner and invisible operators': [0x2060, 0x2064],
		'byte order mark': [0xfeff, 0xfeff],
		'soft hyphen': [0x00ad, 0x00ad],
		'Arabic letter mark': [0x061c, 0x061c],
		'fillers of Hangul': [0x115f, 0x1160],
		'the filler of old Hangul': [0x3164, 0x3164],
		'variation selectors': [0xfe00, 0xfe0f],
		tags: [0xe0000, 0xe007f],
		'more variation selectors': [0xe0100, 0xe01ef],
		'control characters': [0x00, 0x08],
		escape: [0x1b, 0x1b],
		'separators of lines': [0x2028, 0x2029],
	};
	for (const [name, [first, last]] of Object.entries(kinds)) {
		it(`are found: ${name}`, () => {
			for (let code = first; code <= last; code += 1) {
				const character = String.fromCodePoint(code);
				const text = `if (a${character}b) {}`;
				const [found, ...others] = invisibleIn(text);
				assert.deepEqual(found, {
					start: 5,
					end: 5 + character.length,
					name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
				});
				assert.deepEqual([others, withoutInvisible(text)], [[], 'if (ab) {}']);
			}
		});
	}

	it('stay only if an emoji needs them', () => {
		for (const text of ['✔\ufe0f', '❤\ufe0f', '1\ufe0f\u20e3', '👨\u200d👩\u200d👧', '🏳\ufe0f\u200d🌈', '👩🏽\u200d💻']) {
			assert.deepEqual([names(text), withoutInvisible(text)], [[], text], text);
		}
		assert.deepEqual(names('a1\ufe0f = 2'), ['U+FE0F']);
		assert.deepEqual(names('✔\ufe0f\ufe01\u{e0110}'), ['U+FE0F', 'U+FE01', 'U+E0110']);
		assert.deepEqual(names('a\u200db 👨\u200d'), ['U+200D', 'U+200D']);
	});

	it('are not found in ordinary code and prose', () => {
		for (const text of ['\tlet a = "ế ü 漢字 ا";\r\n', 'Khóa này nghỉ đến 12:32.', '\u00a0€—“”…']) {
			assert.deepEqual([names(text), withoutInvisible(text)], [[], text], text);
		}
	});

	it('are all removed by `withoutInvisible`', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const left = withoutInvisible(withoutInvisible(text));
				const again = withoutInvisible(left);
				assert.ok(again.length <= left.length);
				assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/.test(withoutInvisible(text)));
			}),
		);
	});
});
