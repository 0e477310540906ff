import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
	answers,
	badKey,
	breaks,
	deadline,
	fails,
	hangs,
	internal,
	leaked,
	network,
	overloaded,
	Rig,
	rpd,
	rpm,
	type Script,
	type Send,
} from '../../../support/pool/rig';
import { Failure, type Chunk } from '../../../../src/pool/pool';
import type { VirtualClock } from '../../../support/virtualClock';

/** Answers half a second after it was sent. */
async function* late(send: Send, clock: VirtualClock): AsyncGenerator<Chunk<string>> {
	await new Promise<void>((resolve) => void clock.after(500, resolve));
	yield* answers(send);
}

describe('a request through the pool', () => {
	it('is answered by the next key at once when one is rate-limited and one is dead', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => {
			if (send.key === 'a') return fails(rpm());
			if (send.key === 'b') return fails(badKey);
			return answers(send);
		});
		const asked = await rig.answer();
		assert.equal(asked.text, 'from c');
		assert.equal(rig.order, 'a b c');
		assert.equal(rig.elapsed, 0);
		assert.equal(asked.types, 'switched switched output done');
		assert.deepEqual(
			asked.done?.attempts.map(({ label, outcome }) => `${label} ${outcome}`),
			['a rpm', 'b badKey', 'c answered'],
		);
		const standings = rig.pool.snapshot().keys.map(({ availability }) => availability.state);
		assert.deepEqual(standings, ['coolingDown', 'quarantined', 'usable']);
		assert.equal(rig.pool.snapshot().usable, 1);
	});

	it('cools a daily quota down until midnight Pacific, whatever short delay was offered', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpd) : answers(send)), {
			start: Date.UTC(2026, 10, 24, 20),
		});
		await rig.answer();
		const [a] = rig.pool.snapshot().keys;
		assert.deepEqual(a?.availability, { state: 'coolingDown', reason: 'rpd', until: Date.UTC(2026, 10, 25, 8) });
	});

	it('waits for the earliest key, says so, and is answered then', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => {
			if (send.nth > 1) return answers(send);
			return fails(rpm(send.key === 'a' ? 50_000 : 20_000));
		});
		const asked = rig.ask();
		await rig.clock.advance(10_000);
		const waiting = asked.parts.at(-1);
		assert.ok(waiting?.type === 'waiting');
		assert.deepEqual(
			{ ...waiting },
			{ type: 'waiting', on: { key: 'b', model: 'm' }, reason: 'rpm', inMs: 20_000, ahead: 0 },
		);
		await rig.clock.until(asked.ended);
		assert.equal(asked.text, 'from b');
		assert.equal(rig.elapsed, 20_000);
	});

	it('fails at once, with the time, when the first key is back later than it may wait', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpd));
		const { error } = await rig.answer();
		assert.equal(error?.reason, 'waitedTooLong');
		assert.equal(error.facts.retryAt, Date.UTC(2026, 10, 25, 8));
		assert.equal(rig.elapsed, 0);
	});

	it('takes another model when every key cools down for longer than is worth waiting, and says so', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.model === 'm' ? fails(rpm(50_000)) : answers(send)));
		const asked = await rig.answer({ models: ['m', 'lite'] });
		assert.equal(asked.done?.on.model, 'lite');
		const switched = asked.parts.find((part) => part.type === 'switched');
		assert.deepEqual(switched?.to, { key: 'a', model: 'lite' });
		assert.equal(rig.elapsed, 0);
	});

	it('waits for the wanted model when it is back within ten seconds', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(rpm(8_000)) : answers(send)));
		const asked = await rig.answer({ models: ['m', 'lite'] });
		assert.equal(asked.done?.on.model, 'm');
	});

	it('waits for the wanted model while one call tests it after a cooldown, instead of going to the fallback', async () => {
		const rig = new Rig({ a: {} }, async function* (send, clock) {
			if (send.nth === 1) yield* fails({ type: 'coolDown', reason: 'capacity', delayMs: 5_000 });
			await new Promise<void>((resolve) => clock.after(3_000, resolve));
			yield* answers(send);
		});
		const asked = [0, 1, 2].map(() => rig.ask({ models: ['m', 'n'] }));
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.deepEqual(
			asked.map(({ done }) => done?.on.model),
			['m', 'm', 'm'],
		);
	});

	it('takes a 503 of today as the first one, whatever was the matter yesterday', async () => {
		const rig = new Rig({ a: {} }, () => fails(overloaded));
		await rig.answer();
		await rig.clock.advance(24 * 3_600_000);
		rig.setScript((send) => (send.nth === 6 ? fails(overloaded) : answers(send)));
		const before = rig.elapsed;
		const asked = await rig.answer({ models: ['m', 'lite'] });
		assert.equal(asked.text, 'from a');
		assert.deepEqual(
			rig.sends.slice(5).map(({ model, at }) => [model, at - before]),
			[
				['m', 0],
				['m', 1000],
			],
		);
	});

	it('backs an overloaded model off on the same key, doubling, then uses the fallback model', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.model === 'm' ? fails(overloaded) : answers(send)));
		const asked = await rig.answer({ models: ['m', 'lite'] });
		assert.equal(asked.done?.on.model, 'lite');
		const onWanted = rig.sends.filter(({ model }) => model === 'm');
		assert.deepEqual(new Set(onWanted.map(({ key }) => key)), new Set(['a']));
		assert.deepEqual(
			onWanted.map(({ at }) => at),
			[0, 1000, 3000, 7000, 15_000],
		);
	});

	it('shares an overload: a second request does not knock while the first backs off', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send, clock) =>
			clock.monotonic() < 3000 ? fails(overloaded) : answers(send),
		);
		const first = rig.ask();
		await rig.clock.settle();
		const second = rig.ask();
		await rig.clock.until(Promise.all([first.ended, second.ended]));
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 1000, 3000, 3000],
		);
		assert.ok(first.done && second.done);
	});

	it('keeps an overload while answers come that began before it', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send, clock) => {
			if (send.at === 0) return late(send, clock);
			return clock.monotonic() < 3000 ? fails(overloaded) : answers(send);
		});
		const before = [rig.ask(), rig.ask()];
		await rig.clock.advance(100);
		const during = rig.ask();
		await rig.clock.until(Promise.all([...before, during].map(({ ended }) => ended)));
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 0, 100, 1100, 3100],
		);
		assert.ok(during.done);
	});

	it('tries a server error twice more on the same key, then one other key, then fails', async () => {
		const rig = new Rig({ a: {}, b: {}, c: {} }, () => fails(internal, 'An internal error has occurred.'));
		const { error } = await rig.answer();
		assert.equal(rig.order, 'a a a b');
		assert.equal(error?.reason, 'internal');
		assert.equal(error.facts.serviceMessage, 'An internal error has occurred.');
	});

	it('stays on the key through network trouble', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.nth < 4 ? fails(network) : answers(send)));
		const asked = await rig.answer();
		assert.equal(asked.text, 'from a');
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 1000, 3000, 7000],
		);
	});

	it('takes a broken answer back just before its successor speaks, and doubles nothing', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? breaks('half', rpm()) : answers(send)));
		const asked = await rig.answer();
		assert.equal(asked.types, 'output switched retract output done');
		assert.equal(asked.text, 'from b');
	});

	it('takes a broken answer back where its successor is complete without a word', async () => {
		async function* wordless(): AsyncGenerator<Chunk<string>> {
			await Promise.resolve();
			yield { finishReason: 'MAX_TOKENS' };
		}
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? breaks('half', rpm()) : wordless()));
		const asked = await rig.answer();
		assert.deepEqual([asked.types, asked.text], ['output switched retract done', '']);
		assert.equal((await rig.answer({ recovery: 'continue' })).types, 'done');
	});

	it('treats an end without a finish reason as broken', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? breaks('half') : answers(send)));
		const asked = await rig.answer();
		assert.equal(asked.text, 'from a');
		assert.equal(asked.done?.attempts[0]?.outcome, 'cutStream');
	});

	it('keeps what had come when the consumer can bear only failure', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => breaks('half', network));
		const asked = await rig.answer({ recovery: 'fail' });
		assert.equal(asked.text, 'half');
		assert.equal(asked.error?.reason, 'network');
		assert.equal(rig.sends.length, 1);
	});

	it('goes on for such a consumer while only what precedes an answer had come, as thoughts do', async () => {
		const thinks = (...more: readonly string[]): Script =>
			async function* (send) {
				await Promise.resolve();
				yield { output: '(hm)', isPreliminary: true };
				if (send.key === 'b') {
					yield* answers(send);
				} else {
					for (const output of more) yield { output };
					throw new Failure(rpm(), true, '');
				}
			};
		const silent = await new Rig({ a: {}, b: {} }, thinks()).answer({ recovery: 'fail' });
		assert.deepEqual([silent.text, silent.error], ['(hm)(hm)from b', undefined]);
		const cut = await new Rig({ a: {}, b: {} }, thinks('half')).answer({ recovery: 'fail' });
		assert.deepEqual([cut.text, cut.error?.reason], ['(hm)half', 'rpm']);
	});

	it('hands the written text to the successor when the consumer continues', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? breaks('half', rpm()) : answers(send)));
		const asked = await rig.answer({ recovery: 'continue' });
		assert.deepEqual(rig.sends[1]?.written, ['half']);
		assert.equal(asked.text, 'halffrom b');
	});

	it('gives up on silence after the time-out and tries again', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? hangs(send) : answers(send)));
		const asked = await rig.answer();
		assert.equal(asked.text, 'from a');
		assert.equal(rig.sends[1]?.at, 61_000);
		assert.ok(rig.sends[0]?.signal.aborted);
	});

	it('hands nothing out after a cancel, even what the service had already sent', async () => {
		const stop = new AbortController();
		const rig = new Rig({ a: {} }, async function* () {
			await Promise.resolve();
			yield { output: 'one' };
			yield { output: 'two' };
			yield { finishReason: 'STOP' };
		});
		const pieces: unknown[] = [];
		const reading = (async () => {
			for await (const part of rig.pool.stream(rig.request(), rig.open, stop.signal)) {
				pieces.push(part);
				stop.abort();
			}
		})();
		await assert.rejects(reading, { reason: 'cancelled' });
		assert.deepEqual(pieces, [{ type: 'output', attempt: 1, value: 'one' }]);
	});

	it('gives a request that needs longer twice the time', async () => {
		const rig = new Rig({ a: {} }, (send) => {
			if (send.nth === 1) return fails(deadline);
			return send.nth === 2 ? hangs(send) : answers(send);
		});
		await rig.answer();
		assert.deepEqual(
			rig.sends.map(({ at }) => at),
			[0, 1000, 122_000],
		);
	});

	it('goes on for a consumer that can bear only failure while nothing was shown', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.key === 'a' ? fails(rpm()) : answers(send)));
		assert.equal((await rig.answer({ recovery: 'fail' })).text, 'from b');
	});

	it('passes a cancel on at once and counts it against no key', async () => {
		const rig = new Rig({ a: {} }, (send) => hangs(send));
		const stop = new AbortController();
		const asked = rig.ask({}, stop.signal);
		await rig.clock.settle();
		stop.abort();
		assert.ok(rig.sends[0]?.signal.aborted);
		await rig.clock.until(asked.ended);
		assert.equal(asked.error?.reason, 'cancelled');
		assert.equal(rig.clock.pending, 0);
		const [a] = rig.pool.snapshot().keys;
		assert.equal(a?.availability.state, 'usable');
		assert.equal(a.fail, 0);
		assert.equal(a.score, 100);
	});

	it('leaves nothing behind on the signal of a caller that asks again and again', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { signal } = new AbortController();
		for (let n = 0; n < 3; n++) await rig.clock.until(rig.ask({}, signal).ended);
		const left = rig.ask({}, signal).stream[Symbol.asyncIterator]();
		await left.next();
		assert.equal(getEventListeners(signal, 'abort').length, 1);
		await left.return?.();
		assert.equal(getEventListeners(signal, 'abort').length, 0);
	});

	it('ends with the pool: what is under way, and what comes after', async () => {
		const rig = new Rig({ a: {} }, hangs);
		const asked = rig.ask();
		await rig.clock.settle();
		rig.pool.dispose();
		const late = await rig.answer();
		await rig.clock.until(asked.ended);
		assert.deepEqual([asked.error?.reason, late.error?.reason, rig.sends.length], ['cancelled', 'cancelled', 1]);
		assert.equal(rig.sends[0]?.signal.aborted, true);
	});

	it('pauses on an abuse signal instead of trying the rest, until a person resumes', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) =>
			send.key === 'a' ? fails(leaked, 'reported as leaked') : answers(send),
		);
		const first = await rig.answer();
		assert.equal(first.error?.reason, 'paused');
		const second = await rig.answer();
		assert.equal(second.error?.reason, 'paused');
		assert.equal(rig.order, 'a');
		await rig.pool.execute({ type: 'resume' });
		const third = await rig.answer();
		assert.equal(third.text, 'from b');
	});

	it('bounds the sends of a round', async () => {
		const plenty = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`k${index}`, {}]));
		const rig = new Rig(plenty, () => fails(badKey));
		const { error } = await rig.answer();
		assert.equal(rig.sends.length, 12);
		assert.equal(error?.reason, 'badKey');
	});

	it('says that there is no key', async () => {
		const rig = new Rig({}, answers);
		const { error } = await rig.answer();
		assert.equal(error?.reason, 'noKeys');
	});

	it('frees a quarantined key when a re-check succeeds, and sends nothing to it before', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 1 ? fails(badKey) : answers(send)));
		const first = await rig.answer();
		assert.equal(first.error?.reason, 'badKey');
		await rig.clock.advance(59_000);
		assert.deepEqual(rig.checks, []);
		await rig.clock.advance(2_000);
		assert.deepEqual(rig.checks, ['a']);
		const second = await rig.answer();
		assert.equal(second.text, 'from a');
	});

	it('learns a limit and admits before sending', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth === 4 ? fails(rpm(60_000, 3)) : answers(send)));
		for (let n = 0; n < 3; n++) await rig.answer();
		const fourth = rig.ask();
		await rig.clock.until(fourth.ended);
		assert.ok(rig.elapsed >= 60_000 && rig.elapsed < 61_000, `waited until ${rig.elapsed}`);
		for (let n = 0; n < 2; n++) await rig.answer();
		assert.ok(rig.elapsed >= 60_000 && rig.elapsed < 61_000, `waited until ${rig.elapsed}`);
		const last = await rig.answer();
		assert.ok(last.done);
		assert.ok(rig.elapsed >= 120_000 && rig.elapsed < 121_000, `waited until ${rig.elapsed}`);
		assert.equal(last.done.attempts.length, 1);
	});
});
