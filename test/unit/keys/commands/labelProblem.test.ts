import assert from 'node:assert/strict';
import { labelProblem, nameProblem } from '../../../../src/keys/commands/labelProblem';

const problem = (label: string): string | undefined =>
	labelProblem(label, ['work'], (message, ...values) => message.replace('{0}', String(values[0])));

describe('a new name for a key', () => {
	it('is valid if it is short and unique', () => {
		for (const label of ['home', '  home  ', 'my "best" key 😀', 'AQ.A…x7Qz']) assert.equal(problem(label), undefined);
	});

	it('is refused with the reason', () => {
		assert.equal(problem(' '), 'A key needs a name.');
		assert.equal(problem('x'.repeat(61)), 'A name has at most 60 characters.');
		assert.equal(problem(' work '), 'Another key has this name already.');
	});

	it('cannot be a key, which would then be shown everywhere', () => {
		for (const label of [`AQ.${'Zx9_-'.repeat(11)}`, ` AIza${'Sy-Canary_'.repeat(4)} `, `my AIza${'b1'.repeat(18)}`])
			assert.match(problem(label) ?? '', /^This looks like a key/);
	});

	it('cannot be a key for a project or an account either, but may be empty', () => {
		const t = (message: string): string => message;
		for (const name of ['', 'Team', 'x'.repeat(60)]) assert.equal(nameProblem(name, t), undefined);
		assert.match(nameProblem(`AQ.${'Zx9_-'.repeat(11)}`, t) ?? '', /^This looks like a key/);
		assert.match(nameProblem('x'.repeat(61), t) ?? '', /^A name has at most/);
	});
});
