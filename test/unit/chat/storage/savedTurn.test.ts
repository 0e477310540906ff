import assert from 'node:assert/strict';
import { aboutFromText, turnFromText, turnToText } from '../../../../src/chat/storage/savedTurn';
import { turn } from '../../../support/chat/fixtures';

const noon = Date.UTC(2026, 10, 26, 12);
const failed = (retryAt: number) =>
	({
		state: 'failed',
		text: '',
		summary: { ms: 1, attempts: [] },
		reason: 'waitedTooLong',
		facts: { retryAt },
	}) as const;

describe('a saved turn', () => {
	it('is read as it was written', () => {
		const written = turn('1', 'one', failed(noon));
		assert.deepEqual(turnFromText(turnToText(written, noon)), written);
	});

	// Found by fuzzing: no calendar has the moment, and the conversation could not have been shown, nor the list of all.
	for (const moment of [1e308, 8.64e15 + 1, -1]) {
		it(`that names the moment ${moment} counts as damaged`, () => {
			assert.equal(turnFromText(turnToText(turn('1', 'one', failed(moment)), noon)), undefined);
			assert.equal(turnFromText(turnToText({ ...turn('1', 'one', failed(noon)), askedAt: moment }, noon)), undefined);
			assert.equal(
				aboutFromText(
					JSON.stringify({
						v: 2,
						id: 'c',
						begins: '',
						changedAt: moment,
						options: {},
					}),
				),
				undefined,
			);
		});
	}
});
