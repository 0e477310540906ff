import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { noted, withNote } from '../../../../scripts/test/flakeNote.mjs';

describe('the note of runs in a row', () => {
	const seen = { date: '2026-01-02', commit: 'abc1234' };

	it('says when, of what, how often, how long, and what was flaky', () => {
		const runs = [
			{ seconds: 130.4, flaky: ['chat asks'], failed: 0 },
			{ seconds: 121.2, flaky: ['chat asks', 'a key goes'], failed: 0 },
			{ seconds: 128, flaky: [], failed: 2 },
		];
		assert.equal(
			noted({ ...seen, runs }),
			'- 2026-01-02, commit `abc1234`: 3 runs of 121 to 130 s; failed: 1; flaky: “chat asks” in 2, “a key goes” in 1.',
		);
		const good = noted({ ...seen, runs: [{ seconds: 1, flaky: [], failed: 0 }] });
		assert.match(good, /failed: none; flaky: none\.$/);
	});

	it('stands last in its list, whatever comes after', () => {
		const before = '# A\n\n## The window stage in a row\n\nWhat it is.\n';
		const one = withNote(before, '- one');
		assert.equal(one, `${before}\n- one\n`);
		assert.equal(withNote(one, '- two'), `${before}\n- one\n- two\n`);
		assert.equal(withNote(`${one}\n## Next\n`, '- two'), `${before}\n- one\n- two\n\n## Next\n`);
		assert.throws(() => withNote('# A\n', '- one'), /has no/);
	});

	it('has its list in the document', () => {
		const document = readFileSync(path.resolve(__dirname, '../../../../docs/PROOFS.md'), 'utf8');
		assert.match(withNote(document, '- one'), /- one\n/);
	});
});
