import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keysInEnvironment } from '../../../../src/keys/import/envImport';
import { parseKeys, parseLimits, withLineBreaks, mainRefusals } from '../../../../src/keys/import/parseKeys';
import { decodedText } from '../../../../src/common/decodedText';
import { legacy, modern } from '../../../support/keys/sample';

const found = (text: string) => parseKeys(text).recognised.map((key) => key.secret.reveal());
const refused = (text: string) => parseKeys(text).refused.map((one) => one.reason);

describe('pasting keys', () => {
	it('finds one, and several with any separator', () => {
		assert.deepEqual(found(modern(1)), [modern(1)]);
		for (const separator of [',', ';', ' ', '\n', '\r\n', '\t', ', ', ' ;\n', ' | ']) {
			assert.deepEqual(
				found([modern(1), legacy(2), 'sim-3'].join(separator)),
				[modern(1), legacy(2), 'sim-3'],
				separator,
			);
		}
	});

	it('finds nothing in nothing', () => {
		for (const text of ['', '  \r\n\t', '# only a comment', ',;,', '""']) {
			assert.deepEqual(parseKeys(text), { recognised: [], refused: [], cut: false }, text);
		}
	});

	it('takes a variable without a value for that, whatever it is called', () => {
		const names = [
			'GEMINI_API_KEY_BACKUP_2',
			'NEXT_PUBLIC_API_BASE_URL_V2',
			'next_public_api_base_url',
			'GEMINI_API_KEY',
		];
		for (const name of names) {
			assert.deepEqual(parseKeys(`${name}=`), { recognised: [], refused: [], cut: false }, name);
		}
	});

	it('joins a key that was wrapped over two lines, and nothing else', () => {
		for (const key of [legacy(1), modern(1)]) {
			for (const at of [4, 20, 38]) {
				for (const lines of ['\n', '\r\n', '\n    ']) {
					const broken = key.slice(0, at) + lines + key.slice(at);
					assert.deepEqual(found(broken), [key], JSON.stringify(broken));
					assert.deepEqual(found(`${legacy(7)}\n${broken}\n${modern(8)}`), [legacy(7), key, modern(8)]);
				}
			}
		}
		assert.deepEqual(found(`${legacy(1)}\n${legacy(2)}`), [legacy(1), legacy(2)]);
		assert.deepEqual(found(`${modern(1).slice(0, 20)}\n${modern(2)}`).includes(modern(2)), true);
	});

	it('returns a repeated key once, with the number of repeats', () => {
		const { recognised } = parseKeys([modern(1), legacy(2), modern(1), `"${modern(1)}"`].join('\n'));
		assert.deepEqual(
			recognised.map((key) => [key.secret.reveal(), key.repeats]),
			[
				[modern(1), 2],
				[legacy(2), 0],
			],
		);
	});

	it('reads .env text with export, quotes, comments, CRLF and a byte-order mark', () => {
		const text = [
			'\ufeff# my keys',
			`export GEMINI_API_KEY="${modern(1)}" # the first`,
			`GOOGLE_API_KEY='${legacy(2)}'`,
			`GEMINI_API_KEYS=${modern(3)}, ${modern(4)};${modern(5)}   # three`,
			`  WORK = ${modern(6)}`,
			'PORT=8080',
			'DATABASE_URL="postgres://user:password-of-some-length@host/db"',
			'OPENAI_API_KEY=sk-0123456789012345678901234567890',
			`#GEMINI_API_KEY=${modern(9)}`,
			'EMPTY=',
			'GEMINI_API_KEYS="',
			`  ${modern(7)}`,
			`  ${modern(8)}`,
			'"',
		].join('\r\n');
		const result = parseKeys(text);
		assert.deepEqual(
			result.recognised.map((key) => key.secret.reveal()),
			[modern(1), legacy(2), ...[3, 4, 5, 6, 7, 8].map(modern)],
		);
		assert.deepEqual(result.refused, []);
		assert.deepEqual(
			result.recognised.map((key) => key.name),
			[undefined, undefined, undefined, undefined, undefined, 'WORK', undefined, undefined],
		);
	});

	// Found by fuzzing: the name of what holds a key becomes its label.
	it("does not use a key as another key's label", () => {
		for (const [other, text] of [
			[modern(2), JSON.stringify({ [modern(2)]: modern(1) })],
			[legacy(2), JSON.stringify({ [legacy(2)]: modern(1) })],
			[legacy(2), `${legacy(2)}GEMINI_API_KEY=${modern(1)}`],
		] as const) {
			assert.ok(!JSON.stringify(parseKeys(text)).includes(other), text);
			assert.deepEqual(found(text), [modern(1)]);
		}
	});

	// Found by fuzzing: the end of the line was looked for from each mark, and not found.
	it('reads a line of many comment marks quickly, also with a line separator in it', () => {
		const began = process.cpuUsage();
		assert.deepEqual(
			found(`${modern(1)} ${'# x '.repeat(50_000)}\u2028y\nGEMINI_API_KEY=${modern(2)} # ${modern(3)}`),
			[modern(1), modern(2)],
		);
		assert.ok(process.cpuUsage(began).user < 1_000_000);
	});

	it('does not let a quote that is never closed swallow the lines after it', () => {
		assert.deepEqual(found(`NAME='open\nGEMINI_API_KEY=${modern(1)}\nOTHER='x'`), [modern(1)]);
	});

	it('reads JSON: lists, and properties that look like or are called a Gemini key', () => {
		assert.deepEqual(found(JSON.stringify([modern(1), legacy(2)])), [modern(1), legacy(2)]);
		assert.deepEqual(
			found(
				JSON.stringify({ a: { apiKey: modern(1), token: 'sk-' + 'x'.repeat(40) }, GEMINI_API_KEYS: 'sim-1,sim-2' }),
			),
			[modern(1), 'sim-1', 'sim-2'],
		);
	});

	it('finds a key in a command line, a URL and prose', () => {
		assert.deepEqual(found(`curl -H 'x-goog-api-key: ${modern(1)}' https://host/v1beta/models`), [modern(1)]);
		const [inAddress] = parseKeys(`https://host/v1beta/models?pageSize=1&key=${legacy(1)}`).recognised;
		assert.deepEqual([inAddress?.secret.reveal(), inAddress?.name], [legacy(1), undefined]);
		const prose = parseKeys(`Here is my new key: ${modern(1)} (do not share)`);
		assert.deepEqual([prose.recognised.length, prose.refused.length], [1, 0]);
		assert.deepEqual(found(`1. ${modern(1)}\n2. ${modern(2)}`), [modern(1), modern(2)]);
	});

	it('takes a key without what a list, markup or a sentence puts around it', () => {
		const [a, b] = [modern(1), legacy(2)];
		const around: readonly (readonly [string, readonly string[]])[] = [
			[`GEMINI_API_KEYS=["${a}","${b}"]`, [a, b]],
			[`keys = ["${a}", '${b}']`, [a, b]],
			[`- GEMINI_API_KEY=${b}`, [b]],
			[`docker run -e GEMINI_API_KEY=${b} image`, [b]],
			[`export GEMINI_API_KEY=${a}; export GOOGLE_API_KEY=${b}`, [a, b]],
			[`{"key":"${a}"}\n{"key":"${b}"}`, [a, b]],
			[`?key=${b}&alt=sse`, [b]],
			[`GEMINI_API_KEY=${b}#work`, [b]],
			...['()', '<>', '[]', '{}', '**', '（）'].flatMap((pair) =>
				[a, b].map((key) => [`${pair.charAt(0)}${key}${pair.charAt(1)}`, [key]] as const),
			),
			...[a, b].flatMap((key) => [[`The key is ${key}.`, [key]] as const, [`<key>${key}</key>`, [key]] as const]),
		];
		for (const [text, keys] of around) {
			assert.deepEqual(found(text), keys, text);
			assert.deepEqual(found(withLineBreaks(text.replaceAll('\n', ' '))), keys, text);
		}
	});

	it('takes a key that stands before what it is called', () => {
		const [a, b] = [modern(1), legacy(2)];
		for (const between of [': ', ':', '=', ' = ', ' - ', ', ']) {
			const lines = [`${a}${between}work`, `${b}${between}at home`, legacy(3)];
			assert.deepEqual(found(lines.join('\n')), [a, b, legacy(3)], between);
			assert.deepEqual(found(withLineBreaks(lines.join(' '))), [a, b, legacy(3)], between);
		}
		assert.deepEqual(found(`${b}: ${a}`), [b, a]);
	});

	it('takes the keys behind remarks, also where a one-line box has joined the lines', () => {
		const keys = [modern(1), legacy(2), modern(3)];
		const lines = keys.map((key, n) => `${key} # no. ${n}`);
		assert.deepEqual(found(lines.join('\n')), keys);
		assert.deepEqual(found(withLineBreaks(lines.join(' '))), keys);
		assert.deepEqual(found(withLineBreaks(['# mine', ...lines].join(' '))), keys);
		for (const [before, after] of [
			['"', '",'],
			['work: ', ''],
			['work,', ''],
			['export GEMINI_API_KEY="', '"'],
			["WORK='", "'"],
			['<', '>'],
		] as const) {
			const written = keys.map((key) => `${before}${key}${after} # mine`);
			assert.deepEqual(found(withLineBreaks(written.join(' '))), keys, before);
		}
		const began = process.cpuUsage();
		assert.deepEqual(found(withLineBreaks(`# ${' '.repeat(500_000)}x`)), []);
		assert.deepEqual(found(withLineBreaks(`# ${' "x'.repeat(100_000)}`)), []);
		assert.ok(process.cpuUsage(began).user < 1_000_000);
	});

	it('reads what follows a quoted value on its line', () => {
		const text = `export GEMINI_API_KEY="${modern(1)}"; export WORK='${modern(2)}' # old: ${modern(3)}`;
		assert.deepEqual(
			parseKeys(text).recognised.map(({ secret, name }) => [secret.reveal(), name]),
			[
				[modern(1), undefined],
				[modern(2), 'WORK'],
			],
		);
		assert.deepEqual(found(`keys: "${modern(1)}", '${legacy(2)}'`), [modern(1), legacy(2)]);
		assert.deepEqual(found(`GEMINI_API_KEY="${modern(1)}" ${legacy(2)}`), [modern(1), legacy(2)]);
		assert.deepEqual(refused(`GEMINI_API_KEY="${modern(1)}" my own`), []);
		const lines = Array.from({ length: 150 }, () => `A="" # ${modern(4)}`);
		assert.deepEqual(found([...lines, text].join('\n')), [modern(1), modern(2)]);
		const began = process.cpuUsage();
		assert.deepEqual(found('A="" '.repeat(150_000)), []);
		assert.ok(process.cpuUsage(began).user < 1_000_000);
	});

	it('takes no name of a project and no word of prose for a key beside a real one', () => {
		const row = [
			'API key',
			legacy(1),
			'projects/123456789012',
			'gen-lang-client-0123456789',
			'a-long-word-with-many-hyphens',
			'0f8fad5b-d9cd-469f-a165-70867728950e',
		];
		assert.deepEqual(found(row.join('\n')), [legacy(1)]);
		assert.deepEqual(found(row.join(' ')), [legacy(1)]);
		// A kind of key that nobody knows yet, and what a variable for Gemini keys holds.
		const unknown = 'NewKind.7fQ2xR9tYbWmZ4kLp';
		assert.deepEqual(found(`${legacy(1)}\n${unknown}`), [legacy(1), unknown]);
		assert.deepEqual(found(`GEMINI_API_KEY=${row[5] ?? ''}\n${legacy(1)}`), [row[5], legacy(1)]);
	});

	it('reads .env text whose lines a one-line box has joined', () => {
		const lines = [
			'# mine',
			`export GEMINI_API_KEY="${modern(1)}" # the first`,
			`WORK=${modern(2)}`,
			`GEMINI_API_KEYS=${modern(3)},${modern(4)} # two`,
			'OTHER=8080',
		];
		const flat = parseKeys(withLineBreaks(lines.join(' ')));
		assert.deepEqual(
			flat.recognised.map(({ secret, name }) => [secret.reveal(), name]),
			[
				[modern(1), undefined],
				[modern(2), 'WORK'],
				[modern(3), undefined],
				[modern(4), undefined],
			],
		);
		assert.deepEqual(flat.refused, []);
		for (const text of [modern(1), `${modern(1)} ${modern(2)}`, `{"key": "${modern(1)}"}`, lines.join('\n')]) {
			assert.equal(withLineBreaks(text), text);
		}
	});

	it('names the service if a variable holds only a key of another service', () => {
		const [other] = parseKeys(`OPENAI_API_KEY=sk-${'a1'.repeat(20)}`).refused;
		assert.ok(other?.reason === 'otherService');
		assert.equal(other.service, 'OpenAI');
		assert.deepEqual(refused(`OPENAI_API_KEY=sk-${'a1'.repeat(20)}\nGEMINI_API_KEY=${modern(1)}`), []);
	});

	it('names another service first, then each other reason once, at most three in total', () => {
		const token = `ya29.${'a1'.repeat(40)}`;
		const told = (text: string) =>
			mainRefusals(parseKeys(text).refused).map((one) => (one.reason === 'otherService' ? one.service : one.reason));
		assert.deepEqual(told(`Authorization: Bearer ${token}`), ['Google access token']);
		assert.deepEqual(told(`Bearer ${token}`), ['Google access token']);
		assert.deepEqual(told(`short1 short2 ${'x'.repeat(210)} 1//0${'b2'.repeat(20)} ${'é'.repeat(30)}`), [
			'Google refresh token',
			'tooShort',
			'tooLong',
		]);
		assert.deepEqual(told(JSON.stringify({ installed: { client_secret: `GOCSPX-${'c3'.repeat(14)}` } })), [
			'Google client secret',
		]);
		assert.deepEqual(told(''), []);
	});

	it('gives the reason for a refused text, and never shows it whole', () => {
		assert.deepEqual(refused('AIzaTooShort'), ['tooShort']);
		assert.deepEqual(refused(`${legacy(1)}é`), ['nonAscii']);
		assert.deepEqual(refused(`GEMINI_API_KEY=${legacy(1).slice(0, 19)}\n${legacy(1).slice(20)}`), [
			'tooShort',
			'tooShort',
		]);
		assert.deepEqual(refused('sk-ant-' + 'a1'.repeat(30)), ['otherService']);
		assert.deepEqual(parseKeys(JSON.stringify({ type: 'service_account', private_key: 'x' })).refused, [
			{ mask: '{…}', reason: 'otherService', service: 'Google service account' },
		]);
		const [shown] = parseKeys(`${modern(1)}é`).refused;
		assert.ok(shown && shown.mask.length <= 9, shown?.mask);
	});

	it('stops at a thousand keys and a megabyte, and says so', () => {
		const many = parseKeys(Array.from({ length: 1_200 }, (_, n) => modern(n)).join('\n'));
		assert.deepEqual([many.recognised.length, many.cut], [parseLimits.keys, true]);
		assert.deepEqual(found(`${Array.from({ length: 1_500 }, (_, n) => `short${n}`).join('\n')}\n${modern(1)}`), [
			modern(1),
		]);
		const long = parseKeys(`${modern(1)}\n${'x y '.repeat(400_000)}\n${modern(2)}`);
		assert.deepEqual([long.recognised.length, long.cut], [1, true]);
	});

	it('terminates on any text, and finds the keys anywhere between junk lines', () => {
		const junk = fc.string({ maxLength: 30 }).map((line) => `# ${line.replace(/[\r\n]/g, '')}`);
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.nat(9_999), { maxLength: 8 }),
				fc.array(junk),
				fc.boolean(),
				(numbers, lines, crlf) => {
					const keys = numbers.map(modern);
					const text = [...keys.flatMap((key, at) => [lines[at] ?? '', key]), ...lines].join(crlf ? '\r\n' : '\n');
					assert.deepEqual(found(text), keys);
				},
			),
		);
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseKeys(text)));
	});
});

describe('keys in the environment', () => {
	it('reads the three variables, each key once, and nothing else', () => {
		const { recognised } = keysInEnvironment({
			GEMINI_API_KEYS: `${modern(1)}, ${modern(2)}\n${modern(3)}`,
			GEMINI_API_KEY: `"${modern(1)}"`,
			GOOGLE_API_KEY: legacy(4),
			SECRET: modern(5),
			EMPTY: undefined,
		});
		assert.deepEqual(
			recognised.map((key) => key.secret.reveal()),
			[modern(1), modern(2), modern(3), legacy(4)],
		);
		assert.deepEqual(keysInEnvironment({ GEMINI_API_KEY: ' ' }).recognised, []);
	});

	it('takes what a variable holds for a key, of whatever kind, and lists of any form', () => {
		const unknown = '0f8fad5b-d9cd-469f-a165-70867728950e';
		const { recognised } = keysInEnvironment({ GEMINI_API_KEYS: `${legacy(1)},${unknown}` });
		assert.deepEqual(
			recognised.map(({ secret }) => secret.reveal()),
			[legacy(1), unknown],
		);
		const list = keysInEnvironment({ GEMINI_API_KEYS: `["${legacy(1)}",\n "${modern(2)}"]` });
		assert.deepEqual(
			list.recognised.map(({ secret }) => secret.reveal()),
			[legacy(1), modern(2)],
		);
	});
});

describe('the text of a file', () => {
	it('is UTF-8, or UTF-16 with a byte-order mark', () => {
		assert.equal(decodedText(new TextEncoder().encode('KEY=é')), 'KEY=é');
		assert.equal(decodedText(Uint8Array.from([0xff, 0xfe, 0x41, 0, 0xe9, 0])), 'Aé');
	});
});
