import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBackend } from '../../src/node/sqlite/sqliteBackend';
import { SharedStore } from '../../src/pool/pool';
import { slopeOf } from '../bench/measure';
import { heapCensus, type Counted } from '../support/soak/heapCensus';
import { nothing, plus, type Sum } from '../support/soak/month/meter';
import { liveThrough, type DayOfMonth, type Held, type Pace } from '../support/soak/month/month';
import { MonthRig } from '../support/soak/month/monthRig';
import { budgets, clients, days, endOfDay, retiredOn, tierOf } from '../support/soak/month/plan';
import { InMemoryStore } from '../support/pool/inMemoryStore';

/** From the end of this day on, from 0, nothing may grow: what is kept for eight days has all its days. */
const settled = 9;
/** What is kept for a view of two months, and what a client of this month has spent: they go when their month is over. */
const keptForTheMonth = ['dailyCost', 'spending'];
/** Objects, and entries of lists and maps, that twenty days may leave beside those: a day has 110 requests. */
const maxMoreObjects = 100;
/** The signatures of tools' calls, which are remembered of 5,000, and what is known of twenty guests. */
const maxMoreEntries = 700;
/** Bytes of heap a day beside those: a tenth of what its requests and answers are, and compiled code among them. */
const maxHeapSlope = 60_000;

const micro = (dollars: number): number => dollars * 1e6;

/** What must be true of each day by itself. */
function checkDay(rig: MonthRig, { day, tallies, metered, told, others, requests, afterRevoking }: DayOfMonth): void {
	const at = `on day ${day + 1}`;
	assert.deepEqual(rig.reported, [], at);
	for (const [, { strange }] of tallies) assert.deepEqual(strange, [], at);
	const ended = (client: string, end: string): number => tallies.get(client)?.ends.get(end) ?? 0;

	// Counts, tokens and dollars are the simulator's own, by client and key.
	assert.deepEqual([...told.keys()].sort(), [...metered.keys()].sort(), at);
	for (const [name, had] of metered) {
		const { cost, ...sum } = told.get(name) ?? { ...nothing, cost: NaN };
		assert.deepEqual({ ...sum, listCost: had.listCost }, had, `${name} ${at}`);
		assert.equal(cost, isPaid(name) ? had.listCost : 0, `${name} ${at}`);
	}
	for (const { name, id } of rig.tokens.list()) {
		// What was cut counts as far as the service has told of it.
		const of = plus(ofClient(metered, name), ofClient(others, name));
		const { today } = rig.gateway.usageOf(id);
		assert.deepEqual([today.input, today.output], [of.input, of.output], `${name} ${at}`);
		// What was refused before anything was sent is none of the day's requests.
		assert.equal(today.requests, requests.get(name)?.size ?? 0, `${name} ${at}`);
		const { requestsPerDay = Infinity } = clients[name]?.rules ?? {};
		assert.ok(today.requests <= requestsPerDay, `${name} ${at}`);
	}

	// The day's budget holds and begins anew; the month's holds once and for all.
	const spent = (scope: `client/${string}`) => rig.store.replica().spending.get(scope);
	const dayCost = spent('client/gateway:daily')?.day.cost ?? NaN;
	assert.ok(dayCost > 0 && dayCost <= micro(budgets.day), `${dayCost} ${at}`);
	assert.ok(ended('daily', '200') > 0 && ended('daily', '429') > 0, at);
	assert.ok((spent('client/gateway:monthly')?.month.cost ?? NaN) <= micro(budgets.month), at);
	if (day === days - 1) assert.equal(ended('monthly', '200') + ended('monthly', 'cut'), 0, at);
	assert.deepEqual([ended('counted', '200') > 0, ended('counted', '429') > 0], [true, true], at);
	assert.equal(afterRevoking, 401, at);

	// A key that the service does not know any more is asked once.
	const asked = [...told, ...others].filter(([name]) => name.endsWith(' retired'));
	if (day > retiredOn.from && day <= retiredOn.to) assert.deepEqual(asked, [], at);
	else assert.ok(asked.length > 0, at);
}

/** What must be true of the whole month: what is stored of it is what was told of it, request by request. */
class Ledger {
	private readonly whole = new Map<string, Sum>();
	private readonly cost = new Map<string, number>();
	private sends = 0;

	add({ metered, told, others }: DayOfMonth): void {
		for (const [name, sum] of metered) {
			this.whole.set(name, plus(this.whole.get(name) ?? nothing, sum));
			this.sends += sum.calls;
		}
		for (const [, { calls }] of others) this.sends += calls;
		for (const [name, { cost }] of [...told, ...others]) this.cost.set(name, (this.cost.get(name) ?? 0) + cost);
	}

	check(rig: MonthRig): void {
		const { spending, dailyCost } = rig.store.replica();
		const stored = new Map<string, { cost: number; input: number; output: number }>();
		for (const { client, key, cost, input, output, thoughts } of dailyCost.values()) {
			const name = `${client.replace('gateway:', '')} ${key}`;
			const before = stored.get(name) ?? { cost: 0, input: 0, output: 0 };
			stored.set(name, {
				cost: before.cost + cost,
				input: before.input + input,
				output: before.output + output + thoughts,
			});
		}
		for (const [name, cost] of this.cost) {
			const { input, output } = this.whole.get(name) ?? nothing;
			const had = stored.get(name) ?? { cost: 0, input: 0, output: 0 };
			assert.equal(had.cost, cost, name);
			// Of what was cut, nobody says how much it was: it counts as no less than nothing.
			assert.ok(had.input >= input && had.output >= output, name);
		}
		const all = [...this.cost.values()].reduce((a, b) => a + b, 0);
		assert.equal(spending.get('pool')?.month.cost, all);
		for (const name of Object.keys(clients)) {
			const own = [...this.cost].filter(([of]) => of.startsWith(`${name} `)).reduce((sum, [, cost]) => sum + cost, 0);
			assert.equal(spending.get(`client/gateway:${name}`)?.month.cost ?? 0, own, name);
		}
		const generation = [...rig.service.counts.generation.values()].reduce((a, b) => a + b, 0);
		assert.equal(generation, this.sends, 'every call that the service had was told once');
		// All that can go wrong has gone wrong, and nothing else: no call lacked its thought signature.
		const wanted = ['badKey', 'cancelled', 'internal', 'network', 'overloaded', 'rpd', 'rpm'];
		assert.deepEqual([...rig.told.outcomes.keys()].sort(), wanted);
	}
}

/** Lives through the month; answers what was held at the end of each day. */
async function month(rig: MonthRig, pace: Pace, look: (day: number) => void): Promise<readonly Held[]> {
	const ledger = new Ledger();
	const ends: Held[] = [];
	for await (const one of liveThrough(rig, pace)) {
		checkDay(rig, one);
		ledger.add(one);
		if (one.day === days - 1) ledger.check(rig);
		ends.push(one.held);
		look(one.day);
	}
	return ends;
}

function nothingGrows(ends: readonly Held[]): void {
	const [before, after] = [ends[settled], ends.at(-1)];
	assert.ok(before && after);
	for (const [name, count] of Object.entries(after.documents)) {
		if (!keptForTheMonth.includes(name)) {
			// A key that was not needed on the one day may have been on the other.
			assert.ok(count <= (before.documents[name] ?? 0) * 1.2 + 2, `${name}: ${before.documents[name]}, then ${count}`);
			const length = after.characters[name] ?? NaN;
			const most = (before.characters[name] ?? 0) * 1.3 + 1_500;
			assert.ok(length <= most, `${name}: ${before.characters[name]} characters, then ${length}`);
		}
	}
	const { timers, underWay, tokens, metrics, handles } = before;
	assert.deepEqual([after.timers, after.underWay, after.tokens], [timers, underWay, tokens]);
	assert.equal(underWay, 0);
	assert.ok(after.metrics <= metrics * 1.1 + 10, `${metrics} lines of metrics, then ${after.metrics}`);
	assert.ok(after.handles.length <= handles.length + 2, `${handles.join()}, then ${after.handles.join()}`);
}

/** The next month: what was kept for this one goes, and who had spent all of it may ask again. */
async function nextMonth(rig: MonthRig): Promise<void> {
	const { clock, store } = rig;
	assert.equal(clock.wall(), endOfDay(days - 1));
	const { token } = await clock.until(
		rig.tokens.rotate(rig.tokens.list().find(({ name }) => name === 'monthly')?.id ?? ''),
	);
	const body = { contents: [{ parts: [{ text: 'Hi [short]' }] }], generationConfig: { maxOutputTokens: 2_000 } };
	const answer = await clock.until(rig.ask(token, '/v1beta/models/gemini-3.8-flash:generateContent', body));
	assert.equal(answer.status, 200, await answer.text());
	clock.jump(63 * 24 * 3_600_000);
	await clock.advance(31 * 60_000);
	const { dailyCost, spending, usage, client } = store.replica();
	assert.deepEqual([dailyCost.size, usage.size, client.size], [0, 0, 0]);
	assert.deepEqual(
		[...spending.keys()].filter((scope) => scope.startsWith('client/')),
		[],
	);
}

describe('a month of a busy gateway', function () {
	this.timeout(400_000);

	it('counts what the service counts, keeps to its budgets, and holds no more at its end than on its tenth day', async () => {
		const rig = new MonthRig((clock) => new InMemoryStore(clock));
		const censuses: ReturnType<typeof heapCensus>[] = [];
		const ends = await month(rig, {}, (day) => {
			if (day === settled || day === days - 1) censuses.push(heapCensus());
		});
		nothingGrows(ends);

		const [early, late] = censuses;
		assert.ok(early && late);
		const [first, last] = [ends[settled], ends.at(-1)];
		const kept = keptForTheMonth.reduce(
			(sum, kind) => sum + (last?.documents[kind] ?? 0) - (first?.documents[kind] ?? 0),
			0,
		);
		for (const name of Object.keys(early) as Counted[]) {
			const objects = late[name].objects - early[name].objects;
			const entries = late[name].entries - early[name].entries;
			assert.ok(objects <= maxMoreObjects, `${objects} more ${name}`);
			assert.ok(entries <= maxMoreEntries + kept, `${entries} more entries in ${name}`);
		}
		const weight = (held: Held): number =>
			held.heap - keptForTheMonth.reduce((sum, kind) => sum + 2 * (held.characters[kind] ?? 0), 0);
		const slope = slopeOf(ends.map((held, n) => [n, weight(held)] as [number, number]).slice(settled + 1));
		assert.ok(slope < maxHeapSlope, `${slope.toFixed(0)} bytes a day`);
		await nextMonth(rig);
		await rig.end();
		assert.equal(rig.clock.pending, 0);
	});

	it('is the same on a disk, by a computer that is awake for a quarter of an hour a day', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-month-'));
		try {
			const troubles: unknown[] = [];
			const rig = new MonthRig(
				(clock, report) =>
					new SharedStore({
						...{ backend: new SqliteBackend(folder), clock, random: () => 0.5, onError: report },
						onStoreError: (trouble) => troubles.push(trouble),
					}),
			);
			const bytes: number[] = [];
			const ends = await month(rig, { awakeMs: 900_000 }, () => {
				bytes.push(readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0));
			});
			nothingGrows(ends);
			const [first = 0, last = Infinity] = [bytes[settled], bytes.at(-1)];
			assert.ok(last < 1.3 * first, `${first} bytes, then ${last}`);
			assert.deepEqual(troubles, []);
			await rig.end();
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});

const isPaid = (name: string): boolean => tierOf(name.split(' ')[1] ?? '') === 'paid';

function ofClient(sums: ReadonlyMap<string, Sum>, client: string): Sum {
	return [...sums].filter(([name]) => name.startsWith(`${client} `)).reduce((sum, [, one]) => plus(sum, one), nothing);
}
