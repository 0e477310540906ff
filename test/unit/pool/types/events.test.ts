import assert from 'node:assert/strict';
import type { PoolEvent, RequestRecord } from '../../../../src/pool/pool';
import { PoolEvents, Events } from '../../../../src/pool/types/events';
import { VirtualClock } from '../../../support/virtualClock';
import { answers, fails, Rig } from '../../../support/pool/rig';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';

describe('events', () => {
	it('reach everybody who listens, until they leave or all is over', () => {
		const events = new Events<number>(() => assert.fail());
		const heard: string[] = [];
		const off = events.on((n) => heard.push(`a${n}`));
		events.on((n) => heard.push(`b${n}`));
		events.emit(1);
		off();
		events.emit(2);
		events.clear();
		events.emit(3);
		assert.deepEqual(heard, ['a1', 'b1', 'b2']);
	});

	it('reach the others where one who listens throws, which is told', () => {
		const troubles: unknown[] = [];
		const events = new Events<number>((error) => troubles.push(error));
		const heard: number[] = [];
		const trouble = new Error('no');
		events.on(() => {
			throw trouble;
		});
		events.on((n) => heard.push(n));
		events.emit(1);
		assert.deepEqual([heard, troubles], [[1], [trouble]]);
	});

	it('of a request: its parts but the output, each attempt, why it failed, and its end', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.key === 'a'
				? fails({ type: 'quarantine', reason: 'blocked', scope: 'key', abuse: false, recheckMs: [] })
				: answers(send),
		);
		const told: string[] = [];
		rig.pool.onEvent((event) => {
			if (event.type === 'part') told.push(`${event.request} ${event.origin} ${event.part.type}`);
			if (event.type === 'attempt') told.push(`${event.request} ${event.attempt.key} ${event.attempt.outcome}`);
			if (event.type === 'failed') told.push(`${event.request} ${event.origin} failed ${event.reason}`);
			if (event.type === 'ended') told.push(`${event.record.request} ended ${event.record.outcome} in ${event.in}`);
		});
		await rig.answer();
		rig.setScript(() => fails({ type: 'fail', reason: 'badRequest' }));
		await rig.answer();
		assert.deepEqual(told, [
			...['r1 a blocked', 'r1 test switched', 'r1 b answered', 'r1 test done', 'r1 ended answered in this window'],
			...['r2 b badRequest', 'r2 test failed badRequest', 'r2 ended badRequest in this window'],
		]);
	});
});

describe('the ends that other windows tell of', () => {
	const clock = new VirtualClock();
	const attempts = (request: string, endedAt: number): RequestRecord => ({
		...{ request, origin: 'chat', endedAt, outcome: 'answered', attempts: [] },
	});
	let store: InMemoryStore;
	let told: string[];
	let events: PoolEvents;
	beforeEach(() => {
		store = new InMemoryStore(clock);
		told = [];
		events = new PoolEvents(store, () => assert.fail());
		events.on((event: PoolEvent) => {
			if (event.type === 'ended') told.push(`${event.record.request} in ${event.in}`);
		});
	});
	const write = (doc: RequestRecord): Promise<void> =>
		store.transact((tx) => tx.put({ kind: 'requestRecord', id: doc.request, doc }));

	it('are told once each, and not again here', async () => {
		await write(attempts('r1', clock.wall()));
		await write(attempts('r1', clock.wall() + 5));
		events.endedHere(attempts('r2', clock.wall()));
		await write(attempts('r2', clock.wall()));
		assert.deepEqual(told, ['r1 in another window', 'r2 in this window']);
	});

	it('are none of what ended before this window began, was dropped, or is no attempts', async () => {
		await write(attempts('old', clock.wall() - 1));
		await store.transact((tx) => tx.drop({ kind: 'requestRecord', id: 'old' }));
		await store.transact((tx, now) =>
			tx.put({ kind: 'leader', id: 'metrics', doc: { v: 2, holder: 'w', expiresAt: now } }),
		);
		assert.deepEqual(told, []);
	});

	it('are told also after the clock was set back behind the time at which this window began', async () => {
		clock.jump(-3_600_000);
		await clock.advance(1_000);
		await write(attempts('r1', clock.wall() - 300));
		await write(attempts('long ago', clock.wall() - 600_000));
		assert.deepEqual(told, ['r1 in another window']);
	});

	it('are remembered a thousand long', async () => {
		for (let n = 0; n < 1001; n++) events.endedHere(attempts(`r${n}`, clock.wall()));
		told.length = 0;
		await write(attempts('r1', clock.wall()));
		assert.deepEqual(told, []);
		await write(attempts('r0', clock.wall()));
		assert.deepEqual(told, ['r0 in another window']);
	});

	it('are heard no more once it is over', async () => {
		events.dispose();
		await write(attempts('r1', clock.wall()));
		assert.deepEqual(told, []);
	});
});
