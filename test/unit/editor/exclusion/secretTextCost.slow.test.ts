import assert from 'node:assert/strict';
import { looksSecret } from '../../../../src/editor/exclusion/secretText';
import { best, timesAsLong } from '../../../support/fastEnough';

/** What a stranger would repeat in a file to hold the editor up, and which holds no secret. */
const hostile = [
	'-eyJ',
	'.eyJ',
	'a.eyJ',
	`eyJ${'a'.repeat(5)}.eyJ`,
	'eyJeyJeyJ.',
	'-----BEGIN ',
	'-----BEGIN AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
	'-',
	' ',
	'\n',
	'\t\t\t\t\n',
	'A',
	`${'A'.repeat(40)}\n`,
	'TOKEN',
	'TOKENTOKENTOKENTOKEN=',
	`A${'TOKEN'.repeat(8)}=${'a'.repeat(199)}\n`,
	'PASSWORD=1\n',
	'token="',
	"secret='1",
	'token: ',
	'password = ',
	'password=',
	'secret:a ',
	'machine ',
	`machine ${'a'.repeat(250)} `,
	`machine ${' '.repeat(19)}`,
	'a://b:c',
	'://a:',
	'a:1234:a:a:\n',
	`${'a'.repeat(250)}:1234:`,
	'SG.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ',
	'AQ.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
	'sk-sk-sk ',
	'_auth = ',
	'client-key-data: ',
	'1PASSWDTOKENATOKENSECRET=a1SECRET',
	'A1PASSWORD=aaaaa1 ',
	`PASSWORD=${'a'.repeat(250)} # \n`,
	`API_KEY=${'1'.repeat(250)}a\n`,
	'://:a',
	'password: "aaaaaaa1',
	'Server=a;',
	'Password=a1aaaaa;',
	`Server=${'a'.repeat(90)};${'b'.repeat(200)}Password=a1aaaa`,
	'<password>aaaaaaa1 ',
	'AccountKey=aaaa',
	'authorization',
	'authorization: bearer ',
	`authorization: basic ${'a'.repeat(200)}`,
	'token\\\\\\',
	'api-key: ',
	`auth-token: ${'a'.repeat(200)}`,
	'kp_hf_gsk_xai-hvs.',
];

describe('the cost of that judgement', () => {
	const size = 256 * 1024;
	/** As one string: what is put together from pieces is read more slowly. */
	const filled = (unit: string, length = size) =>
		Buffer.from(unit.repeat(Math.floor(length / unit.length))).toString('latin1');
	const harmlessText = filled('\tconst value = await this.reading(file, (folder) => folder.read(file));\n');

	for (const unit of hostile) {
		it(`is that of a harmless text for ${JSON.stringify(unit.slice(0, 24))}, again and again`, () => {
			const text = filled(unit);
			assert.equal(looksSecret(text), false);
			// Measured: 1 to 6 times. It was 500 times for the first of them.
			const times = timesAsLong(
				() => looksSecret(text),
				() => looksSecret(harmlessText),
			);
			assert.ok(times < 40, `${times} times`);
		});
	}

	it('stays under four seconds of the processor for the largest file of 20 MB, whatever is in it', () => {
		// A quarter of it in a quarter of the time: the cost grows with the length, see below. Measured: 180 ms, 520 beside much other work.
		for (const unit of hostile.slice(-6)) {
			const text = filled(unit, 20 * size);
			assert.equal(looksSecret(text), false);
			const ms = best(() => looksSecret(text));
			assert.ok(ms < 1_000, `${ms} ms for ${unit}`);
		}
	});

	it('grows with the length and not with its square', () => {
		for (const unit of ['-eyJ', 'token="', 'A', '\n']) {
			// Long enough for a clock: of a text of 100 KB the shortest look takes half a ms.
			const [short, long] = [filled(unit, 4 * size), filled(unit, 32 * size)];
			const times = timesAsLong(
				() => looksSecret(long),
				() => looksSecret(short),
			);
			// 8 times as long; its square would be 64 times.
			assert.ok(times < 32, `${unit}: ${times} times`);
		}
	});
});
