import assert from 'node:assert/strict';
import { dashboardData } from '../../../../src/views/dashboard/project';
import { keyView, modelView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';
import { historyOf } from '../../../support/views/dashboard/facts';

describe('quotas of very many keys', () => {
	it('are made for those that are shown alone: all of them held up the window', () => {
		const models = Array.from({ length: 10 }, (_, n) => modelView(standings.usable, { model: `model-${n}` }));
		const many = Array.from({ length: 100 }, (_, n) => keyView(`k${n}`, standings.usable, { models }));
		let made = 0;
		const counting = (text: string): string => {
			if (text.startsWith('model-')) made++;
			return text;
		};
		const { quotas, moreQuotas } = dashboardData(snapshotOf(many), historyOf(), noon, words, counting);
		assert.deepEqual([quotas.length, moreQuotas, made], [60, 940, 60]);
	});
});
