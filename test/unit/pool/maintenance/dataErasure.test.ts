import assert from 'node:assert/strict';
import { partsOf, type KeyId } from '../../../../src/pool/types/key';
import { startMaintenance } from '../../../../src/pool/maintenance/startMaintenance';
import { answers, fails, leaked, Rig, rpm, type Script } from '../../../support/pool/rig';

/** `b` answered alone; then `a` was asked first, was refused and cools down, and `b` answered twice more. */
async function busy(script: Script): Promise<Rig> {
	const rig = new Rig({ b: {} }, script, { strategy: 'primaryBackup' });
	await rig.answer();
	rig.setKeys({ a: {}, b: {} });
	await rig.answer();
	await rig.answer();
	const off = startMaintenance(rig.maintenance, rig.clock, assert.ifError);
	await rig.clock.advance(1_000);
	off();
	return rig;
}

const aCoolsDown: Script = (send) => (send.key === 'a' ? fails(rpm(600_000)) : answers(send));

type Kind = 'buckets' | 'keys' | 'cooldowns' | 'usage' | 'requestRecords';

/** What the store holds, by kind: the projects of buckets and cooldowns, the keys of all else. */
function known({ store }: Rig): Readonly<Record<Kind, readonly string[]>> {
	const { bucket, key, cooldown, usage, requestRecord: attempts } = store.replica();
	const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();
	return {
		buckets: sorted([...bucket.keys()].map((id) => partsOf(id)[0])),
		keys: sorted(key.keys()),
		cooldowns: sorted([...cooldown.keys()].map((id) => partsOf(id)[0])),
		usage: sorted([...usage.values()].map((doc) => doc.key)),
		requestRecords: [...attempts.values()]
			.map(({ attempts }) => attempts.map((attempt) => attempt.key).join(' '))
			.sort(),
	};
}

const ofA = { keys: new Set(['a']), projects: new Set(['p-a']) };

describe('forgetting what is known of keys', () => {
	it('of some: nothing of theirs stays, nor a request record that names one of them, and all of the others’ does', async () => {
		const rig = await busy(aCoolsDown);
		assert.deepEqual(known(rig), {
			buckets: ['p-a', 'p-b'],
			keys: ['a', 'b'],
			cooldowns: ['p-a'],
			usage: ['a', 'b'],
			requestRecords: ['a b', 'b', 'b'],
		});
		await rig.maintenance.erase(ofA);
		assert.deepEqual(known(rig), {
			buckets: ['p-b'],
			keys: ['b'],
			cooldowns: [],
			usage: ['b'],
			requestRecords: ['b', 'b'],
		});
	});

	it('of some keeps the cooldowns of others', async () => {
		const rig = await busy(aCoolsDown);
		await rig.maintenance.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.deepEqual(known(rig), {
			buckets: ['p-a'],
			keys: ['a'],
			cooldowns: ['p-a'],
			usage: ['a'],
			requestRecords: [],
		});
	});

	it('of some ends a pause by one of them, and no other pause', async () => {
		const pausedBy = async (): Promise<Rig> => {
			const rig = new Rig({ a: {}, b: {} }, () => fails(leaked), { strategy: 'primaryBackup' });
			await rig.answer();
			assert.equal(rig.store.replica().pool.paused?.by, 'a');
			return rig;
		};
		const one = await pausedBy();
		await one.maintenance.erase(ofA);
		assert.deepEqual(one.store.replica().pool, { v: 2 });
		const other = await pausedBy();
		await other.maintenance.erase({ keys: new Set(['b']), projects: new Set(['p-b']) });
		assert.equal(other.store.replica().pool.paused?.by, 'a');
	});

	it('of some does not unsay that all was forgotten before: a window may not have heard of it yet', async () => {
		const rig = await busy(aCoolsDown);
		await rig.maintenance.erase();
		const forgotten = { v: 2, forgottenAt: rig.clock.wall() };
		await rig.clock.advance(5_000);
		await rig.maintenance.erase(ofA);
		assert.deepEqual(rig.store.replica().pool, forgotten);
	});

	it('of all is heard by the other windows, once, and not by the one that does it', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {}, b: {} }, aCoolsDown, { window: 'two', beside: one });
		const heard: string[] = [];
		const follow = (rig: Rig, name: string) =>
			rig.maintenance.followOthers(() => Promise.resolve(void heard.push(name)), assert.ifError);
		const offs = [follow(one, 'one'), follow(two, 'two')];
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.maintenance.erase(ofA);
		await two.answer();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two']);
		await two.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
		for (const off of offs) off();
		await one.clock.advance(1_000);
		await two.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(heard, ['two', 'one']);
	});

	it('of all takes what another window writes while it lets go, too, and keeps the word that all was forgotten', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {}, b: {} }, aCoolsDown, { window: 'two', beside: one });
		const late = async (): Promise<void> => {
			await two.answer();
			assert.notDeepEqual(known(two).keys, []);
		};
		two.maintenance.followOthers(late, assert.ifError);
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		const { pool } = one.store.replica();
		await one.clock.advance(1_000);
		assert.deepEqual(known(one), { buckets: [], keys: [], cooldowns: [], usage: [], requestRecords: [] });
		assert.deepEqual(one.store.replica().pool, pool);
	});

	it('before a window began concerns it no more, whatever else of the pool changes', async () => {
		const one = await busy(aCoolsDown);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		const two = new Rig({ a: {} }, () => fails(leaked), { window: 'two', beside: one });
		let heard = 0;
		two.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		await two.answer();
		assert.equal(one.store.replica().pool.paused?.by, 'a');
		await one.clock.advance(1_000);
		assert.equal(heard, 0);
	});

	it('is not taken for a new one after the clock was set back, neither then nor when its time comes again', async () => {
		const one = await busy(aCoolsDown);
		await one.maintenance.erase();
		one.clock.jump(-3_600_000);
		const two = new Rig({ a: {} }, () => fails(leaked), { window: 'two', beside: one });
		let heard = 0;
		two.maintenance.followOthers(() => Promise.resolve(void heard++), assert.ifError);
		for (const ms of [1_000, 2 * 3_600_000]) {
			await two.answer();
			assert.equal(one.store.replica().pool.paused?.by, 'a');
			await one.clock.advance(ms);
			await two.pool.execute({ type: 'resume' });
			await two.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		}
		assert.equal(heard, 0);
	});

	it('of all reports it where a window cannot let go', async () => {
		const one = await busy(aCoolsDown);
		const two = new Rig({ a: {} }, answers, { window: 'two', beside: one });
		const reported: unknown[] = [];
		const trouble = new Error('The disk is full.');
		two.maintenance.followOthers(
			() => Promise.reject(trouble),
			(error) => reported.push(error),
		);
		await one.clock.advance(1_000);
		await one.maintenance.erase();
		await one.clock.advance(1_000);
		assert.deepEqual(reported, [trouble]);
	});
});
