import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import { exported, type ExportFacts, type ExportKind } from '../../../../src/views/dashboard/exports';
import { readTable } from '../../../../src/common/table';
import { formsOf, shapes } from '../../../support/secrecy/leaks';
import {
	keyView,
	minute,
	model,
	modelView,
	noon,
	snapshotOf,
	spendingOf,
	standings,
} from '../../../support/views/snapshots';
import { attempt, count, dailyCost, historyOf, requestRecord } from '../../../support/views/dashboard/facts';

const kinds: readonly ExportKind[] = ['usage', 'requests', 'costs', 'rests', 'all'];

function facts(label: string, mask = createMasker().mask): ExportFacts {
	const models = [modelView(standings.minute, { limitUsage: { rpm: { used: 5, limit: 5, source: 'stated' } } })];
	const key = keyView(label, standings.minute, { models, project: { id: 'p' as never, tier: 'free' } });
	const took = { ms: 1_500, firstMs: 300, waitedMs: 0, switches: ['rpm'] } as const;
	const like = { servedModel: `${model}-001`, tier: 'paid', cost: 42 } as const;
	const counted = { ...like, client: 'gateway:cline', cached: 7, thoughts: 3 };
	const sent = { ...like, project: 'p' as never, usage: { input: 100, cached: 30, output: 20, thoughts: 5 } };
	return {
		snapshot: snapshotOf([key]),
		history: historyOf(
			[count(1, label, 'rpm'), { ...count(1, label, 'answered', 2), ...counted }],
			[requestRecord('r', [attempt(label, 'rpm'), attempt(label, 'answered', sent)], { timings: took })],
			{ [`p/${model}`]: [{ reason: 'rpm', from: noon - minute, until: noon }] },
			[dailyCost(0, label, 4_200, { client: label })],
		),
		now: noon,
		mask,
	};
}

function linesOf(kind: ExportKind, given: ExportFacts): readonly string[] {
	return exported(kind, given)
		.replace(/^\ufeff/, '')
		.split('\n');
}

describe('what the dashboard exports', () => {
	it('as CSV is a table of codes and numbers, with times in UTC', () => {
		assert.deepEqual(linesOf('usage', facts('work')), [
			'time,key,outcome,sends,inputTokens,outputTokens,fallbacks,client,servedModel,tier,cachedTokens,thoughtsTokens,costMicroUsd',
			'2026-11-24T11:59:00.000Z,work,rpm,1,10,2,0,,,,0,0,',
			`2026-11-24T11:59:00.000Z,work,answered,2,20,4,0,gateway:cline,${model}-001,paid,7,3,42`,
			'',
		]);
		assert.deepEqual(linesOf('rests', facts('work')).slice(0, 2), [
			'project,model,reason,from,until',
			`work,${model},rpm,2026-11-24T11:59:00.000Z,2026-11-24T12:00:00.000Z`,
		]);
		assert.deepEqual(readTable(exported('requests', facts('work'))).rows, [
			{
				...{ endedAt: '2026-11-24T11:59:56.000Z', origin: 'chat', outcome: 'answered', model, key: 'work' },
				...{ sends: '2', fallbacks: '1', inputTokens: '100', outputTokens: '25', ms: '1500', firstMs: '300' },
				...{ waitedMs: '0', project: 'work', servedModel: `${model}-001`, tier: 'paid' },
				...{ cachedTokens: '30', thoughtsTokens: '5', costMicroUsd: '42' },
			},
		]);
	});

	it('as CSV begins with the mark by which a spreadsheet knows UTF-8: names of keys are of any language', () => {
		for (const kind of kinds) {
			const text = exported(kind, facts('Khóa 1'));
			assert.equal(text.startsWith('\ufeff'), kind !== 'all', kind);
			assert.equal(text.lastIndexOf('\ufeff') > 0, false);
			if (kind !== 'all') assert.ok(JSON.stringify(readTable(text).rows).includes('Khóa 1'), kind);
		}
		assert.ok('time' in (readTable(exported('usage', facts('Khóa 1'))).rows[0] ?? {}), 'no part of the first column');
	});

	it('masks each text once, in whichever field, and never the whole: a busy day has eleven megabytes', () => {
		const secret = `AQ.${'Ab1'.repeat(17)}`;
		const masker = createMasker();
		masker.learnKey(secret);
		const masked: string[] = [];
		const mask = (text: string): string => {
			masked.push(text);
			return masker.mask(text);
		};
		const { history, ...given } = facts('work', mask);
		const counts = Array.from({ length: 20_000 }, (_, n) => count(n % 1_440, 'work', 'answered'));
		const strange = { ...count(1, 'work', 'rpm'), outcome: secret as never };
		const busy = { ...given, history: { ...history, minutes: () => [...counts, strange] } };
		for (const kind of ['usage', 'all'] as const) {
			masked.length = 0;
			const text = exported(kind, busy);
			assert.ok(masked.length < 2_000, `${kind}: ${masked.length}`);
			assert.ok(masked.every(({ length }) => length < 1_000));
			assert.ok(!text.includes(secret) && text.includes('redacted'), kind);
		}
	});

	it('writes whole ms: a clock that is finer leaves sixteen digits', () => {
		const fine = { ms: 1_500.300000011921, firstMs: 299.6999999880791, waitedMs: 0.10000002384185791, switches: [] };
		const sent = requestRecord('r', [attempt('work', 'answered', { ms: 812.3999999761581 })], { timings: fine });
		const given = { ...facts('work'), history: historyOf([], [sent]) };
		const [row = {}] = readTable(exported('requests', given)).rows;
		assert.deepEqual([row['ms'], row['firstMs'], row['waitedMs']], ['1500', '300', '0']);
		const { requests } = JSON.parse(exported('all', given)) as { requests: { attempts: { ms: number }[] }[] };
		assert.equal(requests[0]?.attempts[0]?.ms, 812);
	});

	it('counts as a send what was sent, as the metrics do', () => {
		const never = requestRecord('r', [attempt('work', 'network', { unsent: true }), attempt('work', 'answered')]);
		const given = { ...facts('work'), history: historyOf([], [never]) };
		assert.equal(readTable(exported('requests', given)).rows[0]?.['sends'], '1');
	});

	it('tells what answers cost by day, key, client and model, and what is spent of each budget', () => {
		assert.deepEqual(readTable(exported('costs', facts('work'))).rows, [
			{
				...{ dayEndsAt: '2026-11-25T08:00:00.000Z', key: 'work', client: 'work', servedModel: model, tier: 'paid' },
				...{ sends: '3', inputTokens: '4000', cachedTokens: '1000', outputTokens: '800', thoughtsTokens: '200' },
				...{ costMicroUsd: '4200', listCostMicroUsd: '4200' },
			},
		]);
		const { snapshot, ...more } = facts('work');
		const [key] = snapshot.keys;
		assert.ok(key);
		const held = {
			client: 'gateway:x',
			spending: spendingOf(1, 2),
			held: { since: noon, cause: 'tenfoldHour' },
		} as const;
		const spent = { ...snapshot, keys: [{ ...key, spending: spendingOf(3, 4, { day: 5 }) }], clients: [held] };
		const { budgets } = JSON.parse(exported('all', { ...more, snapshot: spent })) as { budgets: unknown };
		const row = (cost: number, budgetMicroUsd?: number) => ({
			costMicroUsd: cost,
			...(budgetMicroUsd && { budgetMicroUsd }),
		});
		assert.deepEqual(budgets, [
			{ scope: 'pool', day: row(0), month: row(0) },
			{ scope: 'project', name: 'work', day: row(3, 5), month: row(4) },
			{ scope: 'client', name: 'gateway:x', day: row(1), month: row(2), held: 'tenfoldHour' },
		]);
	});

	it('as JSON is all of it, each request with its sends', () => {
		const all = JSON.parse(exported('all', facts('work'))) as Record<string, unknown[]>;
		assert.deepEqual(Object.keys(all), [
			...['format', 'version', 'exportedAt', 'keys', 'usage', 'costs', 'budgets', 'quotas', 'rests', 'requests'],
		]);
		// Version 0.1.0 wrote 1, with other words for states and for the reason of a rest.
		assert.deepEqual([all['format'], all['version']], ['keypool-usage', 2]);
		const [request] = all['requests'] as { attempts: { outcome: string }[] }[];
		assert.deepEqual(
			request?.attempts.map(({ outcome }) => outcome),
			['rpm', 'answered'],
		);
	});

	it('leaves blank what version 0.1.0 did not write down', () => {
		const given = { ...facts('work'), history: historyOf([], [requestRecord('r', [attempt('work', 'answered')])]) };
		const { project, servedModel, tier, costMicroUsd } = readTable(exported('requests', given)).rows[0] ?? {};
		assert.deepEqual([project, servedModel, tier, costMicroUsd], ['', '', '', '']);
	});

	it('keeps labels with quotes, newlines and emoji whole, and runs in no spreadsheet', () => {
		const label = 'my "best"\nkey, 😀';
		assert.equal(readTable(exported('usage', facts(label))).rows[0]?.['key'], label);
		assert.ok(!exported('usage', facts('=HYPERLINK("http://x")')).includes(',=HYPERLINK'));
		assert.ok(exported('all', facts(label)).includes(JSON.stringify(label)));
	});

	it('holds no key, in whatever form a file writes it', () => {
		for (const shape of shapes) {
			const secret = shape('k1');
			const masker = createMasker();
			masker.learn(secret);
			for (const kind of kinds) {
				const text = exported(kind, facts(secret, masker.mask));
				const forms = [...formsOf(secret), secret.replaceAll('"', '""')];
				for (const form of forms) assert.ok(!text.includes(form), `${kind} holds ${form}`);
				assert.ok(text.includes('‹redacted›'), kind);
			}
		}
	});

	it('of an empty pool is an empty table, not nothing', () => {
		const empty: ExportFacts = { snapshot: snapshotOf([]), history: historyOf(), now: noon, mask: (text) => text };
		for (const kind of kinds.filter((one) => one !== 'all')) {
			assert.deepEqual(linesOf(kind, empty), [linesOf(kind, facts('work'))[0], ''], kind);
		}
		assert.deepEqual((JSON.parse(exported('all', empty)) as { keys: unknown }).keys, []);
	});
});
