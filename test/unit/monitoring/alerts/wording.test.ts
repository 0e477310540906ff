import assert from 'node:assert/strict';
import { createWords } from '../../../../src/localization/words';
import { wordAlert } from '../../../../src/monitoring/alerts/wording';
import { noon, translate } from '../../../support/views/snapshots';

const words = createWords(translate, { language: 'en', zone: 'Asia/Ho_Chi_Minh' }, () => noon);

describe('an alert', () => {
	it('says when the first key is back, in which zone: colleagues who read it may live in another one', () => {
		const alert = { type: 'allExhausted', total: 3, model: 'gemini-3.8-flash', back: noon + 3_600_000 } as const;
		assert.deepEqual(wordAlert(alert, words, noon).lines, [
			'None of 3 keys can answer with gemini-3.8-flash.',
			'The first key is back at 20:00 (GMT+7).',
		]);
	});
});
