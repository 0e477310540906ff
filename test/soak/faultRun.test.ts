import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBackend } from '../../src/node/sqlite/sqliteBackend';
import { servePage } from '../../src/node/http/pageServer';
import { Maintenance, SharedStore, startMaintenance, type Attempt, type Reason } from '../../src/pool/pool';
import { dashboardData } from '../../src/views/dashboard/project';
import type { DashboardData } from '../../src/webviews/dashboardProtocol';
import { DiskClock } from '../support/store/diskClock';
import { FaultyPlace } from '../support/store/faults';
import { sum, type Sample } from '../support/monitoring/exposition';
import { plainPricing } from '../support/pool/pricing';
import { seeded } from '../support/simulator/stand';
import { words } from '../support/views/snapshots';
import { World, type Asked } from '../support/whole/world';
import { eventually, until } from '../support/window/until';
import { Edges, keepEvery } from '../support/soak/edges';
import { expressions } from '../support/monitoring/expressions';
import { Prometheus } from '../support/monitoring/prometheus';
import { goWrong } from '../support/soak/goWrong';
import { randomFaults } from '../support/soak/randomFaults';
import { outcomeOf, Recorder } from '../support/soak/recorder';

const requests = 10_000;
const keys = 10;

/** What the run of all parts is: the pool with its store on a disk, what stands around it, and who reads the metrics. */
interface Stage {
	readonly world: World;
	readonly edges: Edges;
	readonly disk: FaultyPlace;
	readonly troubles: string[];
	readonly random: () => number;
	readonly recorder: Recorder;
}

function setUp(folder: string): Stage {
	const random = seeded(7);
	const troubles: string[] = [];
	const disk = new FaultyPlace(new SqliteBackend(folder));
	const faults = randomFaults(3 * requests, random);
	let edges: Edges | undefined;
	const world = new World({
		seed: 1,
		keys,
		faults,
		clock: new DiskClock(),
		pricing: plainPricing,
		read: (key) => edges?.read(key) ?? Promise.resolve(undefined),
		store: (clock) => {
			edges = new Edges(folder, clock, seeded(8));
			return new SharedStore({
				...{ backend: disk, clock, random },
				onStoreError: (trouble) => troubles.push(trouble),
				onError: (error) => troubles.push(String(error)),
			});
		},
	});
	assert.ok(edges);
	for (let n = 0; n < keys; n++) edges.hold(`k${n}`, world.secretOf(`k${n}`));
	edges.watch(world);
	return { world, edges, disk, troubles, random, recorder: new Recorder(world, faults) };
}

/** What happens when so many requests have come. */
function acts({ world, edges, disk }: Stage): ReadonlyMap<number, () => void> {
	const { service, clock } = world;
	const refuse = (key: string, body: '400_api_key_invalid' | '403_service_disabled') => () =>
		service.setFaults([{ when: 'always', kind: 'error', body }], world.secretOf(key));
	const commits = (reason: FaultyPlace['committing']) => () => {
		disk.committing = reason;
		edges.refusals.full = reason === 'full';
	};
	const lock = (is: boolean) => () => {
		edges.refusals.locked = is;
	};
	return new Map<number, () => void>([
		[1_000, refuse('k1', '400_api_key_invalid')],
		[1_500, () => clock.jump(600_000)],
		[2_000, () => service.setFaults([], world.secretOf('k1'))],
		[2_500, lock(true)],
		[2_540, lock(false)],
		[3_000, () => clock.jump(-180_000)],
		[4_000, commits('full')],
		[4_400, commits(undefined)],
		[5_000, refuse('k2', '403_service_disabled')],
		[6_000, () => clock.jump(3_600_000)],
		[8_000, commits('readOnly')],
		[8_200, commits(undefined)],
	]);
}

async function askAll(stage: Stage): Promise<readonly Asked[]> {
	const { world, edges, random, recorder } = stage;
	const { clock } = world;
	const due = acts(stage);
	const all: Asked[] = [];
	while (all.length < requests) {
		due.get(all.length)?.();
		const abort = new AbortController();
		if (random() < 0.03) clock.after(random() * 600, () => abort.abort());
		const asked = world.ask(`q${all.length} [short]`, abort.signal);
		if (all.length % keepEvery === 0) void asked.ended.then(() => asked.finished === undefined || edges.keep(asked));
		all.push(asked);
		await clock.advance(random() * 1_500);
		if (all.length % 500 === 0) recorder.note();
	}
	await clock.until(Promise.all(all.map(({ ended }) => ended)));
	await clock.advance(60_000);
	recorder.note();
	return all;
}

describe('a fault run', () => {
	const rejections: unknown[] = [];
	const hear = (reason: unknown): void => void rejections.push(reason);
	let folder = '';
	let stage: Stage;
	let prometheus: Prometheus | undefined;
	let page: { readonly port: number; close(): Promise<void> } | undefined;
	let all: readonly Asked[] = [];
	let samples: readonly Sample[] = [];
	let shown: DashboardData;
	let thrown = 0;

	before(async () => {
		// Reading it takes real time, which virtual time must not wait for.
		await import('@google/genai/web');
		process.on('unhandledRejection', hear);
		folder = mkdtempSync(path.join(tmpdir(), 'keypool-faults-'));
		stage = setUp(folder);
		const { metrics } = stage.world;
		page = await servePage(0, { path: '/metrics', contentType: metrics.contentType, read: () => metrics.text() });
		prometheus = await Prometheus.start(`127.0.0.1:${page.port}`);
		const first = () => prometheus?.number('gemini_enabled_keys');
		await until('a first reading', async () => (await first()) === keys);
	});
	after(async () => {
		process.off('unhandledRejection', hear);
		await prometheus?.stop();
		await page?.close();
		rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	});

	it(`of ${requests} requests loses nothing and doubles nothing`, async () => {
		const { world, troubles } = stage;
		const { clock, pool } = world;
		const endHouse = startMaintenance(new Maintenance(world.store, pool), clock, hear);
		const chance = seeded(9);
		let heard = 0;
		const off = pool.onEvent(() => {
			heard++;
			if (chance() < 0.01) {
				thrown++;
				throw new Error('a listener');
			}
		});
		all = await askAll(stage);
		off();
		endHouse();
		assert.ok(all.every(({ ends }) => ends === 1));
		const answered = all.filter(({ finished }) => finished !== undefined);
		assert.ok(answered.length > 0.9 * requests, `${answered.length} answered`);
		const whole = /^You asked "(q\d+ \[short\])", and the simulator answers with (\S+)\.\n$/;
		const nonces = new Set<string>();
		for (const { question, text, finished } of answered) {
			if (finished !== 'STOP') continue;
			const [, quoted, nonce = ''] = whole.exec(text) ?? [];
			assert.equal(quoted, question, `the answer to ${question} is: ${text}`);
			assert.ok(!nonces.has(nonce), `${nonce} came twice`);
			nonces.add(nonce);
		}
		assert.deepEqual(rejections, []);
		assert.equal(world.listenerErrors.length, thrown);
		assert.ok(thrown > 0 && heard > requests);
		assert.deepEqual(troubles, ['full', 'readOnly']);
		samples = await world.samples();
		shown = dashboardData(pool.snapshot(), pool.usage(), world.store.now(), words, world.masker.mask);
	});

	it('leaves every answer that was kept on the disk, tells of each that was not, and of every refusal of the editor', async () => {
		const { edges } = stage;
		await edges.check();
		assert.ok(edges.memento.refused > 0);
		assert.equal(edges.reports.length, edges.memento.refused);
		assert.ok(edges.told.length > 0);
	});

	it('counts every prompt by its status alike, whoever counts', async () => {
		const counted = tally(all.map((one) => statusOf(endOf(one))));
		assert.ok(Object.keys(counted).length > 4, JSON.stringify(counted));
		const { logged, pool } = stage.world;
		assert.deepEqual(
			{
				log: tally(logged.prompts.map((outcome) => statusOf(outcome as Attempt['outcome']))),
				reasons: tally(logged.prompts),
				metrics: byLabel(samples, 'gemini_requests_total', 'status'),
			},
			{ log: counted, reasons: tally(all.map(endOf)), metrics: counted },
		);
		await until('the last reading', async () => (await read('sum(gemini_requests_total)'))[''] === requests);
		const byStatus = 'sum by (status) (gemini_requests_total) > 0';
		await eventually(async () => assert.deepEqual(await read(byStatus, 'status'), counted));
		const asked = new Map(all.map((one) => [one.question, one]));
		const requestRecords = pool.usage().requestRecords();
		assert.equal(requestRecords.length, 200);
		for (const { request, outcome, attempts } of requestRecords) {
			const one = asked.get(request);
			assert.ok(one);
			assert.equal(outcome, endOf(one), request);
			assert.deepEqual(attempts.map(nameOf), one.attempts.map(nameOf), request);
		}
		assert.equal(shown.requests.length, 100);
		for (const { id, outcome, switches } of shown.requests) {
			const one = asked.get(id);
			assert.ok(one);
			assert.deepEqual([outcome, switches.length], [endOf(one), one.fallbacks], id);
		}
	});

	it('counts every send by its outcome alike, and so does the simulator', async () => {
		const { world, recorder } = stage;
		const calls = recorder.byQuestion();
		const made: string[] = [];
		for (const one of all) {
			const sent = one.attempts.filter(({ unsent }) => !unsent);
			const seen = calls.get(one.question) ?? [];
			assert.equal(sent.length, seen.length, one.question);
			for (const [n, call] of seen.entries()) {
				const { label = '', outcome = '' } = sent[n] ?? {};
				assert.ok(world.secretOf(label).endsWith(call.entry.tail), `${one.question} went out with another key`);
				const was = outcome === 'cancelled' && endOf(one) === 'cancelled' ? outcome : outcomeOf(call);
				assert.equal(outcome, was, `${one.question}: ${call.made}`);
				made.push(outcome);
			}
		}
		assert.deepEqual([made.length, world.calls.length], [world.taken, world.taken]);
		const outcomes = tally(made);
		const minutes = world.pool.usage().minutes();
		assert.deepEqual(
			{
				metrics: byLabel(samples, 'gemini_attempts_total', 'outcome'),
				log: tally(world.logged.sends),
				store: tally(minutes.flatMap(({ outcome, sends }) => new Array<string>(sends).fill(outcome))),
			},
			{ metrics: outcomes, log: outcomes, store: outcomes },
		);
		const byOutcome = 'sum by (outcome) (gemini_attempts_total)';
		await eventually(async () => assert.deepEqual(await read(byOutcome, 'outcome'), outcomes));
		const named = tally(
			made.map((outcome) => (outcome === 'answered' ? outcome : words.describeReason(outcome as Reason).brief)),
		);
		const layers = shown.day.byOutcome.map(({ label, kind: is, sends }) => ({ label, is, sends: total(sends) }));
		const plain = layers.filter(({ is }) => is !== 'rest');
		assert.ok(plain.length > 3);
		for (const { label, sends } of plain) assert.equal(sends, named[label], label);
		assert.equal(total(layers.map(({ sends }) => sends)), made.length);
	});

	it('counts fallbacks, tokens and rests alike, for each key', () => {
		const { world } = stage;
		const fallbacks = total(all.map((one) => one.fallbacks));
		assert.deepEqual([sum(samples, 'gemini_fallbacks_total'), world.logged.fallbacks], [fallbacks, fallbacks]);
		assert.equal(sum(samples, 'gemini_tokens_total', { direction: 'input' }), world.counted.input);
		const { total: whole, byKey, keys: rows } = shown.day;
		assert.equal(total(byKey.flatMap((key) => key.fallbacks)), fallbacks);
		assert.deepEqual(
			{ ...whole, byKey: total(byKey.flatMap(({ sends }) => sends)), rows: rows.length },
			{
				sends: world.taken,
				answered: sum(samples, 'gemini_attempts_total', { outcome: 'answered' }),
				input: world.counted.input,
				output:
					sum(samples, 'gemini_tokens_total', { direction: 'output' }) +
					sum(samples, 'gemini_tokens_total', { direction: 'thoughts' }),
				fallbacks,
				byKey: world.taken,
				rows: keys,
			},
		);
		for (const { label, sends, answered } of rows) {
			const of = { key: label };
			assert.equal(sends, sum(samples, 'gemini_attempts_total', of), label);
			assert.equal(answered, sum(samples, 'gemini_attempts_total', { ...of, outcome: 'answered' }), label);
		}
		const spans = shown.rests.flatMap((row) => row.spans).length;
		assert.ok(spans > 0 && spans <= sum(samples, 'gemini_cooldowns_total') + sum(samples, 'gemini_quarantines_total'));
	});

	it('leaves a number in Prometheus for each expression of the dashboard and of the rules', async () => {
		const more = await goWrong(stage.world, stage.edges);
		await until('the last reading', async () => (await read('sum(gemini_requests_total)'))[''] === requests + more);
		// What has a cost comes last: an increase is told from two readings.
		const twice = 'min(count_over_time(gemini_cost_dollars_total[1h]))';
		await until('a second reading of the costs', async () => Number((await read(twice))['']) >= 2);
		for (const expression of expressions()) {
			const found = (await prometheus?.query(expression)) ?? [];
			assert.ok(found.length > 0, `nothing: ${expression}`);
			assert.ok(
				found.some(({ value }) => Number.isFinite(value)),
				`no number: ${expression}`,
			);
		}
		assert.deepEqual(rejections, []);
	});

	it('leaves nothing behind', async () => {
		const { world, edges } = stage;
		edges.end();
		await world.end();
		assert.equal(world.clock.pending, 0);
	});

	/** The values that Prometheus has for an expression, by a label. */
	async function read(expression: string, label = ''): Promise<Readonly<Record<string, number>>> {
		const found = (await prometheus?.query(expression)) ?? [];
		return Object.fromEntries(found.map(({ labels, value }) => [labels[label] ?? '', value]));
	}
});

function endOf({ error, finished }: Asked): Attempt['outcome'] {
	return error?.reason ?? (finished === undefined ? 'cancelled' : 'answered');
}

/** What each end of a prompt is counted as. */
const statuses: Readonly<Partial<Record<Attempt['outcome'], string>>> = {
	answered: 'success',
	cancelled: 'cancelled',
	contentBlocked: 'blocked',
	cutStream: 'server_error',
	deadline: 'timeout',
	emptyAnswer: 'server_error',
	idle: 'timeout',
	internal: 'server_error',
	keysLocked: 'request_error',
	network: 'server_error',
	noTimeLeft: 'rate_limited',
	noUsableKey: 'rate_limited',
	overloaded: 'server_error',
	redirected: 'server_error',
	region: 'request_error',
	throttled: 'rate_limited',
	tooManyTries: 'server_error',
	waitedTooLong: 'rate_limited',
};

function statusOf(outcome: Attempt['outcome']): string {
	return statuses[outcome] ?? `no status for ${outcome}`;
}

function nameOf({ key, model, outcome }: Attempt): string {
	return `${key} ${model} ${outcome}`;
}

function total(numbers: readonly number[]): number {
	return numbers.reduce((sum, one) => sum + one, 0);
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
	return counts;
}

/** The samples of a metric by one of its labels, without those that never happened. */
function byLabel(samples: readonly Sample[], name: string, label: string): Readonly<Record<string, number>> {
	const values = new Set(samples.filter((sample) => sample.name === name).map(({ labels }) => labels[label] ?? ''));
	const sums = [...values].map((value) => [value, sum(samples, name, { [label]: value })] as const);
	return Object.fromEntries(sums.filter(([, value]) => value > 0));
}
