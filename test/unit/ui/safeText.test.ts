import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { detailText, labelText, maxMessage, messageText, oneLine, promptText } from '../../../src/ui/safeText';
import { attackText, iconsIn, linksIn } from '../../support/ui/attackText';

const link = '[View](command:workbench.action.toggleSidebarPosition)';

/** Every sentence of ours, in both languages. */
const bundle = JSON.parse(
	readFileSync(path.resolve(__dirname, '../../../l10n/bundle.l10n.vi.json'), 'utf8'),
) as Readonly<Record<string, string>>;
const sentences = [...Object.keys(bundle), ...Object.values(bundle)];

/** As `vscode.l10n.t` does it. */
const filled = (sentence: string, values: readonly string[]): string =>
	sentence.replace(/\{(\d+)\}/g, (_, n: string) => values[Number(n)] ?? '');

describe('the text of a message', () => {
	it('has no link, whatever names are in it', () => {
		assert.equal(linksIn(link).length, 1, 'the grammar of the test finds links');
		fc.assert(
			fc.property(
				fc.constantFrom(...sentences),
				fc.array(attackText, { minLength: 5, maxLength: 5 }),
				(sentence, values) => {
					const text = filled(sentence, values);
					assert.deepEqual(linksIn(messageText(text)), []);
					assert.deepEqual(linksIn(promptText(text)), []);
					assert.deepEqual(iconsIn(promptText(text)), []);
				},
			),
			{ numRuns: 3_000 },
		);
	});

	it('has none if a title and a step are joined, as in a progress notification', () => {
		fc.assert(
			fc.property(attackText, attackText, (title, step) => {
				assert.deepEqual(linksIn(`${messageText(title)}: ${messageText(step)}`), []);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('reads as it was written, except for a space', () => {
		assert.equal(messageText(`Fix: “${link}”`), 'Fix: “[View] (command:workbench.action.toggleSidebarPosition)”');
		assert.equal(messageText('{0}: 2 of 3 (a [b] c)'), '{0}: 2 of 3 (a [b] c)');
	});

	it('keeps the sentence around a very long name readable', () => {
		const text = messageText(`“${'A'.repeat(100_000)}” is a file that may contain secrets. Send its text to Google?`);
		assert.ok(text.length <= maxMessage, `${text.length} characters`);
		assert.match(text, /^“A+…A+” is a file that may contain secrets\. Send its text to Google\?$/);
	});
});

describe('the text of a label', () => {
	it('has no icon', () => {
		assert.equal(
			labelText('$(check) all \\$(key) is $(sync~spin) well'),
			'$ (check) all \\$ (key) is $ (sync~spin) well',
		);
		fc.assert(
			fc.property(attackText, (text) => assert.deepEqual(iconsIn(labelText(text)), [])),
			{ numRuns: 2_000 },
		);
	});
});

describe('a text on one line', () => {
	it('has nothing that is invisible, reorders what follows, or ends the line', () => {
		const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
		fc.assert(
			fc.property(attackText, fc.integer({ min: 10, max: 500 }), (text, max) => {
				const line = oneLine(text, max);
				// What joins the parts of an emoji is seen by what it does.
				assert.doesNotMatch(line.replace(/[\u200c\u200d]/g, ''), unseen);
				assert.ok(line.length <= max, `${line.length} of ${max}`);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('shows that something was removed', () => {
		assert.equal(oneLine('holiday\u202egnp.\u202c.exe'), 'holiday\ufffdgnp.\ufffd.exe');
		assert.equal(oneLine(' a\r\n\tb\0c\u2028d '), 'a b\ufffdc d');
	});

	it('leaves what people write', () => {
		for (const text of ['Hà Nội', '👩‍💻 work', '❤️', 'שלום עולם', 'می‌خواهم', 'parser.ts, lines 3–10'])
			assert.equal(oneLine(text), text);
	});
});

describe('the lines below a question', () => {
	it('keep their line breaks, and nothing else that moves the text', () => {
		assert.equal(detailText('one\r\ntwo\n\nthree\u202e'), 'one\ntwo\n\nthree\ufffd');
		assert.ok(detailText('x\n'.repeat(100_000)).length <= 4_000);
	});
});
