import assert from 'node:assert/strict';
import { Failure, type Availability, type KeyId, type KeyView, type Project } from '../../../../src/pool/pool';
import type { Filter } from '../../../../src/views/shared/filter';
import { hoverOf } from '../../../../src/views/tree/hover';
import { needAttention } from '../../../../src/views/shared/attention';
import { keyOfRow, rowsOf } from '../../../../src/views/shared/rows';
import { rowPresentation } from '../../../../src/views/shared/rowPresentation';
import { answers, leaked, Rig } from '../../../support/pool/rig';
import { readable } from '../../../support/ui/readable';
import {
	keyView,
	model,
	modelView,
	noon,
	snapshotOf,
	spendingOf,
	standings,
	words,
} from '../../../support/views/snapshots';

const shared: Project = { id: 'p' as Project['id'], label: 'Team', tier: 'paid' };

function outline(snapshot: ReturnType<typeof snapshotOf>): unknown[] {
	const { top, byId } = rowsOf(snapshot);
	const show = (id: string): unknown => {
		const row = byId.get(id);
		assert.ok(row);
		const { label, description } = rowPresentation(row, words, noon);
		return row.children.length === 0
			? `${label} | ${description}`
			: [`${label} | ${description}`, ...row.children.map(show)];
	};
	return top.map(show);
}

function presented(view: ReturnType<typeof keyView>, id: string) {
	const row = rowsOf(snapshotOf([view])).byId.get(id);
	assert.ok(row);
	return rowPresentation(row, words, noon);
}

function hover(view: ReturnType<typeof keyView>): string {
	const row = rowsOf(snapshotOf([view])).byId.get(view.key.id);
	assert.ok(row);
	return hoverOf(row, words, noon);
}

describe('rows of the keys tree', () => {
	it('groups keys only where they share a quota, and says so', () => {
		const snapshot = snapshotOf([
			keyView('A', standings.usable),
			keyView('B', standings.minute, { project: shared }),
			keyView('C', standings.leaked),
			keyView('D', standings.minute, { project: shared }),
		]);
		assert.deepEqual(outline(snapshot), [
			'A | usable',
			['Team | 2 keys = 1 quota · paid tier', 'B | resting 0:42 · minute quota', 'D | resting 0:42 · minute quota'],
			'C | needs attention: reported as leaked',
		]);
	});

	it('shows the models of a key below it', () => {
		const key = keyView('A', standings.day, {
			models: [modelView(standings.day, { requestsToday: 20, tokensToday: 3400 })],
		});
		assert.deepEqual(outline(snapshotOf([key])), [
			['A | until 08:00 · day quota', 'gemini-3.8-flash | until 08:00 · day quota'],
		]);
	});

	it('says of a model with quota left why its key does not use it', () => {
		const models = [modelView(standings.usable), modelView(standings.usable, { model: 'lite' })];
		const below = (availability: Availability, more: Partial<KeyView> = {}): unknown =>
			outline(snapshotOf([keyView('A', availability, { models, ...more })])).flat();
		const leaked = 'needs attention: reported as leaked';
		assert.deepEqual(below(standings.leaked), [`A | ${leaked}`, `gemini-3.8-flash | ${leaked}`, `lite | ${leaked}`]);
		assert.doesNotMatch(hover(keyView('A', standings.leaked, { models })), /usable/);
		const overloaded = { state: 'coolingDown', reason: 'overloaded', until: noon + 30_000 } as const;
		const rests = 'resting 0:30 · model overloaded';
		assert.deepEqual(below(overloaded), [`A | ${rests}`, `gemini-3.8-flash | ${rests}`, 'lite | usable']);
		assert.match(readable(hover(keyView('A', overloaded, { models }))), /^\*\*gemini-3\.8-flash\*\* *$/m);
		const throttled = { ...overloaded, reason: 'throttled' } as const;
		assert.doesNotMatch(String(below(throttled)), /usable/);
		const capped = { state: 'coolingDown', reason: 'cap', until: noon + 30_000 } as const;
		const cap = { availability: capped, limitUsage: {}, dayEndsAt: capped.until };
		const full = 'resting 0:30 · your cap';
		assert.deepEqual(below(capped, { cap }), [`A | ${full}`, `gemini-3.8-flash | ${full}`, `lite | ${full}`]);
	});

	it('sets the day against its limit where that is known', () => {
		const rooms = {
			rpd: { used: 20, limit: 250, source: 'stated' },
			tpd: { used: 3400, limit: 9000, source: 'user' },
		} as const;
		const key = keyView('A', standings.usable, { models: [modelView(standings.usable, { limitUsage: rooms })] });
		assert.deepEqual(outline(snapshotOf([key])), [
			['A | usable · 20 of 250 today', 'gemini-3.8-flash | usable · 20 of 250 today'],
		]);
		assert.deepEqual(
			['id of A', 'model:id of A/gemini-3.8-flash'].map((id) => presented(key, id).spoken),
			[
				'Key A: usable, 20 of 250 requests today',
				'Model gemini-3.8-flash: usable, 20 of 250 requests today, 3,400 of 9,000 input tokens',
			],
		);
	});

	it('counts what was sent where no limit is known, and of two limits the one with less left', () => {
		const sent = modelView(standings.usable, { requestsToday: 20, sentToday: 1 });
		const described = (view: ReturnType<typeof keyView>) => presented(view, view.key.id).description;
		assert.equal(described(keyView('A', standings.usable, { models: [sent] })), 'usable · 1 today');
		const rpd = (used: number, limit: number) => ({ rpd: { used, limit, source: 'user' } as const });
		const limited = modelView(standings.usable, { limitUsage: rpd(5, 20) });
		const cap = (used: number, limit: number) => ({
			cap: { availability: standings.usable, limitUsage: rpd(used, limit), dayEndsAt: noon },
		});
		const keyOf = (used: number, limit: number) =>
			keyView('A', standings.usable, { models: [limited], ...cap(used, limit) });
		assert.equal(described(keyOf(7, 9)), 'usable · 7 of 9 today');
		assert.equal(described(keyOf(7, 90)), 'usable · 5 of 20 today');
		assert.equal(described(keyView('A', standings.usable, cap(0, 3))), 'usable · 0 of 3 today');
	});

	it('counts for the default model, by what its name stands for', () => {
		const key = keyView('A', standings.usable, { models: [modelView(standings.usable, { sentToday: 4 })] });
		const row = rowsOf(snapshotOf([key], { model: 'flash-latest', resolvedModel: model })).byId.get(key.key.id);
		assert.ok(row);
		assert.equal(rowPresentation(row, words, noon).description, 'usable · 4 today');
	});

	it('groups by billing account where one is named, and a named project is a group even of one key', () => {
		const account = (id: string, more: Partial<Project> = {}): { project: Project } => ({
			project: { id: id as Project['id'], tier: 'free', account: 'Work', ...more },
		});
		const snapshot = snapshotOf([
			keyView('A', standings.usable, account('p1')),
			keyView('B', standings.usable),
			keyView('C', standings.usable, account('p2', { label: 'Shop', tier: 'paid' })),
			keyView('D', standings.usable, { project: { id: 'p3' as Project['id'], tier: 'paid' } }),
		]);
		assert.deepEqual(outline(snapshot), [
			['Work | 2 keys', 'A | usable', ['Shop | paid tier', 'C | usable']],
			'B | usable',
			'D | usable · paid tier',
		]);
		const filtered = [...rowsOf(snapshot, { type: 'text', text: 'C' }).byId.values()];
		assert.ok(filtered.some((row) => row.kind === 'account' && row.keys === 2));
	});

	it('says of a free key that only paid ones may be used', () => {
		const keys = [
			keyView('A', standings.usable),
			keyView('B', standings.minute),
			keyView('C', standings.usable, { project: { id: 'p' as Project['id'], tier: 'paid' } }),
		];
		assert.deepEqual(outline(snapshotOf(keys, { paidOnly: true })), [
			'A | paid keys only',
			'B | resting 0:42 · minute quota',
			'C | usable · paid tier',
		]);
		const [a] = keys;
		assert.ok(a);
		const row = rowsOf(snapshotOf(keys, { paidOnly: true })).byId.get(a.key.id);
		const text = row && hoverOf(row, words, noon);
		assert.match(text ?? '', /^\$\(circle-slash\) paid keys only$/m);
		assert.doesNotMatch(text ?? '', /usable/);
		const withModel = keyView('A', standings.usable, { models: [modelView(standings.usable)] });
		const below = rowsOf(snapshotOf([withModel], { paidOnly: true })).byId.get('model:id of A/gemini-3.8-flash');
		assert.ok(below);
		const { description, icon, spoken } = rowPresentation(below, words, noon);
		assert.deepEqual([description, icon.name], ['paid keys only', 'circle-slash']);
		assert.doesNotMatch(`${spoken} ${hoverOf(below, words, noon)}`, /usable/);
		const other = keyView('B', standings.minute, { models: [modelView(standings.usable, { model: 'lite' })] });
		const resting = rowsOf(snapshotOf([other], { paidOnly: true })).byId.get(other.key.id);
		assert.match((resting && hoverOf(resting, words, noon)) ?? '', /^\*\*lite\*\* · paid keys only/m);
		const usable = rowsOf(snapshotOf(keys, { paidOnly: true }), { type: 'state', state: 'usable' });
		assert.deepEqual(usable.top, ['id of C']);
	});

	it('says of a key that nothing is left of its project’s budget: Google would take its request, and the pool sends none', () => {
		const told = (spent: number) => {
			const view = keyView('A', standings.usable, { spending: spendingOf(0, spent, { month: 10_000_000 }) });
			return presented(view, view.key.id);
		};
		assert.equal(told(9_999_999).description, 'usable');
		assert.equal(told(10_000_000).description, 'usable · budget used up');
		assert.match(told(12_000_000).spoken, /usable, budget used up/);
	});

	it('shows only the keys that pass a filter, and still says how many share a quota', () => {
		const snapshot = snapshotOf([
			keyView('Alpha', standings.usable, { project: shared }),
			keyView('Beta', standings.minute, { project: shared }),
			keyView('Gamma', standings.leaked),
			keyView('Đelta', standings.disabled),
		]);
		const shown = (filter: Filter) =>
			[...rowsOf(snapshot, filter).byId.values()].flatMap((row) => (row.kind === 'key' ? row.view.key.label : []));
		assert.deepEqual(shown({ type: 'state', state: 'usable' }), ['Alpha']);
		assert.deepEqual(shown({ type: 'state', state: 'coolingDown' }), ['Beta']);
		assert.deepEqual(shown({ type: 'state', state: 'attention' }), ['Gamma']);
		assert.deepEqual(shown({ type: 'state', state: 'disabled' }), ['Đelta']);
		assert.deepEqual(shown({ type: 'text', text: ' TEAM ' }), ['Alpha', 'Beta']);
		for (const text of ['delta', 'đelta', 'ĐÉLTA']) assert.deepEqual(shown({ type: 'text', text }), ['Đelta'], text);
		assert.deepEqual(shown({ type: 'none' }).length, 4);
		const rows = rowsOf(snapshot, { type: 'text', text: 'alpha' });
		const project = rows.byId.get(rows.top[0] ?? '');
		assert.equal(project?.kind === 'project' && project.keys, 2);
	});

	it('finds a name by small letters on a Turkish computer, too, whose language makes another letter of a capital I', () => {
		const original = Object.getOwnPropertyDescriptor(String.prototype, 'toLocaleLowerCase') ?? {};
		const turkish = function of(this: string): string {
			return this.replaceAll('I', 'ı').toLowerCase();
		};
		Object.defineProperty(String.prototype, 'toLocaleLowerCase', { ...original, value: turkish });
		try {
			const snapshot = snapshotOf([keyView('AI Studio', standings.usable)]);
			assert.equal(rowsOf(snapshot, { type: 'text', text: 'ai studio' }).byId.size, 1);
		} finally {
			Object.defineProperty(String.prototype, 'toLocaleLowerCase', original);
		}
	});

	it('puts a pause first, with the key that caused it and the way out', () => {
		const key = keyView('A', standings.leaked);
		const snapshot = snapshotOf([key], { paused: { reason: 'leaked', by: 'A', since: noon } });
		assert.equal(outline(snapshot)[0], 'Paused: reported as leaked | A');
		const row = rowsOf(snapshot).byId.get('paused');
		assert.ok(row);
		assert.equal(rowPresentation(row, words, noon).command?.id, 'keypool.resume');
	});

	it('says of a pause whose key is not here, as while a team’s gateway answers, just that: nobody knows the id of one', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		await rig.pool.recordCheck('b' as KeyId, new Failure(leaked, true, 'leaked'));
		const { keys } = rig.pool.snapshot();
		const left = keys.filter(({ key }) => key.id !== 'b');
		rig.pool.setKeys(
			left.map(({ key }) => key),
			left.map(({ project }) => project),
		);
		const row = rowsOf(rig.pool.snapshot()).byId.get('paused');
		assert.ok(row);
		const { description, spoken } = rowPresentation(row, words, noon);
		assert.equal(description, 'a key that is not here');
		assert.match(spoken, /paused because of a key that is not here: reported as leaked/);
		assert.match(readable(hoverOf(row, words, noon)), /because of a key that is not here: Google has reported/);
	});

	it('gives the menus the state of a key', () => {
		const context = (view: ReturnType<typeof keyView>) => {
			const row = rowsOf(snapshotOf([view])).byId.get(view.key.id);
			return row && rowPresentation(row, words, noon).contextValue;
		};
		assert.equal(context(keyView('A', standings.leaked)), 'key;quarantined');
		assert.equal(context(keyView('A', standings.minute)), 'key;coolingDown');
		assert.equal(context(keyView('A', standings.disabled)), 'key;disabled');
	});

	it('says of a key that nobody has tried yet that it is unchecked', () => {
		assert.deepEqual(outline(snapshotOf([keyView('A', standings.usable, { isVerified: false })])), [
			'A | usable, not checked yet',
		]);
	});

	it('says whose turn it is, for the eye, for a screen reader and on the hover', () => {
		const [a, b] = [keyView('A', standings.usable), keyView('B', standings.usable)];
		const { byId } = rowsOf(snapshotOf([a, b]), undefined, b.key.id);
		const rowOf = (id: string) => {
			const row = byId.get(id);
			assert.ok(row);
			return row;
		};
		assert.equal(rowPresentation(rowOf(a.key.id), words, noon).description, 'usable');
		const next = rowPresentation(rowOf(b.key.id), words, noon);
		assert.equal(next.description, 'usable · next in turn');
		assert.equal(next.spoken, 'Key B: usable, next in turn');
		assert.match(hoverOf(rowOf(b.key.id), words, noon), /Next in turn/);
		assert.doesNotMatch(hoverOf(rowOf(a.key.id), words, noon), /Next in turn/);
	});

	it('says of a key that it is paid, or a backup, for the eye and for a screen reader', () => {
		const paid = keyView('A', standings.usable, { project: { id: 'p' as Project['id'], tier: 'paid' } });
		const view = { ...paid, key: { ...paid.key, role: 'backup' as const } };
		const row = rowsOf(snapshotOf([view])).byId.get(view.key.id);
		assert.ok(row);
		const { description, spoken } = rowPresentation(row, words, noon);
		assert.equal(description, 'usable · paid tier · backup');
		assert.equal(spoken, 'Key A: usable, paid tier, backup');
	});

	it('finds the key of a row, and none for anything else that a command may be given', () => {
		const key = keyView('A', standings.usable, { models: [modelView(standings.usable)] });
		const rows = rowsOf(snapshotOf([key]));
		assert.deepEqual(keyOfRow(rows, 'id of A'), key);
		assert.deepEqual(keyOfRow(rows, 'model:id of A/gemini-3.8-flash'), key);
		for (const other of [undefined, 'paused', 'gone', { id: 'id of A' }])
			assert.equal(keyOfRow(rows, other), undefined);
	});

	it('counts only enabled keys among those that need attention', () => {
		const off = keyView('B', standings.leaked);
		const keys = [keyView('A', standings.leaked), { ...off, key: { ...off.key, enabled: false } }];
		assert.deepEqual(
			needAttention(snapshotOf(keys)).map(({ key }) => key.label),
			['A'],
		);
	});
});

describe('hover of a key', () => {
	it('tells why, what helps, what the service said, and what is left of the limits', () => {
		const text = readable(
			hover(
				keyView('A', standings.leaked, {
					models: [
						modelView(standings.usable, {
							requestsToday: 12,
							tokensToday: 3400,
							limitUsage: {
								rpd: { used: 12, limit: 20, source: 'stated' },
								rpm: { used: 5, limit: 5, source: 'user' },
							},
						}),
					],
					lastUsed: noon - 60_000,
					score: 80,
					success: 19,
					fail: 1,
				}),
			),
		);
		for (const part of [
			'blocked it for good',
			'create a new one',
			'The service said: Your API key was reported as leaked',
			'`██████░░░░` 12 of 20 requests today',
			'3,400 input tokens',
			'`██████████` 5 of 5 requests this minute',
			'your limit',
			'Last used 11:59',
			'19 answered, 1 refused',
			'Health 80 of 100',
		])
			assert.ok(text.includes(part), `${part}\n---\n${text}`);
	});

	it('has the quota on top, says each thing once, and tells what was sent from what others have used', () => {
		const models = [
			modelView(standings.day, {
				...{ requestsToday: 20, sentToday: 12, tokensToday: 3400 },
				limitUsage: { rpd: { used: 20, limit: 20, source: 'stated' } },
			}),
		];
		const cap = {
			availability: standings.usable,
			limitUsage: { rpd: { used: 3, limit: 40, source: 'user' as const } },
			dayEndsAt: noon,
		};
		const text = readable(hover(keyView('A', standings.day, { models, cap, lastUsed: noon })));
		const inOrder = [
			'**A** · AQ.A…x7Qz · free tier',
			'**gemini-3.8-flash**',
			'`██████████` 20 of 20 requests today',
			'Keypool sent 12, others have probably used 8 · 3,400 input tokens',
			'`█░░░░░░░░░` 3 of 40 requests today (your daily cap)',
			'resting until midnight Pacific, 08:00 tomorrow here: requests per day used up',
			'It works again by itself.',
			'Last used 12:00',
		];
		const at = inOrder.map((part) => text.indexOf(part));
		assert.deepEqual(
			at,
			at.toSorted((a, b) => a - b),
			text,
		);
		assert.ok(!at.includes(-1), text);
		for (const once of ['resting until', 'used up', 'AQ.A…', 'gemini-3.8-flash', '20 of 20'])
			assert.equal(text.split(once).length, 2, `${once}\n---\n${text}`);
	});

	it('names the state of a model that differs from the key’s', () => {
		const models = [modelView(standings.usable), modelView(standings.minute, { model: 'gemini-other' })];
		const text = readable(hover(keyView('A', standings.usable, { models })));
		assert.match(text, /^\*\*gemini-3\.8-flash\*\* *$/m);
		assert.match(text, /\*\*gemini-other\*\* · resting until 12:01/);
	});

	it('shows labels and service texts as they are: no link, image, HTML or icon comes out of them', () => {
		const hostile = '[x](command:evil) ![i](https://e.example/i.png) <b>$(key) `c`\n# h';
		const text = hover(keyView(hostile, { ...standings.leaked, serviceMessage: hostile }));
		assert.doesNotMatch(text, /\]\((?!https:\/\/aistudio\.google\.com)/);
		assert.doesNotMatch(text, /\$\(key\)|<b|^# h|e\.example/m);
		assert.ok(
			readable(text).includes('The service said: [x](command:evil) ![i](https://e.example/i.png) <b>$(key) `c` # h'),
		);
	});
});
