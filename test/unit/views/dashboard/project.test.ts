import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import type { UsageCount, Snapshot } from '../../../../src/pool/pool';
import { dashboardData, type History } from '../../../../src/views/dashboard/project';
import type { SeriesView } from '../../../../src/webviews/dashboardProtocol';
import { createWords } from '../../../../src/localization/words';
import {
	hour,
	keyView,
	minute,
	model,
	modelView,
	noon,
	snapshotOf,
	standings,
	translate,
	words,
} from '../../../support/views/snapshots';
import { attempt, count, historyOf, requestRecord } from '../../../support/views/dashboard/facts';

const { mask } = createMasker();
const shown = (snapshot: Snapshot, history: History) => dashboardData(snapshot, history, noon, words, mask);
const work = keyView('work', standings.usable);
const home = keyView('home', standings.usable);
const two = snapshotOf([work, home]);
const sums = (series: readonly SeriesView[]): readonly string[] =>
	series.map(({ label, sends }) => `${label} ${sends.reduce((sum, n) => sum + n, 0)}`);

describe('usage on the dashboard', () => {
	it('puts each count into the slot of its minute, by key and by outcome', () => {
		const { hour: view } = shown(
			two,
			historyOf([count(0, 'work', 'answered', 3), count(0, 'work', 'rpm'), count(59, 'home', 'answered', 2)]),
		);
		assert.deepEqual([view.slots, view.slotMs, view.lastAgo], [60, minute, 0]);
		assert.deepEqual(sums(view.byKey), ['work 4', 'home 2']);
		assert.deepEqual(sums(view.byOutcome), ['answered 5', 'requests per minute used up 1']);
		assert.deepEqual([view.byKey[0]?.sends[59], view.byKey[1]?.sends[0], view.byKey[0]?.tokens[59]], [4, 2, 48]);
		assert.deepEqual(view.total, { sends: 6, answered: 5, input: 60, output: 12, fallbacks: 0 });
	});

	it('counts the prompts that went on elsewhere, over time, by key and by why, sent before or not', () => {
		const { hour: view } = shown(
			two,
			historyOf([
				{ ...count(0, 'work', 'rpm', 2), fallbacks: 2 },
				{ ...count(3, 'work', 'rpd', 0), fallbacks: 1 },
				count(3, 'home', 'answered', 3),
			]),
		);
		const left = (series: readonly SeriesView[]) =>
			series.map(({ label, fallbacks }) => `${label} ${fallbacks.reduce((sum, n) => sum + n, 0)}`);
		assert.deepEqual(left(view.byKey), ['home 0', 'work 3']);
		assert.deepEqual(left(view.byOutcome).slice(1).sort(), [
			'requests per day used up 1',
			'requests per minute used up 2',
		]);
		assert.deepEqual([view.byKey[1]?.fallbacks[59], view.byKey[1]?.fallbacks[56]], [2, 1]);
		assert.deepEqual([view.total.fallbacks, view.keys.map(({ fallbacks }) => fallbacks)], [3, [0, 3]]);
		assert.deepEqual(view.keys[1]?.failures, [{ words: 'requests per minute used up', sends: 2 }]);
	});

	it('shows the last hour and the last day, each without what is older', () => {
		const history = historyOf([
			count(24 * 60, 'work', 'answered', 100),
			count(23 * 60, 'work', 'answered', 10),
			count(60, 'work', 'answered', 5),
			count(59, 'work', 'answered', 1),
		]);
		const { hour: last, day } = shown(two, history);
		assert.deepEqual([last.total.sends, day.total.sends], [1, 16]);
		assert.deepEqual([day.slots, day.slotMs], [96, 15 * minute]);
	});

	it('keeps counts of the future, which a clock that was put back leaves, as of now', () => {
		const { hour: view } = shown(two, historyOf([count(-90, 'work', 'answered', 7)]));
		assert.equal(view.byKey[0]?.sends[59], 7);
	});

	it('is the same through the hour: a slot ends with its minute', () => {
		const at = noon + 59_999;
		const { hour: view } = dashboardData(two, historyOf([count(0, 'work', 'answered')]), at, words, mask);
		assert.equal(view.byKey[0]?.sends[59], 1);
		assert.equal(view.lastAgo, 59_999);
		const later = dashboardData(two, historyOf([count(0, 'work', 'answered')]), at + 1, words, mask);
		assert.equal(later.hour.byKey[0]?.sends[58], 1);
	});

	it('has at most six layers, the rest in one, and loses no send', () => {
		const many = Array.from({ length: 80 }, (_, n) => keyView(`k${n}`, standings.usable));
		const counts = many.map(({ key }, n) => count(1, key.label, 'answered', 100 - n));
		const { hour: view } = shown(snapshotOf(many), historyOf(counts));
		assert.deepEqual(sums(view.byKey), ['k0 100', 'k1 99', 'k2 98', 'k3 97', 'k4 96', '75 others 4350']);
		assert.equal(view.byKey.at(-1)?.kind, 'rest');
		assert.equal(view.keys.length, 51);
		assert.equal(
			view.keys.reduce((sum, { sends }) => sum + sends, 0),
			view.total.sends,
		);
		const outcomes = ['rpm', 'rpd', 'tpm', 'badKey', 'overloaded', 'network', 'internal'] as const;
		const failed = shown(two, historyOf(outcomes.map((reason, n) => count(1, 'work', reason, 10 - n)))).hour;
		assert.equal(failed.byOutcome.length, 5);
		assert.equal(failed.byOutcome.at(-1)?.label, '3 others');
	});

	it('says of each key what came of its sends', () => {
		const { hour: view } = shown(
			two,
			historyOf([count(2, 'work', 'answered', 5), count(2, 'work', 'rpm', 2), count(3, 'work', 'overloaded', 3)]),
		);
		const [row] = view.keys;
		assert.deepEqual([row?.label, row?.sends, row?.answered], ['work', 10, 5]);
		assert.deepEqual(row?.failures, [
			{ words: 'model overloaded', sends: 3 },
			{ words: 'requests per minute used up', sends: 2 },
		]);
	});

	it('calls a removed key as it was called when it was last used', () => {
		const counts = [count(1, 'gone', 'answered'), count(1, 'unknown', 'rpm')];
		const history = historyOf(counts, [requestRecord('r', [attempt('gone', 'answered')])]);
		assert.deepEqual(sums(shown(two, history).hour.byKey), ['gone 1', 'a key that is not here 1']);
	});

	it('takes 50,000 counts of 24 hours', () => {
		const counts = Array.from({ length: 50_000 }, (_, n): UsageCount => count(n % 1400, `k${n % 300}`, 'answered'));
		assert.equal(shown(two, historyOf(counts)).day.total.sends, 50_000);
	});
});

describe('quotas on the dashboard', () => {
	it('are those of projects and models, with limits where they are known, and when they are free again', () => {
		const project = { id: 'p' as never, tier: 'free', label: 'Shop' } as const;
		const models = [
			modelView(standings.usable, {
				...{ requestsThisMinute: 3, tokensThisMinute: 900, requestsToday: 40, sentToday: 28, tokensToday: 12_000 },
				limitUsage: { rpm: { used: 3, limit: 5, source: 'stated' }, rpd: { used: 40, limit: 250, source: 'user' } },
				minuteEndsAt: noon + 20_000,
			}),
		];
		const { quotas } = shown(
			snapshotOf([
				keyView('a', standings.usable, { project, models }),
				keyView('b', standings.usable, { project, models }),
			]),
			historyOf(),
		);
		assert.deepEqual(quotas, [
			{
				...{ project: 'Shop', model, availability: 'usable' },
				rpm: { used: 3, limit: 5, source: 'stated', resetsInMs: 20_000 },
				tpm: { used: 900, resetsInMs: 20_000 },
				rpd: { used: 40, others: 12, limit: 250, source: 'user', resetsInMs: standings.day.until - noon },
			},
		]);
	});

	it('begin with the daily cap of a project, once, over all its keys and models', () => {
		const project = { id: 'p' as never, tier: 'paid', label: 'Shop' } as const;
		const cap = {
			availability: { state: 'coolingDown', reason: 'cap', until: standings.day.until },
			limitUsage: { rpd: { used: 50, limit: 50, source: 'user' } },
			dayEndsAt: standings.day.until,
		} as const;
		const models = [modelView(standings.usable)];
		const { quotas } = shown(
			snapshotOf(['a', 'b'].map((label) => keyView(label, standings.usable, { project, models, cap }))),
			historyOf(),
		);
		assert.deepEqual(
			quotas.map((quota) => quota.model),
			['Daily cap (all models)', model],
		);
		const { availability, ...uses } = quotas[0] ?? { availability: '' };
		assert.match(availability, /daily cap/);
		assert.deepEqual(uses, {
			...{ project: 'Shop', model: 'Daily cap (all models)' },
			rpd: { used: 50, limit: 50, source: 'user', resetsInMs: standings.day.until - noon },
		});
	});

	it('call a project without a name by its keys', () => {
		const project = { id: 'p' as never, tier: 'free' } as const;
		const keys = ['a', 'b', 'c', 'd'].map((label) =>
			keyView(label, standings.usable, { project, models: [modelView(standings.usable)] }),
		);
		assert.deepEqual(
			shown(snapshotOf(keys), historyOf()).quotas.map((quota) => quota.project),
			['a, b, c, …'],
		);
	});

	it('say what is wrong where no key of the project can be used', () => {
		const project = { id: 'p' as never, tier: 'free' } as const;
		const models = [modelView(standings.usable)];
		const spoilt = keyView('a', standings.leaked, { project, models });
		const stateOf = (...keys: Parameters<typeof snapshotOf>[0]) =>
			shown(snapshotOf(keys), historyOf()).quotas.map(({ availability }) => availability);
		assert.deepEqual(stateOf(spoilt), ['needs attention: reported as leaked']);
		assert.deepEqual(stateOf(spoilt, keyView('b', standings.usable, { project, models })), ['usable']);
	});

	it('are called usable by nobody where a demand for paid keys bars the keys', () => {
		const cap = { availability: standings.usable, limitUsage: {}, dayEndsAt: standings.day.until };
		const key = keyView('a', standings.usable, { models: [modelView(standings.usable)], cap });
		assert.deepEqual(
			shown(snapshotOf([key], { paidOnly: true }), historyOf()).quotas.map(({ availability }) => availability),
			['paid keys only', 'paid keys only'],
		);
	});

	it('are bounded', () => {
		const many = Array.from({ length: 100 }, (_, n) =>
			keyView(`k${n}`, standings.usable, { models: [modelView(standings.usable)] }),
		);
		const { quotas, moreQuotas } = shown(snapshotOf(many), historyOf());
		assert.deepEqual([quotas.length, moreQuotas], [60, 40]);
	});
});

describe('rests on the dashboard', () => {
	it('are those of the last day, with why, and what goes on has an end to come', () => {
		const resting = keyView('work', standings.minute, { models: [modelView(standings.minute)] });
		const { rests } = shown(
			snapshotOf([resting, keyView('spoilt', standings.leaked)]),
			historyOf([], [], {
				[`project of work/${model}`]: [
					{ reason: 'rpd', from: noon - 30 * hour, until: noon - 25 * hour },
					{ reason: 'overloaded', from: noon - 2 * hour, until: noon - hour },
					{ reason: 'rpm', from: noon - minute, until: noon + 42_000 },
				],
				'project of nobody/m': [{ reason: 'rpm', from: noon - minute, until: noon }],
			}),
		);
		assert.deepEqual(rests, [
			{ label: 'spoilt', spans: [{ fromAgo: hour, kind: 'quarantined', words: 'reported as leaked' }] },
			{
				...{ label: 'work', model },
				spans: [
					{ fromAgo: 2 * hour, untilAgo: hour, kind: 'capacity', words: 'model overloaded' },
					{ fromAgo: minute, untilAgo: -42_000, kind: 'minute', words: 'requests per minute used up' },
				],
			},
		]);
	});

	it('are the latest of many keys: else the last hour would say that none rested', () => {
		const keys = Array.from({ length: 98 }, (_, n) =>
			keyView(`k${n}`, standings.usable, { models: [modelView(standings.usable)] }),
		);
		const spans = keys.map(({ key }, n) => {
			const until = n > 90 ? noon - n * 1_000 : noon - (3 + n / 10) * hour;
			return [`project of ${key.label}/${model}`, [{ reason: 'rpm', from: until - minute, until }]] as const;
		});
		const { rests, moreRests } = shown(snapshotOf(keys), historyOf([], [], Object.fromEntries(spans)));
		assert.deepEqual([rests.length, moreRests], [40, 58]);
		const labels = rests.map(({ label }) => label);
		assert.deepEqual(labels.slice(0, 2), ['k0', 'k1'], 'in the order of the keys');
		assert.deepEqual(labels.slice(-7), ['k91', 'k92', 'k93', 'k94', 'k95', 'k96', 'k97']);
	});
});

describe('requests on the dashboard', () => {
	it('come newest first, each with how it came about', () => {
		const took = { ms: 2_300, firstMs: 700, waitedMs: 400, switches: ['rpm'] } as const;
		const { requests } = shown(
			two,
			historyOf(
				[],
				[
					requestRecord('old', [], { origin: 'batch', endedAt: noon - hour }),
					requestRecord('new', [attempt('home', 'rpm'), attempt('work', 'answered')], { timings: took }),
				],
			),
		);
		assert.deepEqual(
			requests.map(({ id }) => id),
			['new', 'old'],
		);
		const [first, second] = requests;
		assert.deepEqual(
			[first?.origin, first?.outcome, first?.key, first?.model, first?.input, first?.output],
			['chat', 'answered', 'work', model, 100, 25],
		);
		assert.deepEqual(
			[first?.ms, first?.firstMs, first?.waitedMs, first?.switches],
			[...[2_300, 700, 400], ['requests per minute used up']],
		);
		assert.deepEqual(
			first?.attempts.map(({ key, words: serviceMessage, sentAgo }) => `${key}: ${serviceMessage}, ${sentAgo}`),
			['home: requests per minute used up, 5000', 'work: answered, 5000'],
		);
		assert.deepEqual([second?.origin, second?.outcome, second?.key], ['batch file', 'noUsableKey', undefined]);
	});

	it('are at most a hundred, with the last twenty attempts of each', () => {
		const requestRecords = Array.from({ length: 200 }, (_, n) =>
			requestRecord(
				`r${n}`,
				Array.from({ length: 50 }, () => attempt('home', 'rpm')),
			),
		);
		const { requests } = shown(two, historyOf([], requestRecords));
		assert.deepEqual([requests.length, requests[0]?.id], [100, 'r199']);
		assert.deepEqual([requests[0]?.attempts.length, requests[0]?.earlier], [20, 30]);
	});
});

describe('the dashboard', () => {
	it('says how the pool stands, and why it is paused', () => {
		const paused = { reason: 'leaked', by: 'work', since: noon } as const;
		const { pool } = shown({ ...two, waiting: 2, paused }, historyOf());
		assert.deepEqual(pool, {
			...{ hasKeys: true, usable: 2, total: 2, waiting: 2 },
			paused: 'work: Google has reported this key as leaked and blocked it for good.',
		});
		assert.equal(shown(snapshotOf([]), historyOf()).pool.hasKeys, false);
	});

	it('says that keys and answers are simulated', () => {
		assert.equal(shown(two, historyOf()).pool.simulated, undefined);
		assert.match(
			dashboardData(two, historyOf(), noon, words, mask, { isSimulated: true }).pool.simulated ?? '',
			/^Simulator: keys and/,
		);
	});

	it('holds no key, wherever a person has put one', () => {
		const masker = createMasker();
		const secret = `AIza${'Sy-Planted_'.repeat(4)}`;
		const known = 'not-shaped-as-a-key-but-known';
		masker.learn(known);
		const project = { id: 'p' as never, tier: 'free', label: secret } as const;
		const models = [modelView(standings.usable, { model: known })];
		const data = dashboardData(
			snapshotOf([keyView(secret, standings.leaked), keyView(known, standings.usable, { project, models })]),
			historyOf(
				[count(1, secret, 'answered'), count(1, known, 'rpm')],
				[
					requestRecord('r', [attempt(secret, 'rpm', { model: secret }), attempt(known, 'answered')], {
						origin: secret,
					}),
				],
			),
			noon,
			words,
			masker.mask,
		);
		const text = JSON.stringify(data);
		assert.ok(!text.includes(secret) && !text.includes(known), text);
		assert.ok(text.includes('‹redacted›'));
	});

	it('speaks the language of its words', () => {
		const vietnamese = createWords(
			(text) => `vi ${translate(text)}`,
			{ language: 'vi' },
			() => noon,
		);
		const history = historyOf([count(1, 'work', 'answered')], [requestRecord('r', [], { origin: 'palette' })]);
		const data = dashboardData(two, history, noon, vietnamese, mask);
		assert.equal(data.hour.byOutcome[0]?.label, 'vi answered');
		assert.equal(data.requests[0]?.origin, 'vi command palette');
	});
});

describe('who asked, on the dashboard', () => {
	it('is counted by surface and extension, with tokens of all sends, the busiest first', () => {
		const record = (id: string, origin: string, outcome: 'answered' | 'rpm') =>
			requestRecord(id, [attempt('work', 'rpm'), attempt('home', outcome)], { origin, outcome });
		const { origins } = shown(
			two,
			historyOf(
				[],
				[
					record('1', 'chat', 'answered'),
					record('2', 'lm:some.one', 'answered'),
					record('3', 'lm:some.one', 'rpm'),
					record('4', 'lm:core', 'answered'),
					record('5', 'lm:', 'answered'),
					record('6', 'participant', 'answered'),
				],
			),
		);
		assert.deepEqual(
			origins.map(({ origin, requests, answered }) => [origin, requests, answered]),
			[
				['some.one', 2, 1],
				['@keypool', 1, 1],
				['VS Code’s chat', 1, 1],
				['an unknown extension', 1, 1],
				['chat', 1, 1],
			],
		);
		assert.ok(origins.every(({ input, output }) => input > 0 && output > 0));
	});
});
