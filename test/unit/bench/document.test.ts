import assert from 'node:assert/strict';
import { lineOf, plain, withSections, type Section } from '../../bench/document';
import { sampleOf } from '../../bench/measure';
import type { Figure } from '../../bench/row';

const slow: Figure = { of: 'slow', unit: 'µs', ...sampleOf([1, 2, 3]), goal: { atMost: 1 }, reason: 'It sleeps.' };
const good: Figure = { of: 'good', unit: '%', ...sampleOf([99.5]), goal: { atLeast: 99 }, reason: 'It is luck.' };

const section = (name: string, figures: readonly Figure[]): Section => ({
	name,
	what: `What ${name} is.`,
	measured: 'Measured on a day',
	pictures: [],
	lines: figures.map(lineOf),
});

describe('the document of the benchmark', () => {
	it('sets each figure beside its goal, with ratio and spread, and says why only where it is missed', () => {
		const text = withSections('', [section('row', [slow, good])]);
		assert.match(text, /\| slow +\| 2 µs +\| ≤ 1 µs +\| 2 +\| 1.5–2.5 of 3 \|/);
		assert.match(text, /\| good +\| 99.5 % +\| ≥ 99 % +\| 1.01 +\| +\|/);
		assert.match(text, /- slow: It sleeps\./);
		assert.doesNotMatch(text, /luck/);
		assert.match(text, /Measured on a day: `npm run bench -- row`\./);
	});

	it('marks what is met and what is missed on a terminal', () => {
		assert.match(plain(lineOf(slow)), /^✖ slow .*\n {4}It sleeps\.$/);
		assert.match(plain(lineOf(good)), /^✔ good [^\n]*$/);
		assert.match(plain(lineOf({ of: 'free', unit: '', ...sampleOf([]) })), /^ {2}free +none/);
	});

	it('counts a goal of nothing at all as met by nothing alone', () => {
		const goal = { atMost: 0 };
		assert.equal(lineOf({ of: 'none', unit: '', ...sampleOf([0]), goal }).met, true);
		assert.equal(lineOf({ of: 'one', unit: '', ...sampleOf([1]), goal }).met, false);
	});

	it('sets side by side what is compared, the losing ones too', () => {
		const by = (name: string, value: number): Figure => ({ of: 'success', by: name, unit: '%', ...sampleOf([value]) });
		const text = withSections('', [section('peers', [by('us', 100), by('them', 12.34)])]);
		assert.match(text, /\| median \(quartiles\) \| us +\| them +\|/);
		assert.match(text, /\| success, % +\| 100 +\| 12.3 +\|/);
	});

	it('begins with one table of all rows: how many goals are met, and what is furthest from its own', () => {
		const slower: Figure = { ...slow, of: 'slower', ...sampleOf([5]) };
		const by: Figure = { of: 'late', by: 'us', unit: 'ms', ...sampleOf([3]), goal: { atMost: 4 } };
		const before = withSections('', [section('Alpha', [slow, good, slower]), section('beta', [by])]);
		const text = withSections(before, [section('gamma', [{ of: 'free', unit: '', ...sampleOf([1]) }])]);
		const [first = ''] = text.split(/^## /m);
		assert.match(first, /\| \[Alpha\]\(#alpha\) +\| 1 of 3 +\| slower: 5 µs \(≤ 1 µs\) +\|/);
		assert.match(first, /\| \[beta\]\(#beta\) +\| 1 of 1 +\| +\|/);
		assert.match(first, /\| \[gamma\]\(#gamma\) +\| 0 of 0 +\| it compares, and has no goal +\|/);
		assert.match(text, /\| median \(quartiles\) +\| us +\| goal +\|\n[^\n]*\n\| late, ms +\| 3 +\| ≤ 4 ms +\|/);
	});

	it('replaces the section of a row that ran, and leaves the others as they are', () => {
		const before = withSections('', [section('a', [good]), section('c', [slow])]);
		const after = withSections(before, [section('b', [good]), section('c', [good])]);
		assert.deepEqual(after.match(/^## .*$/gm), ['## a', '## b', '## c']);
		assert.doesNotMatch(after, /slow/);
		assert.equal(withSections(after, []), after);
	});
});
