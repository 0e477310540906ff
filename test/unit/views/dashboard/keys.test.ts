import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import { dashboardData } from '../../../../src/views/dashboard/project';
import { hour, keyView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';
import { attempt, count, historyOf, idOf, requestRecord } from '../../../support/views/dashboard/facts';

const { mask } = createMasker();

describe('the keys on the dashboard', () => {
	it('come with state, health, last use and whose turn is next, used or not, by the strategy of now', () => {
		const snapshot = snapshotOf(
			[
				keyView('work', standings.usable, { score: 79.6, lastUsed: noon - hour }),
				keyView('home', standings.leaked, { score: 0 }),
			],
			{ strategy: 'roundRobin' },
		);
		const { keys } = dashboardData(snapshot, historyOf(), noon, words, mask, { next: idOf('work') });
		assert.equal(keys.strategy, 'Strategy: in turn.');
		assert.deepEqual(keys.rows, [
			{ label: 'work', availability: 'usable', health: 80, isNext: true, lastUsedAgo: hour },
			{ label: 'home', availability: words.announceAvailability(standings.leaked, noon), health: 0, isNext: false },
		]);
	});

	it('are named in every part so that a mark in a name cannot turn it around', () => {
		const label = 'cat-\u202egnp.ts';
		const history = historyOf([count(0, label, 'answered')], [requestRecord('r', [attempt(label, 'answered')])]);
		const data = JSON.stringify(
			dashboardData(snapshotOf([keyView(label, standings.usable)]), history, noon, words, mask),
		);
		assert.ok(!data.includes('\u202e'), data);
		assert.match(data, /"label":"cat-\ufffdgnp\.ts".*"key":"cat-\ufffdgnp\.ts"/);
	});

	it('are not called usable where a demand for paid keys bars them', () => {
		const snapshot = snapshotOf([keyView('home', standings.usable), keyView('old', standings.leaked)], {
			paidOnly: true,
		});
		const { keys } = dashboardData(snapshot, historyOf(), noon, words, mask);
		assert.deepEqual(
			keys.rows.map(({ availability }) => availability),
			['paid keys only', words.announceAvailability(standings.leaked, noon)],
		);
	});

	it('have no next one where they take no turns, and twenty rows at most', () => {
		const many = Array.from({ length: 23 }, (_, n) => keyView(`k${n}`, standings.usable));
		const { keys } = dashboardData(snapshotOf(many), historyOf(), noon, words, mask);
		assert.deepEqual([keys.rows.length, keys.more, keys.rows.some(({ isNext }) => isNext)], [20, 3, false]);
	});

	it('show first, of more than there are rows, which need attention, whose turn is next, and which rest', () => {
		const state = (n: number) =>
			n === 0 ? standings.disabled : n === 30 ? standings.minute : n === 40 ? standings.leaked : standings.usable;
		const many = Array.from({ length: 50 }, (_, n) => keyView(`k${n}`, state(n)));
		const shown = (of: typeof many) =>
			dashboardData(snapshotOf(of), historyOf(), noon, words, mask, { next: idOf('k25') }).keys.rows.map(
				({ label }) => label,
			);
		assert.deepEqual(shown(many).slice(0, 5), ['k40', 'k25', 'k30', 'k1', 'k2']);
		assert.deepEqual(shown(many.slice(25, 45)).slice(0, 2), ['k25', 'k26'], 'all of them have a row');
	});
});

describe('usage by client on the dashboard', () => {
	it('names our surfaces, tools and extensions, and what is not known', () => {
		const counts = [
			{ ...count(0, 'work', 'answered', 5), client: 'chat' },
			{ ...count(0, 'home', 'rpm', 2), client: 'gateway:cline', fallbacks: 2 },
			{ ...count(1, 'home', 'answered', 4), client: 'gateway:cline' },
			{ ...count(2, 'home', 'answered', 3), client: 'lm:some.extension' },
			count(3, 'work', 'answered'),
		];
		const { hour: view } = dashboardData(snapshotOf([]), historyOf(counts), noon, words, mask);
		assert.deepEqual(
			view.byClient.map(({ label, sends }) => [label, sends.reduce((sum, n) => sum + n, 0)]),
			[
				['gateway:cline', 6],
				['chat', 5],
				['some.extension', 3],
				['not known', 1],
			],
		);
		assert.deepEqual(view.clients[0], {
			...{ label: 'gateway:cline', sends: 6, answered: 4, input: 60, output: 12, fallbacks: 2 },
			failures: [{ words: 'requests per minute used up', sends: 2 }],
		});
	});
});

describe('a team on the dashboard', () => {
	it('is told in its own words, and there is none unless it tells something', () => {
		const team = [{ label: 'Shared with', value: 'four windows' }];
		assert.deepEqual(dashboardData(snapshotOf([]), historyOf(), noon, words, mask, { team }).team, team);
		assert.deepEqual(dashboardData(snapshotOf([]), historyOf(), noon, words, mask).team, []);
	});
});
