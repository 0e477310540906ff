import assert from 'node:assert/strict';
import { DocMaps, type BucketId, type DocRef, type KeyId, type Transaction } from '../../../../src/pool/pool';
import { RollbackGuard } from '../../../../src/pool/store/rollbackGuard';
import { isDocument } from '../../../../src/storedDocuments/shapes';
import { TrackedTransaction } from '../../../../src/team/steps/transactions';
import { VirtualClock } from '../../../support/virtualClock';
import { answers, eventsOf, fails, Rig, rpm } from '../../../support/pool/rig';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

const hour = 3_600_000;
const bucket = 'p/m' as BucketId;
const key = 'k' as KeyId;

describe('the present', () => {
	const clock = new VirtualClock();
	let store: InMemoryStore;
	let present: RollbackGuard;
	let writes: number;
	const written = (): number => writes;
	beforeEach(async () => {
		store = new InMemoryStore(clock);
		present = new RollbackGuard(store);
		await present.now();
		await store.transact(future);
		writes = 0;
		store.onDidChange((refs) => (writes += refs.length));
	});

	/** One document of each kind, as they stand now. */
	function future(tx: Transaction, now: number): void {
		const state = { state: 'coolingDown', reason: 'rpm', since: now, until: now + 60_000, backoffLevel: 0 } as const;
		tx.put({ kind: 'bucket', id: bucket, doc: { ...tx.bucket(bucket), status: state } });
		tx.put({ kind: 'key', id: key, doc: { ...tx.key(key), lastUsed: now } });
		tx.put({
			kind: 'model',
			id: 'm',
			doc: { ...tx.model('m'), overloadedUntil: now + 20_000, missingUntil: now + hour },
		});
	}

	it('brings everything back with a clock that went back, once', async () => {
		clock.jump(-30 * hour);
		assert.equal(await present.now(), clock.wall());
		const { bucket: buckets, key: keys, model } = store.replica();
		const state = buckets.get(bucket)?.status;
		assert.deepEqual(state?.state === 'coolingDown' && [state.since, state.until], [
			clock.wall(),
			clock.wall() + 60_000,
		]);
		assert.equal(keys.get(key)?.lastUsed, clock.wall());
		assert.equal(model.get('m')?.overloadedUntil, clock.wall() + 600_000);
		assert.equal(model.get('m')?.missingUntil, clock.wall() + 24 * hour);
		assert.equal(writes, 3);
		await clock.advance(1000);
		await present.now();
		assert.equal(writes, 3, 'nothing is moved along for ever');
	});

	it('takes 5 s for a difference between two clocks', async () => {
		await present.now();
		clock.jump(-5_000);
		await present.now();
		assert.equal(writes, 0);
		clock.jump(-1);
		await present.now();
		const brought = written();
		assert.ok(brought > 0, 'small steps back add up');
		await present.now();
		assert.equal(writes, brought);
	});

	it('looks at what an earlier session stored, at the first time', async () => {
		clock.jump(-2 * hour);
		await new RollbackGuard(store).now();
		assert.equal(writes, 3);
	});

	it('lets the latest requests be the latest, and tells no window again of those that the clock had in the future', async () => {
		let failing = '';
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === failing ? fails(rpm()) : answers(send)));
		const early = new Rig({}, answers, { beside: rig, window: 'early' });
		for (let n = 0; n < 120; n++) await rig.answer();
		failing = 'a';
		await rig.answer();
		await rig.maintenance.recordCooldowns();
		rig.clock.jump(-24 * hour);
		const late = new Rig({}, answers, { beside: rig, window: 'late' });
		const told = [early, late].map(eventsOf);
		await rig.answer();
		assert.deepEqual(told, [['ended answered'], ['ended answered']]);
		const records = rig.pool.usage().requestRecords();
		assert.deepEqual(
			records.slice(-3).map(({ request }) => request),
			['r120', 'r121', 'r122'],
		);
		assert.ok(records.every(({ endedAt, attempts }) => attempts.every(({ sentAt }) => sentAt <= endedAt)));
		await rig.maintenance.recordCooldowns();
		const spans = [...rig.pool.usage().cooldowns().values()].flatMap((cooldown) => cooldown.spans);
		assert.deepEqual(
			spans.map(({ reason, from }) => [reason, from <= rig.clock.wall()]),
			[['rpm', true]],
		);
	});

	it('leaves the requests as they are that ended before the time to which the clock went back', async () => {
		const rig = new Rig({ a: {} }, answers);
		await rig.answer();
		const ended = () =>
			rig.pool
				.usage()
				.requestRecords()
				.map(({ request, endedAt }) => `${request} ${endedAt}`);
		const [before] = ended();
		await rig.clock.advance(4 * hour);
		await rig.answer();
		rig.clock.jump(-3 * hour);
		await rig.answer();
		assert.equal(ended().length, 3);
		assert.ok(before !== undefined && ended().includes(before), ended().join());
	});

	it('stores nothing that is no document, also where a computer without a battery begins in 1970', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.nth % 3 === 1 ? fails(rpm()) : answers(send)));
		for (let n = 0; n < 6; n++) await rig.answer();
		await rig.maintenance.recordCooldowns();
		rig.clock.jump(1_000 - rig.clock.wall());
		await rig.answer();
		for (const write of (rig.store.replica() as DocMaps).writes())
			assert.ok(isDocument(write.kind, write.doc), write.kind);
	});

	it('rests on what it brings back alone: in a team, each document that it reads would have to stay as it is meanwhile', async () => {
		const docs = new DocMaps();
		for (const write of (store.replica() as DocMaps).writes()) docs.apply(write);
		const touched = async (): Promise<readonly string[]> => {
			const refs: DocRef[] = [];
			await new RollbackGuard({
				...{ replica: () => docs, now: () => clock.wall() },
				transact: (step) => {
					const tx = new TrackedTransaction(docs, clock.wall());
					tx.onTouch = (ref) => refs.push(ref);
					return Promise.resolve(step(tx, clock.wall()));
				},
			}).now();
			return [...new Set(refs.map(({ kind }) => kind))];
		};
		assert.deepEqual(await touched(), ['pool']);
		clock.jump(-30 * hour);
		assert.deepEqual(await touched(), ['pool', 'bucket', 'key', 'model']);
	});
});
