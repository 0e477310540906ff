import fc from 'fast-check';

/** Names that mean something to every object of JavaScript. */
export const trickyName = fc.constantFrom(
	...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then', 'length'],
	...['__defineGetter__', '0', '-1', '', ' ', 'error', 'message', 'type', 'is', 'v'],
);

/** What attacks on anything that reads text are made of. */
const pieces = [
	// Names of objects, paths, formulas, links.
	...['__proto__', 'constructor', '../', '..\\', '/etc/passwd', '%2e%2e/', 'file:///etc', '~/.ssh/id_rsa', '.env'],
	...['=HYPERLINK("http://evil.invalid")', '=1+1', '+1', '-1', '@SUM(1)', '\t=1', ';=1', '\uff1d1', "'=1"],
	...['[x](command:workbench.action.quit)', '[x](javascript:a)', '<img src=x onerror=a>', '<script>', '$(key)'],
	...['https://evil.invalid', 'data:text/html,x', '${x}', '{0}', '%s', '$(x)', '`x`'],
	// Line ends of every kind, white space, controls, and what turns or hides text.
	...['\n', '\r', '\r\n', '\n\n', '\u2028', '\u2029', '\u0085', '\v', '\f', '\t', ' ', '    ', '\u00a0', '\u3000'],
	...['\0', '\u0001', '\u001b[31m', '\u007f', '\u202e', '\u2066', '\u2069', '\u200b', '\u200d', '\ufeff', '\u00ad'],
	...['\ud800', '\udc00', '\ud83d', '\u{1f600}', 'é', 'e\u0301', 'ß', 'İ', 'ﬁ', '\ufffd', '\uffff'],
	// Marks.
	...[
		'"',
		"'",
		'`',
		'\\',
		'\\"',
		'\\u0000',
		'\\ud800',
		'{',
		'}',
		'[',
		']',
		'(',
		')',
		'<',
		'>',
		':',
		',',
		';',
		'=',
		'#',
	],
	...[
		'-',
		'--',
		'---',
		'+++',
		'@@',
		'*',
		'_',
		'~',
		'```',
		'~~~',
		'|',
		'/',
		'&',
		'!',
		'.',
		'x',
		'0',
		'1e999',
		'-0',
		'NaN',
	],
];

/** Characters of a text at most. A reader that takes their square is at work for minutes. */
const maxText = 200_000;

/** A piece, a few times or very often. */
function repeated(unit: fc.Arbitrary<string>): fc.Arbitrary<string> {
	const parts = fc.array(unit, { minLength: 1, maxLength: 4 }).map((all) => all.join(''));
	return fc.tuple(parts, fc.integer({ min: 4, max: 17 }), unit).map(([part, power, end]) => {
		const times = Math.min(2 ** power, Math.floor(maxText / Math.max(1, part.length)));
		return part.repeat(times) + end;
	});
}

/** A text with a part taken out, put in twice, or replaced: what was whole no longer is. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
	const place = fc.double({ min: 0, max: 1, noNaN: true });
	const other = fc.oneof(fc.constantFrom('', ...pieces), fc.constantFrom('cut', 'twice'));
	return fc.tuple(text, place, place, other).map(([whole, a, b, change]) => {
		const [from = 0, to = 0] = [a, b].map((at) => Math.floor(at * whole.length)).sort((x, y) => x - y);
		if (change === 'cut') return whole.slice(0, to);
		const part = change === 'twice' ? whole.slice(from, to).repeat(2) : change;
		return whole.slice(0, from) + part + whole.slice(to);
	});
}

/** Bytes read as UTF-8 after some were cut or changed. */
function broken(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
	return fc.tuple(text, fc.nat(), fc.nat({ max: 255 })).map(([whole, at, byte]) => {
		const bytes = new TextEncoder().encode(whole.slice(0, 10_000));
		if (bytes.length > 0) bytes[at % bytes.length] = byte;
		return new TextDecoder().decode(bytes.subarray(0, bytes.length - (at % 4)));
	});
}

/** A text as an attacker would write it, for a reader of a format whose words are these. */
export function attackText(...words: readonly string[]): fc.Arbitrary<string> {
	const piece = fc.constantFrom(...pieces);
	const word = words.length === 0 ? piece : fc.constantFrom(...words);
	const unit = fc.oneof({ weight: 5, arbitrary: word }, { weight: 3, arbitrary: piece });
	const joined = (maxLength: number): fc.Arbitrary<string> =>
		fc.array(unit, { maxLength, size: 'max' }).map((parts) => parts.join(''));
	return fc.oneof(
		{ weight: 6, arbitrary: joined(12) },
		{ weight: 3, arbitrary: joined(200) },
		{ weight: 2, arbitrary: repeated(unit) },
		{ weight: 1, arbitrary: fc.tuple(joined(8), repeated(unit), joined(8)).map((parts) => parts.join('')) },
		{ weight: 1, arbitrary: broken(joined(40)) },
		{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
	);
}

/** Short, but for its contents as bad as the others. */
export const attackLine = fc.oneof(
	fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join('')),
	fc.string({ unit: 'binary', maxLength: 20 }),
);

/** What JSON can hold, with names that mean something, texts that attack, and nests of any depth. */
export const attackJson: fc.Arbitrary<unknown> = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.letrec<{ value: unknown }>((tie) => ({
			value: fc.oneof(
				{ maxDepth: 6, depthSize: 'medium' },
				fc.oneof(
					attackLine,
					fc.boolean(),
					fc.constant(null),
					fc.constantFrom(0, -0, 1, -1, 0.5, 2 ** 53, -(2 ** 53), 1e308, 5e-324, 429),
				),
				fc.array(tie('value'), { maxLength: 5 }),
				fc
					.array(fc.tuple(fc.oneof(trickyName, attackLine), tie('value')), { maxLength: 5 })
					// Not by assignment: `__proto__` is a field like any other here.
					.map((fields) => Object.fromEntries(fields)),
			),
		})).value,
	},
	{
		weight: 1,
		arbitrary: fc.tuple(fc.integer({ min: 1, max: 2_000 }), trickyName, fc.boolean()).map(([depth, name, list]) => {
			let value: unknown = 'deep';
			for (let n = 0; n < depth; n++) value = list ? [value] : Object.fromEntries([[name, value]]);
			return value;
		}),
	},
);

/** Whatever was read, nothing of it is on every object now. */
export function isUnpolluted(): boolean {
	return Object.keys(Object.prototype).length === 0 && Object.keys(Array.prototype).length === 0;
}
