import assert from 'node:assert/strict';
import { ask } from '../../bench/peers/asking';
import { arrivalsOf, sumOfQuotas, wholeLoad } from '../../bench/peers/load';
import { clairvoyantGoodput } from '../../bench/peers/virtual/clairvoyant';
import { keypoolVirtually } from '../../bench/peers/virtual/virtually';
import type { Asked } from '../../bench/peers/messages';
import type { Piece } from '../../bench/peers/peer';
import { tallyOf } from '../../bench/peers/tally';
import { judge } from '../../bench/peers/tally';
import { createStand, flash } from '../../support/simulator/stand';

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

	it('counts as wasted every call for an answer that nobody got whole, refusals of a quota among them', () => {
		const asked = (text: string): Asked => {
			return { at: 0, phase: 'even', question, first: 500, end: 1_000, outcome: { state: 'answered', text } };
		};
		const late: Asked = { at: 0, phase: 'even', question, end: 120_000, outcome: { state: 'late' } };
		const ended = new Map([
			['answered', 4],
			['rejected:rpm', 2],
			['rejected:rpd+rpm', 1],
			['rejected:400_api_key_invalid', 1],
			['rejected:503_overloaded', 1],
		]);
		const log = [
			{ method: 'streamGenerateContent', outcome: 'open' },
			{ method: 'list', outcome: 'open' },
			{ method: 'streamGenerateContent', outcome: 'answered' },
		] as const;
		const prompts = [asked(answer), asked(other), asked(answer.slice(0, -1)), late];
		const { wasted, refused, lost, success, first } = tallyOf(prompts, { ended, log }, wholeLoad);
		assert.deepEqual(
			{ wasted, refused, lost, success, first },
			{ wasted: 4, refused: 1.5, lost: 1, success: 50, first: 0.5 },
		);
	});

	it('takes for the first token one that was not taken back', async () => {
		const began = performance.now();
		let again = Infinity;
		async function* pieces(): AsyncGenerator<Piece> {
			await Promise.resolve();
			yield { text: 'An ans' };
			yield { forget: true };
			// Later than what was taken back, however coarse the clock is.
			const forgotten = performance.now() - began;
			do again = performance.now() - began;
			while (again <= forgotten);
			yield { text: 'Another' };
			yield { text: ' answer.' };
		}
		const asked = await ask({ ask: pieces }, { at: 0, phase: 'even', question }, began, 10_000);
		assert.deepEqual(asked.outcome, { state: 'answered', text: 'Another answer.' });
		assert.ok((asked.first ?? 0) >= again);
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

describe('the rush in virtual time', () => {
	const load = { ...wholeLoad, even: 1, rush: 2 };

	for (const kind of ['sliding', 'fixed'] as const) {
		it(`gives Keypool nearly what a clairvoyant client gets, and no call is sent too late (${kind})`, async () => {
			const { goodput, refused, lost, doubled, wasted } = await keypoolVirtually(kind, load, 1);
			const most = clairvoyantGoodput(kind, load, 1);
			assert.ok(goodput <= most * 1.03, `${goodput} of ${most}`);
			assert.ok(goodput >= most * 0.88, `${goodput} of ${most}`);
			assert.ok(refused < 0.05 && wasted < 0.2, `${refused} refused, ${wasted} wasted`);
			assert.deepEqual([lost, doubled], [0, 0]);
		});
	}
});
