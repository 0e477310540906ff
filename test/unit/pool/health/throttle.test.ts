import assert from 'node:assert/strict';
import type { KeyId, ProjectId, PoolRecord, LeaseId, StreamPart, FailureAction } from '../../../../src/pool/pool';
import {
	rejectedByThrottle,
	endThrottleProbe,
	startThrottleProbe,
	recordBareRefusal,
	throttleAfterRollback,
} from '../../../../src/pool/health/throttle';
import { loadSdk } from '../../../support/gemini/room';
import { always, ThroughPool } from '../../../support/gemini/throughPool';
import { flash, lite } from '../../../support/simulator/stand';
import { answers, fails, hangs, network, Rig, type KeyPlan, type Script } from '../../../support/pool/rig';

const bare: FailureAction = { type: 'coolDown', reason: 'capacity' };
const five: Readonly<Record<string, KeyPlan>> = { a: {}, b: {}, c: {}, d: {}, e: {} };
const hour = 3_600_000;
const sends = (rig: Rig): string[] => rig.sends.map(({ key, at }) => `${key} ${at / 1000}`);

describe('bare 429s from three projects within ten seconds', () => {
	before(loadSdk);

	it('have one cause: no further key and no other model is asked, but one probe a minute, as the body says it', async () => {
		const meets = always({ kind: 'error', body: '429_no_details' });
		const rig = new ThroughPool({ a: meets, b: meets, c: meets, d: meets, e: meets });
		rig.pool.configure({ maxRetries: 1 });
		const { end } = await rig.clock.until(rig.begin({ models: [flash, lite], maxWaitMs: hour }));
		// The last send finds out with the model that was never asked.
		assert.deepEqual(rig.calls, [
			...['a', 'b', 'c'].map((key) => `${key} ${flash} @0`),
			...[`a ${flash} @60`, `a ${lite} @120`],
		]);
		assert.equal(end, 'tooManyTries');
	});

	it('are probed a minute apart for as long as it takes, on the keys that were refused, and end with an answer', async () => {
		const rig = new Rig(five, (send) => (send.at < 300_000 ? fails(bare) : answers(send)), { maxRetries: 10 });
		const asked = await rig.answer({ maxWaitMs: hour });
		assert.deepEqual(sends(rig), ['a 0', 'b 0', 'c 0', 'a 60', 'a 120', 'a 180', 'a 240', 'a 300']);
		assert.equal(asked.text, 'from a');
		await rig.answer();
		assert.equal(rig.elapsed, 300_000, 'the pool works again at once');
		assert.deepEqual([rig.store.replica().pool.throttled, rig.sends.at(-1)?.key], [undefined, 'd']);
	});

	it('are said: in the stream, in the snapshot, and in the end of who cannot wait', async () => {
		const rig = new Rig(five, () => fails(bare));
		const asked = rig.ask({ maxWaitMs: 90_000 });
		await rig.clock.settle();
		const waiting = asked.parts.at(-1) as Extract<StreamPart<string>, { type: 'waiting' }>;
		assert.deepEqual([waiting.type, waiting.reason, waiting.inMs], ['waiting', 'throttled', 60_000]);
		const { usable, keys } = rig.pool.snapshot();
		assert.equal(usable, 0);
		assert.deepEqual(
			keys.map(({ availability }) =>
				'reason' in availability ? `${availability.state} ${availability.reason}` : availability.state,
			),
			[
				'coolingDown capacity',
				'coolingDown capacity',
				'coolingDown capacity',
				'coolingDown throttled',
				'coolingDown throttled',
			],
		);
		await rig.clock.until(asked.ended);
		assert.deepEqual([asked.error?.reason, asked.error?.facts.retryAt], ['throttled', rig.clock.wall() + 60_000]);
		assert.equal((await rig.answer({ maxWaitMs: 0 })).error?.reason, 'throttled', 'nothing is sent');
		assert.equal(rig.sends.length, 4);
	});

	it('let one request at a time find out, and all of them go once it is being answered', async () => {
		let go = (): void => undefined;
		const script: Script = (send) =>
			send.at < 60_000
				? fails(bare)
				: (async function* () {
						yield { output: `from ${send.key}` };
						await new Promise<void>((resolve) => (go = resolve));
						yield { finishReason: 'STOP' };
					})();
		const rig = new Rig(five, script, { maxRetries: 10 });
		rig.ask({ maxWaitMs: hour });
		await rig.clock.settle();
		rig.ask({ maxWaitMs: hour });
		rig.ask({ maxWaitMs: hour });
		rig.setScript((send) => (send.at < 60_000 ? fails(bare) : hangs(send)));
		await rig.clock.advance(60_001);
		assert.equal(rig.sends.length, 4, 'one probe; the others wait for it');
		assert.equal(rig.pool.snapshot().keys[3]?.availability.state, 'halfOpen');
		rig.setScript(script);
		// It falls silent, and the next one probes a minute after it.
		await rig.clock.advance(62_000);
		assert.equal(rig.sends.length, 7);
		go();
		rig.pool.dispose();
	});

	it('are shared by all windows, and ended in all', async () => {
		const x = new Rig(five, (send) => (send.at < 60_000 ? fails(bare) : answers(send)), { window: 'x' });
		const y = new Rig(five, answers, { beside: x, window: 'y' });
		const asked = x.ask({ maxWaitMs: hour });
		await x.clock.settle();
		assert.equal(x.sends.length, 3);
		assert.equal((await y.answer({ maxWaitMs: 0 })).error?.reason, 'throttled');
		await x.clock.until(asked.ended);
		assert.equal((await y.answer({ maxWaitMs: 0 })).text.slice(0, 4), 'from');
	});

	it('need three projects: three keys of one, or two projects, or a longer time are none', async () => {
		const one = new Rig({ a: { project: 'p' }, b: { project: 'p' }, c: { project: 'q' }, d: {} }, (send) =>
			send.key === 'd' ? answers(send) : fails(bare),
		);
		assert.equal((await one.answer()).text, 'from d');
		const slow = new Rig(five, (send) => (send.key < 'd' ? fails(bare) : answers(send)));
		await slow.answer();
		const again = new Rig(five, (send) =>
			send.at < 12_000 && send.key === 'abc'[Math.floor(send.at / 5_001)] ? fails(bare) : answers(send),
		);
		for (let n = 0; n < 3; n++) {
			await again.answer();
			await again.clock.advance(5_001);
		}
		assert.equal(again.store.replica().pool.throttled, undefined);
	});

	it('count a project once, and one that was refused ten seconds ago no more', () => {
		const throttled = (...refusals: readonly (readonly [project: string, at: number])[]): boolean => {
			let record: PoolRecord = { v: 2 };
			for (const [project, at] of refusals) {
				record = recordBareRefusal(record, project as ProjectId, 'l' as LeaseId, 1e12 + at);
			}
			return record.throttled !== undefined;
		};
		assert.equal(throttled(['p', 0], ['q', 1], ['r', 9_999]), true);
		assert.equal(throttled(['p', 0], ['q', 1], ['p', 2], ['q', 3]), false);
		assert.equal(throttled(['p', 0], ['q', 5_000], ['r', 10_000]), false);
		assert.equal(throttled(['p', 0], ['q', 5_000], ['p', 6_000], ['r', 10_000]), true, 'again, and so later');
	});

	it('are no news once the throttle holds, but for the probe, which puts off the next one', () => {
		let record: PoolRecord = { v: 2 };
		for (const project of ['p', 'q', 'r'] as ProjectId[]) {
			record = recordBareRefusal(record, project, 'l' as LeaseId, 1e12);
		}
		const probed = startThrottleProbe(record, 'probe' as LeaseId, 1e12 + 150_000, 1e12 + 60_000);
		assert.equal(recordBareRefusal(record, 's' as ProjectId, 'other' as LeaseId, 1e12 + 20_000), record);
		assert.equal(recordBareRefusal(probed, 's' as ProjectId, 'other' as LeaseId, 1e12 + 70_000), probed);
		const refused = recordBareRefusal(probed, 'p' as ProjectId, 'probe' as LeaseId, 1e12 + 70_000);
		assert.equal(rejectedByThrottle(refused, 1e12 + 70_000)?.retryAt, 1e12 + 130_000);
	});

	it('are bare alone: a stated delay or a named quota is no sign of it', async () => {
		for (const action of [
			{ type: 'coolDown', reason: 'capacity', delayMs: 30_000 },
			{ type: 'coolDown', reason: 'rpm', delayMs: 30_000, limit: 5 },
		] as const) {
			const rig = new Rig(five, (send) => (send.key === 'e' ? answers(send) : fails(action)));
			assert.equal((await rig.answer()).text, 'from e');
		}
	});

	it('go on after a probe that meets something else', async () => {
		const rig = new Rig(five, (send) => fails(send.at === 60_000 ? network : bare), { maxRetries: 10 });
		const asked = await rig.answer({ maxWaitMs: 150_000 });
		assert.deepEqual(sends(rig).slice(3), ['a 60', 'a 120']);
		assert.equal(asked.error?.reason, 'throttled');
	});

	it('end by the word of a person, and are forgotten where the clock was set back', async () => {
		const rig = new Rig(five, () => fails(bare));
		await rig.answer({ maxWaitMs: 0 });
		assert.ok(rig.store.replica().pool.throttled);
		await rig.pool.execute({ type: 'clearCooldown', project: 'p-a' as ProjectId });
		assert.equal(rig.store.replica().pool.throttled, undefined);
		const noon = 1e12;
		const of = (n: number): ProjectId => `p${n}` as ProjectId;
		let record: PoolRecord = { v: 2 };
		for (let n = 0; n < 3; n++) record = recordBareRefusal(record, of(n), 'l' as LeaseId, noon);
		assert.deepEqual(rejectedByThrottle(record, noon), { reason: 'throttled', retryAt: noon + 60_000 });
		assert.equal(rejectedByThrottle(record, noon - hour), undefined);
		assert.equal(throttleAfterRollback(record, noon - hour).throttled, undefined);
		const probed = startThrottleProbe(record, 'l1' as LeaseId, noon + 150_000, noon + 60_000);
		assert.equal(rejectedByThrottle(probed, noon + 61_000)?.mayRetryEarlier, true);
		assert.equal(rejectedByThrottle(probed, noon + 150_000), undefined, 'the probe is gone');
		const unsent = endThrottleProbe(probed, 'l1' as LeaseId, false, noon + 61_000);
		assert.equal(rejectedByThrottle(unsent, noon + 61_000), undefined, 'never sent: the next one may find out');
		const sent = endThrottleProbe(probed, 'l1' as LeaseId, true, noon + 61_000);
		assert.equal(rejectedByThrottle(sent, noon + 61_000)?.retryAt, noon + 120_000);
	});

	it('set each key aside once, and cost no key its health', async () => {
		const rig = new Rig(five, () => fails(bare));
		const told: string[] = [];
		rig.pool.onEvent((event) => {
			if (event.type === 'keySetAside') told.push(`${event.key} ${event.reason}`);
		});
		await rig.answer({ maxWaitMs: 0 });
		assert.deepEqual(told, ['a capacity', 'b capacity', 'c capacity']);
		assert.ok(rig.pool.snapshot().keys.every(({ score }) => score === 100));
		assert.equal(rig.store.replica().key.get('d' as KeyId), undefined, 'a key that was never asked');
	});
});
