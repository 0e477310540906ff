import assert from 'node:assert/strict';
import {
	DocMaps,
	DocsTransaction,
	type KeyId,
	type UsageCount,
	type UsageHour,
	type Write,
} from '../../../../src/pool/pool';
import {
	count,
	byQuarter,
	countsIn,
	mergedHours,
	usageHourId,
	withCount,
	type Counted,
} from '../../../../src/pool/usage/count';
import { downsampleOldest } from '../../../../src/pool/maintenance/downsample';
import { usageOf } from '../../../support/pool/counts';
import { answers, Rig } from '../../../support/pool/rig';

/** As `Math.min`, of very many. */
const least = (all: readonly number[]): number => all.reduce((a, b) => Math.min(a, b), Infinity);

const now = Date.UTC(2026, 10, 24, 20);
const last = now / 60_000;
const a = 'a' as KeyId;

/** Each of so many keys has sent once for each client in each minute of so many hours that end now: a day. */
function busyDay(keys: number, clients = 1, of = 24): Write[] {
	const hours = Array.from({ length: of }, (_, n) => {
		const counts = Array.from({ length: 60 * clients }, (__, i): Counted => {
			const minute = last - 60 * (of - n) + Math.floor(i / clients);
			const like = {
				client: `lm:publisher.client-${i % clients}`,
				servedModel: 'gemini-3.8-flash',
				tier: 'free',
			} as const;
			return { ...{ minute, key: a, outcome: 'answered', ...like }, sends: 1, input: 2_000, output: 300 };
		});
		return counts.reduce<UsageHour | undefined>(withCount, undefined);
	});
	return hours.flatMap((hour) =>
		Array.from({ length: hour ? keys : 0 }, (_, n): Write => {
			const doc = { ...hour, key: `k${n}` as KeyId } as UsageHour;
			return { kind: 'usage', id: `${doc.hour} ${doc.key}`, doc };
		}),
	);
}

/** The counts after a step on a day so busy. */
function after(writes: readonly Write[], step: (tx: DocsTransaction, docs: DocMaps) => void): readonly UsageCount[] {
	const docs = new DocMaps();
	for (const write of writes) docs.apply(write);
	const tx = new DocsTransaction(docs, now);
	step(tx, docs);
	for (const change of tx.changes) docs.apply(change);
	return [...docs.usage.values()].flatMap(countsIn);
}

const sum = (counts: readonly UsageCount[], of: 'sends' | 'input' | 'output'): number =>
	counts.reduce((all, one) => all + one[of], 0);

describe('an hour of counts', () => {
	const like = { minute: last, key: a, outcome: 'answered', client: 'chat', servedModel: 'm', tier: 'paid' } as const;
	const once: UsageCount = { ...like, sends: 1, input: 10, cached: 4, output: 7, thoughts: 2, fallbacks: 1, cost: 42 };

	it('gives back what was counted, and adds up what is alike', () => {
		assert.deepEqual(countsIn(withCount(undefined, once)), [once]);
		const twice = withCount(withCount(undefined, once), once);
		assert.deepEqual(countsIn(twice), [
			{ ...like, sends: 2, input: 20, cached: 8, output: 14, thoughts: 4, fallbacks: 2, cost: 84 },
		]);
	});

	it('tells minutes, outcomes, clients, models and tiers apart', () => {
		const counts: readonly UsageCount[] = [
			once,
			{ ...once, minute: last + 1 },
			{ ...once, minute: last + 11 },
			{ ...once, outcome: 'rpm' },
			{ ...once, client: 'gateway:cline' },
			{ ...once, servedModel: 'm-2' },
			{ ...once, tier: 'free' },
		];
		const hour = usageOf(once, ...counts.slice(1), once).doc;
		assert.deepEqual(countsIn(hour), [{ ...once, ...countsIn(usageOf(once, once).doc)[0] }, ...counts.slice(1)]);
	});

	it('keeps what is not known unknown', () => {
		const bare = { minute: last, key: a, outcome: 'rpm', sends: 1 } as const;
		assert.deepEqual(countsIn(usageOf(bare).doc), [{ ...bare, input: 0, cached: 0, output: 0, thoughts: 0 }]);
		assert.deepEqual(countsIn(usageOf({ ...bare, cost: 0 }).doc)[0]?.cost, 0, 'free is not unknown');
		assert.deepEqual(countsIn(usageOf(bare, { ...bare, cost: 5 }).doc)[0]?.cost, 5);
	});

	it('takes a hundred kinds, and counts further ones without client and model', () => {
		const counts = Array.from({ length: 130 }, (_, n): Counted => ({ ...once, client: `gateway:${n}` }));
		const hour = counts.reduce(withCount, usageOf(once).doc);
		assert.equal(hour.kinds.length, 101);
		assert.equal(sum(countsIn(hour), 'sends'), 131);
		const rest = ({ client, servedModel, tier, sends }: Partial<UsageCount> = {}) => [client, servedModel, tier, sends];
		assert.deepEqual(rest(countsIn(hour).at(-1)), [undefined, undefined, 'paid', 31]);
		const more = [
			{ ...once, client: '', servedModel: 'other' },
			{ ...once, servedModel: '' },
		].reduce(withCount, hour);
		assert.deepEqual([more.kinds.length, ...rest(countsIn(more).at(-1))], [101, undefined, undefined, 'paid', 33]);
	});

	it('cuts names that are too long', () => {
		assert.equal(countsIn(usageOf({ ...once, client: 'x'.repeat(1_000) }).doc)[0]?.client?.length, 100);
	});

	it('that is very busy is counted by the quarter, so that it stays small, and nothing is lost', () => {
		let hour = usageOf(once).doc;
		for (let n = 1; n < 60 * 100; n++) {
			hour = withCount(hour, { ...once, minute: last + Math.floor(n / 100), client: `gateway:${n % 100}` });
			assert.ok(hour.rows.length < 32_100, 'as it grows');
		}
		assert.ok(hour.isByQuarter);
		assert.equal(sum(countsIn(hour), 'sends'), 6_000);
		assert.ok(countsIn(hour).every(({ minute }) => minute % 15 === 0));
	});

	it('that is damaged gives what is left of it', () => {
		const { doc } = usageOf(once, { ...once, minute: last + 1 });
		assert.deepEqual(countsIn({ ...doc, rows: '' }), []);
		const left = countsIn({ ...doc, rows: `7,9,1;x,0,?;;${doc.rows}` });
		assert.deepEqual([left.length, left.at(-2), left.every(({ sends }) => Number.isFinite(sends))], [4, once, true]);
	});

	it('gets of another window what that has counted since, and nothing back that was erased meanwhile', () => {
		const other = { ...once, client: 'batch' };
		const base = usageOf(once, other).doc;
		const ours = withCount(base, other);
		assert.deepEqual(countsIn(mergedHours(ours, usageOf({ ...once, minute: last + 1 }).doc, base)), [
			{ ...once, minute: last + 1 },
			other,
		]);
	});

	it('adds to that of another window what it has counted since, also where it is by the quarter of an hour by now', () => {
		const base = usageOf(once, { ...once, minute: last + 1 }).doc;
		const merged = countsIn(mergedHours(byQuarter(withCount(base, once)), base, base));
		assert.equal(sum(merged, 'sends'), 3);
		assert.equal(sum(merged, 'input'), 3 * once.input);
	});

	it('by the quarter of an hour is what the dashboard shows of a day', () => {
		const hour = usageOf(once, { ...once, minute: last + 14 }, { ...once, minute: last + 15 }).doc;
		const folded = countsIn(byQuarter(hour));
		assert.deepEqual(
			folded.map(({ minute, sends, cost }) => [minute - last, sends, cost]),
			[
				[0, 2, 84],
				[15, 1, 42],
			],
		);
		assert.equal(byQuarter(byQuarter(hour)).rows, byQuarter(hour).rows);
		assert.deepEqual(countsIn(withCount(byQuarter(hour), { ...once, minute: last + 29 })).at(-1)?.sends, 2);
	});
});

describe('counts of a busy day', () => {
	let made: readonly Write[] | undefined;
	/** More than is held by the minute. */
	const busy = (): readonly Write[] => (made ??= busyDay(120, 3));

	it('of 100 keys that send every minute are held by the minute, in less than five megabytes', () => {
		const day = busyDay(100);
		const kept = after(day, (tx, docs) => {
			downsampleOldest(tx, docs, now);
			count(tx, docs, { key: a, outcome: 'rpm' }, now);
		});
		assert.equal(kept.length, 144_001);
		assert.equal(new Set(kept.map(({ minute }) => minute)).size, 1441);
		assert.ok(JSON.stringify(day).length < 5_000_000);
	});

	it('of more are held by the quarter of an hour where they are oldest, and none is lost', () => {
		const kept = after(busy(), (tx, docs) => downsampleOldest(tx, docs, now));
		assert.deepEqual([sum(kept, 'sends'), sum(kept, 'input'), sum(kept, 'output')], [518_400, 1036.8e6, 155.52e6]);
		const oldest = least(kept.map(({ minute }) => minute));
		const first = kept.find(({ minute }) => minute === oldest);
		assert.ok(first && first.minute % 15 === 0 && first.sends === 15);
		assert.ok(kept.length < 518_400 - 400 * 3 * 55, 'four hundred hours of keys in one step');
		const ofLastHour = kept.filter(({ minute }) => minute >= last - 60);
		assert.equal(ofLastHour.length, 3 * 120 * 60, 'the last hour stays by the minute');
	});

	it('go where there is far too much, the oldest first', () => {
		const full = usageOf({ minute: last - 60, key: a, outcome: 'answered', sends: 1 }).doc;
		const many = Array.from({ length: 1_440 }, (_, n): Write => {
			const doc = {
				...full,
				hour: full.hour - (n % 24),
				rows: full.rows.padEnd(10_000, '0'),
				isByQuarter: true,
			} as const;
			return { kind: 'usage', id: `${n}`, doc };
		});
		const docs = new DocMaps();
		for (const write of many) docs.apply(write);
		const tx = new DocsTransaction(docs, now);
		downsampleOldest(tx, docs, now);
		const gone = new Set(tx.changes.map((change) => (change.kind === 'drop' ? Number(change.ref.id) % 24 : NaN)));
		assert.deepEqual([tx.changes.length, [...gone].sort()], [240, [20, 21, 22, 23]]);
	});

	it('are of 30,000 hours of keys at the most, of which the oldest go', () => {
		const many = Array.from({ length: 30_000 }, (_, n) =>
			usageOf({ minute: last - 60, key: `k${n}` as KeyId, outcome: 'answered', sends: 1 }),
		);
		const kept = after(many, (tx, docs) => count(tx, docs, { key: a, outcome: 'answered' }, now));
		assert.deepEqual([kept.length, kept[0]?.key, kept.at(-1)?.key], [30_000, 'k1', 'a']);
		const again = after(many, (tx, docs) =>
			count(tx, docs, { key: 'k9' as KeyId, outcome: 'answered' }, now - 3_600_000),
		);
		assert.deepEqual([again.length, again[0]?.key], [30_000, 'k0'], 'an hour that is known takes no place');
	});

	it('are downsampled by the window that does the maintenance', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.store.transact((tx) => busy().forEach((write) => tx.put(write)));
		await rig.maintenance.applyRetention();
		const folded = (): number =>
			[...rig.store.replica().usage.values()].filter(({ isByQuarter }) => isByQuarter).length;
		assert.equal(folded(), 400);
		await rig.maintenance.applyRetention();
		assert.equal(folded(), 800, 'the next time it goes on with the hours that follow');
	});

	it('are held by the minute as far as there is room: what is folded makes room, no more', () => {
		const docs = new DocMaps();
		for (const write of busyDay(70, 3)) docs.apply(write);
		const size = (): number => [...docs.usage.values()].reduce((all, { rows }) => all + rows.length, 0);
		const room = 5_000_000;
		assert.ok(size() > room);
		const tx = new DocsTransaction(docs, now);
		downsampleOldest(tx, docs, now);
		for (const change of tx.changes) {
			assert.ok(size() > room);
			docs.apply(change);
		}
		assert.ok(size() <= room, String(size()));
	});

	it('of this hour and the one before are held by the minute, however many they are', () => {
		const docs = new DocMaps();
		for (const write of busyDay(210, 25, 2)) docs.apply(write);
		const tx = new DocsTransaction(docs, now);
		downsampleOldest(tx, docs, now);
		const folded = tx.changes.map((change) => change.kind === 'usage' && change.doc.hour - last / 60);
		assert.deepEqual(folded, new Array(210).fill(-2));
	});

	it('have a document for each key and hour', () => {
		assert.equal(usageHourId({ minute: 119, key: a }), '1 a');
		assert.equal(usageHourId({ minute: 120, key: a }), '2 a');
	});
});
