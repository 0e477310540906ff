import assert from 'node:assert/strict';
import type { ModelView } from '../../../../src/pool/pool';
import { dashboardData } from '../../../../src/views/dashboard/project';
import { keyView, modelView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';
import { historyOf } from '../../../support/views/dashboard/facts';

describe('the requests of today among the quotas', () => {
	const usedToday = (limitUsage: ModelView['limitUsage']): unknown => {
		const models = [modelView(standings.usable, { requestsToday: 1, sentToday: 41, limitUsage })];
		const snapshot = snapshotOf([keyView('a', standings.usable, { models })]);
		return dashboardData(snapshot, historyOf(), noon, words, (text) => text).quotas[0]?.rpd?.used;
	};

	it('are all that were sent, also before the tier was set anew; against a limit, those that count since', () => {
		assert.deepEqual([usedToday({}), usedToday({ rpd: { used: 1, limit: 250, source: 'user' } })], [41, 1]);
	});
});

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
