import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { Pool, type KeyId, type SharedStore } from '../../../src/pool/pool';
import { aRequest } from '../../support/aRequest';
import { folderOf010, seenBy010, type Seen } from '../../support/version010';
import { Files } from '../../support/store/files';

type Json = Readonly<Record<string, unknown>>;

const states: Readonly<Record<string, string>> = {
	usable: 'usable',
	disabled: 'disabled',
	benched: 'quarantined',
	resting: 'coolingDown',
	probing: 'halfOpen',
	closed: 'unsupported',
};
const words: Readonly<Record<string, string>> = { is: 'state', why: 'reason', said: 'serviceMessage', from: 'from' };

/** As today's code says what version 0.1.0 said. */
const renamed = (doc: Json): Json =>
	Object.fromEntries(
		Object.entries(doc).map(([name, value]) => [words[name] ?? name, name === 'is' ? states[String(value)] : value]),
	);

const byName = (all: readonly object[]): readonly string[] =>
	all.map((one) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

describe('the store that version 0.1.0 wrote', () => {
	let files: Files;
	let seen: Seen;
	let store: SharedStore;
	let pool: Pool;

	beforeEach(async () => {
		files = new Files();
		seen = seenBy010();
		copyFileSync(path.join(folderOf010, 'ledger.sqlite'), files.file);
		files.clock.jump(seen.now - files.clock.wall());
		store = files.open();
		await files.until(store.transact(() => undefined));
		pool = new Pool({
			store,
			clock: files.clock,
			random: () => 0.5,
			check: () => Promise.resolve(),
		});
		pool.setKeys(seen.keyring.keys, seen.keyring.projects);
	});
	afterEach(async () => {
		assert.deepEqual([files.troubles, files.errors], [[], []]);
		pool.dispose();
		await files.close();
	});

	it('tells how each key stands, for each model: usable, resting by minute and by day, closed, quarantined', () => {
		const now = pool.snapshot().keys.map(({ key, availability, score, success, fail, models }) => ({
			...{ id: key.id, label: key.label, standing: availability, score, success, fail },
			models: models.map(({ model, availability: standing, requestsToday }) => ({ model, standing, requestsToday })),
		}));
		const { missingUntil: until } = store.replica().model.get('no-such-model') ?? {};
		// It said nothing below a key of a model that Google lacks.
		const standingOf = ({ model, standing }: Json & { readonly standing: Json }) =>
			model === 'no-such-model' && standing['is'] === 'usable'
				? { state: 'unsupported', reason: 'noSuchModel', until }
				: renamed(standing);
		const then = seen.keys.map((key) => ({
			...key,
			standing: renamed(key.standing),
			// It showed an alias beside the model that answers.
			models: key.models
				.filter(({ model }) => model !== 'gemini-flash-latest')
				.map((one) => ({ ...one, standing: standingOf(one) })),
		}));
		assert.deepEqual(now, then);
		assert.deepEqual(
			now.map(({ standing }) => standing.state),
			['usable', 'coolingDown', 'coolingDown', 'unsupported', 'quarantined', 'quarantined', 'disabled'],
		);
	});

	it('keeps the re-checks of a quarantine, and a pause with its reason', () => {
		const status = store.replica().key.get('key-9' as KeyId)?.status;
		assert.ok(status?.state === 'quarantined');
		assert.deepEqual([status.reason, status.rechecksLeft, status.hadWorked], ['badKey', [180_000, 600_000], false]);
		assert.deepEqual(pool.snapshot().paused, renamed(seen.paused));
	});

	it('keeps limits that were learnt, from whom, and what counts against them', () => {
		const { bucket, model } = store.replica();
		const learnt = bucket.get('key-4/gemini-3.8-flash' as never);
		assert.deepEqual(learnt?.limits, {
			rpm: { value: 3, source: 'stated', at: 1795734029060, retestMs: 600_000, retestAt: 1795734629060 },
		});
		assert.equal(learnt.sustainedRpm, 3);
		assert.equal(learnt.minute.length, 3);
		assert.deepEqual(model.get('gemini-flash-latest')?.resolvesTo, { model: 'gemini-3.8-flash', from: 'quota' });
	});

	it('has every count, request and rest', () => {
		const counts = pool.usage().minutes();
		assert.deepEqual(byName(counts), byName(seen.minutes.map((one) => ({ ...one, cached: 0, thoughts: 0 }))));
		const records = seen.trails.map(({ took, ...trail }) => ({ ...trail, timings: took }));
		assert.deepEqual(byName(pool.usage().requestRecords()), byName(records));
		assert.deepEqual(
			new Map(pool.usage().cooldowns()),
			new Map(seen.rests.map(([id, { spans }]) => [id, { v: 2, spans: spans.map(renamed) }])),
		);
		const newest = pool.usage().requestRecords().at(-1)?.request;
		assert.equal([...store.replica().requestRecord.keys()].at(-1), newest, 'the oldest still goes first');
	});

	it('lets go of who waited and led, for those windows are gone', () => {
		assert.deepEqual([store.replica().windowQueue.size, store.replica().leader.size], [0, 0]);
	});

	it('serves and counts on', async () => {
		pool.configure({ model: 'gemini-3.8-flash' });
		await files.until(pool.execute({ type: 'resume' }));
		const ask = async (): Promise<string[]> => {
			const labels: string[] = [];
			const request = aRequest('new', { models: ['gemini-3.8-flash'], origin: 'gateway:test' });
			for await (const part of pool.stream(request, answers)) if (part.type === 'done') labels.push(part.on.key);
			return labels;
		};
		assert.deepEqual(await files.until(ask()), ['key-1']);
		const usable = pool.snapshot().keys[0];
		assert.deepEqual([usable?.success, usable?.models[0]?.requestsToday], [13, 16]);
		const mine = pool
			.usage()
			.minutes()
			.filter(({ client }) => client === 'gateway:test');
		assert.deepEqual([mine.length, mine[0]?.tier, mine[0]?.servedModel], [1, 'paid', 'gemini-3.8-flash']);
	});

	it('tells a window that still runs 0.1.0 of a newer version, not of a file that cannot be opened', async () => {
		const file = path.join(files.folder, 'ledger-2.sqlite');
		copyFileSync(path.join(folderOf010, 'ledger.sqlite'), file);
		const old = new DatabaseSync(file);
		// As 0.1.0 reads it: a window of its has this prepared.
		const head = old.prepare(
			'SELECT store, rev, forgotten, wall, steady, user_version AS version FROM head, pragma_user_version',
		);
		assert.equal(head.get()?.['version'], 1);
		await files.until(files.open().transact(() => undefined));
		assert.equal(head.get()?.['version'], 2);
		old.close();
	});

	it('is converted once: the next window reads the same', async () => {
		const other = files.open();
		await files.until(other.transact(() => undefined));
		assert.deepEqual([...other.replica().usage], [...store.replica().usage]);
		assert.deepEqual([...other.replica().bucket], [...store.replica().bucket]);
		const db = new DatabaseSync(files.file);
		const kinds = db.prepare('SELECT DISTINCT kind FROM doc ORDER BY kind').all();
		db.close();
		assert.deepEqual(
			kinds.map(({ kind }) => kind),
			['bucket', 'cooldown', 'key', 'model', 'pool', 'requestRecord', 'usage'],
		);
	});
});

describe('a store of version 0.1.0 that is damaged in places', () => {
	it('gives what is left of it', async () => {
		const files = new Files();
		copyFileSync(path.join(folderOf010, 'ledger.sqlite'), files.file);
		const db = new DatabaseSync(files.file);
		db.exec(`UPDATE doc SET body = '{"v":1' WHERE kind = 'key' AND id = 'key-1'`);
		db.exec(`UPDATE doc SET body = '[]' WHERE kind = 'pool'`);
		db.exec(`UPDATE doc SET body = '{"minute":"soon"}' WHERE kind = 'usage' AND id LIKE '29928720%'`);
		db.exec(`INSERT INTO doc VALUES ('later', 'x', 1, '{}')`);
		db.close();
		files.clock.jump(seenBy010().now - files.clock.wall());
		const store = files.open();
		await files.until(store.transact(() => undefined));
		const { key, pool, usage, bucket } = store.replica();
		assert.deepEqual([key.has('key-1' as KeyId), key.size, pool.paused, bucket.size], [false, 5, undefined, 10]);
		assert.deepEqual([...usage.keys()].includes('498812 key-1'), false);
		assert.equal(usage.size, 6);
		assert.deepEqual([files.troubles, files.errors], [[], []]);
		await files.close();
	});
});

async function* answers(): AsyncGenerator<{ output?: string; finishReason?: string }, void, undefined> {
	await Promise.resolve();
	yield { output: 'x', finishReason: 'STOP' };
}
