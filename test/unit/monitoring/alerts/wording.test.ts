import assert from 'node:assert/strict';
import { createWords } from '../../../../src/localization/words';
import { wordAlert } from '../../../../src/monitoring/alerts/wording';
import { noon, translate, wordsAtGateway } from '../../../support/views/snapshots';

const words = createWords(translate, { language: 'en', zone: 'Asia/Ho_Chi_Minh' }, () => noon);

describe('an alert', () => {
	it('says when the first key is back, in which zone: colleagues who read it may live in another one', () => {
		const alert = { type: 'allExhausted', total: 3, model: 'gemini-3.8-flash', back: noon + 3_600_000 } as const;
		assert.deepEqual(wordAlert(alert, words, noon).lines, [
			'None of 3 keys can answer with gemini-3.8-flash.',
			'The first key is back at 20:00 (GMT+7).',
		]);
	});

	it('speaks of no keys where a team’s gateway answers in place of them', () => {
		const { model, total } = { model: 'gemini-3.8-flash', total: 1 };
		const told = [
			{ type: 'allExhausted', total, model, back: noon + 3_600_000 },
			{ type: 'recovered', usable: 1, total, model },
			{ type: 'keysNeedAttention', keys: [{ label: 'gateway.example', reason: 'badKey' }], more: 0 },
		] as const;
		assert.deepEqual(
			told.map((alert) => {
				const { title, lines } = wordAlert(alert, wordsAtGateway, noon);
				return [title, ...lines];
			}),
			[
				['The team’s gateway cannot answer', 'Models: gemini-3.8-flash', 'It works again at 13:00 (UTC).'],
				['The team’s gateway can answer again', 'Models: gemini-3.8-flash'],
				['The team’s gateway needs attention', 'gateway.example: does not know your token'],
			],
		);
	});
});
