import assert from 'node:assert/strict';
import { partsOf } from '../../../../src/pool/types/key';
import { startMaintenance } from '../../../../src/pool/maintenance/startMaintenance';
import { answers, fails, leaked, Rig, rpm, type Script } from '../../../support/pool/rig';

/** `b` answered alone; then `a` was asked first, was refused and rests, and `b` answered twice more. */
async function busy(script: Script): Promise<Rig> {
	const rig = new Rig({ b: {} }, script, { strategy: 'primaryBackup' });
	await rig.answer();
	rig.setKeys({ a: {}, b: {} });
	await rig.answer();
	await rig.answer();
	const off = startMaintenance(rig.upkeep, rig.clock, assert.ifError);
	await rig.clock.advance(1_000);
	off();
	return rig;
}

const aRests: Script = (send) => (send.key === 'a' ? fails(rpm(600_000)) : answers(send));

type Kind = 'buckets' | 'keys' | 'rests' | 'usage' | 'requestRecords';

/** What the ledger holds, by kind: the projects of buckets and rests, the keys of all else. */
function known({ ledger: store }: Rig): Readonly<Record<Kind, readonly string[]>> {
	const { bucket, key, cooldown: rest, usage, requestRecord: attempts } = store.replica();
	const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();
	return {
		buckets: sorted([...bucket.keys()].map((id) => partsOf(id)[0])),
		keys: sorted(key.keys()),
		rests: sorted([...rest.keys()].map((id) => partsOf(id)[0])),
		usage: sorted([...usage.values()].map((doc) => doc.key)),
		requestRecords: [...attempts.values()]
			.map(({ attempts }) => attempts.map((attempt) => attempt.key).join(' '))
			.sort(),
	};
}

const ofA = { keys: new Set(['a']), projects: new Set(['p-a']) };

describe('forgetting what is known of keys', () => {
	it('of some: nothing of theirs stays, nor a attempts that names one of them, and all of the others’ does', async () => {
		const rig = await busy(aRests);
		assert.deepEqual(known(rig), {
			buckets: ['p-a', 'p-b'],
			keys: ['a', 'b'],
			rests: ['p-a'],
			usage: ['a', 'b'],
			requestRecords: ['a b', 'b', 'b'],
		});
		await rig.upkeep.erase(ofA);
		assert.deepEqual(known(rig), {
			buckets: ['p-b'],
			keys: ['b'],
			rests: [],
			usage: ['b'],
			requestRecords: ['b', 'b'],
		});
	});

	it('of some keeps the rests of others', async () => {
		const rig = await busy(aRests);
		await rig.upkeep.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.deepEqual(known(rig), { buckets: ['p-a'], keys: ['a'], rests: ['p-a'], usage: ['a'], requestRecords: [] });
	});

	it('of some ends a pause by one of them, and no other pause', async () => {
		const pausedBy = async (): Promise<Rig> => {
			const rig = new Rig({ a: {}, b: {} }, () => fails(leaked), { strategy: 'primaryBackup' });
			await rig.answer();
			assert.equal(rig.ledger.replica().pool.paused?.by, 'a');
			return rig;
		};
		const one = await pausedBy();
		await one.upkeep.erase(ofA);
		assert.deepEqual(one.ledger.replica().pool, { v: 1 });
		const other = await pausedBy();
		await other.upkeep.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.equal(other.ledger.replica().pool.paused?.by, 'a');
	});

	it('of some does not unsay that all was forgotten before: a window may not have heard of it yet', async () => {
		const rig = await busy(aRests);
		await rig.upkeep.erase();
		const forgotten = { v: 1, forgottenAt: rig.clock.wall() };
		await rig.clock.advance(5_000);
		await rig.upkeep.erase(ofA);
		assert.deepEqual(rig.ledger.replica().pool, forgotten);
	});

	it('of all is heard by the other windows, once, and not by the one that does it', async () => {
		const one = await busy(aRests);
		const two = new Rig({ a: {}, b: {} }, aRests, { window: 'two', beside: one });
		const heard: string[] = [];
		const follow = (rig: Rig, name: string) =>
			rig.upkeep.followOthers(() => Promise.resolve(void heard.push(name)), assert.ifError);
		const offs = [follow(one, 'one'), follow(two, 'two')];
		await one.clock.advance(1_000);
		await one.upkeep.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.upkeep.erase(ofA);
		await two.answer();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.upkeep.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
		for (const off of offs) off();
		await one.clock.advance(1_000);
		await two.upkeep.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
	});

	it('of all takes what another window writes while it lets go, too, and keeps the word that all was forgotten', async () => {
		const one = await busy(aRests);
		const two = new Rig({ a: {}, b: {} }, aRests, { window: 'two', beside: one });
		const late = async (): Promise<void> => {
			await two.answer();
			assert.notDeepEqual(known(two).keys, []);
		};
		two.upkeep.followOthers(late, assert.ifError);
		await one.clock.advance(1_000);
		await one.upkeep.erase();
		const { pool } = one.ledger.replica();
		await one.clock.advance(1_000);
		assert.deepEqual(known(one), { buckets: [], keys: [], rests: [], usage: [], requestRecords: [] });
		assert.deepEqual(one.ledger.replica().pool, pool);
	});

	it('before a window began concerns it no more, whatever else of the pool changes', async () => {
		const one = await busy(aRests);
		await one.upkeep.erase();
		await one.clock.advance(1_000);
		const two = new Rig({ a: {} }, () => fails(leaked), { window: 'two', beside: one });
		two.upkeep.followOthers(() => Promise.reject(new Error('It let go.')), assert.ifError);
		await two.answer();
		assert.equal(one.ledger.replica().pool.paused?.by, 'a');
		await one.clock.advance(1_000);
	});

	it('of all reports it where a window cannot let go', async () => {
		const one = await busy(aRests);
		const two = new Rig({ a: {} }, answers, { window: 'two', beside: one });
		const reported: unknown[] = [];
		const trouble = new Error('The disk is full.');
		two.upkeep.followOthers(
			() => Promise.reject(trouble),
			(error) => reported.push(error),
		);
		await one.clock.advance(1_000);
		await one.upkeep.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(reported, [trouble]);
	});
});
