import assert from 'node:assert/strict';
import { arrivalsOf, sumOfQuotas, wholeLoad } from '../../bench/peers/load';
import { judge } from '../../bench/peers/text';
import { createStand, flash } from '../simulator/stand';

const question = 'Question 7 of run 1: why?';

describe('the comparison with what a user would take instead', () => {
	let answer: string;
	let other: string;
	before(async () => {
		const stand = createStand();
		answer = (await stand.stream(question)).texts.join('');
		other = (await stand.stream(question)).texts.join('');
	});

	it('takes what the service wrote for whole', () => {
		assert.equal(judge(answer, question, flash), 'whole');
	});

	it('sees what is missing, at the end, in the middle, and all of it', () => {
		assert.equal(judge(answer.slice(0, -1), question, flash), 'lost');
		assert.equal(judge(answer.slice(0, 100) + answer.slice(110), question, flash), 'lost');
		assert.equal(judge('', question, flash), 'lost');
	});

	it('sees an answer that began anew behind the first one, and one that got a piece twice', () => {
		assert.notEqual(answer, other);
		assert.equal(judge(answer.slice(0, 300) + other, question, flash), 'doubled');
		assert.equal(judge(answer.slice(0, 40) + other, question, flash), 'doubled');
		assert.equal(judge(answer.slice(0, 300) + answer.slice(290), question, flash), 'doubled');
	});

	it('asks at the rates that it speaks of, alike for all', () => {
		const all = arrivalsOf(wholeLoad, 1);
		assert.deepEqual(all, arrivalsOf(wholeLoad, 1));
		const rate = (phase: string, minutes: number): number =>
			all.filter((one) => one.phase === phase).length / minutes / sumOfQuotas;
		assert.ok(Math.abs(rate('even', wholeLoad.even) - 0.6) < 0.12);
		assert.ok(Math.abs(rate('rush', wholeLoad.rush) - 2) < 0.3);
		assert.equal(new Set(all.map((one) => one.question)).size, all.length);
	});
});
