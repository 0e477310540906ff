import assert from 'node:assert/strict';
import type { StoreClock } from '../../../../src/pool/store/storeClock';
import { Machine } from '../../../support/pool/machine';

const minute = 60_000;

describe('the edges of the clock of a shared store', () => {
	let machine: Machine;
	beforeEach(() => {
		machine = new Machine();
	});

	/** A process that has found an empty store. */
	function first(): StoreClock {
		const clock = machine.process(0);
		clock.adopt(undefined);
		return clock;
	}

	it('before it is opened it is the wall clock; after, time goes on from the stamp', () => {
		const clock = machine.process(700);
		assert.equal(clock.now(), machine.now(700));
		assert.deepEqual(clock.stamp(), { wall: machine.now(700), monotonic: machine.monotonic });
		clock.adopt({ wall: machine.now(), monotonic: machine.monotonic });
		machine.pass(5_000);
		assert.deepEqual(clock.stamp(), { wall: machine.now(), monotonic: machine.monotonic });
	});

	it('a store that is still empty when it is opened again leaves the time as it is', () => {
		const clock = first();
		machine.jump(700);
		clock.adopt(undefined);
		clock.follow(undefined);
		assert.equal(clock.now(), machine.now(-700));
	});

	it('a store whose news come before it was opened is as good as opened', () => {
		const clock = machine.process(minute);
		clock.follow({ wall: machine.now(), monotonic: machine.monotonic });
		assert.equal(clock.now(), machine.now());
		const empty = machine.process(minute);
		empty.follow(undefined);
		assert.equal(empty.now(), machine.now(minute));
	});

	it('a stamp counts for two minutes, and where the clocks are two and a half minutes apart at most', () => {
		const opened = (quiet: number, ahead: number): number => {
			const stamp = first().stamp();
			machine.pass(quiet);
			const clock = machine.process(ahead);
			clock.adopt(stamp);
			return clock.now() - machine.now();
		};
		assert.equal(opened(120_000, minute), 0);
		assert.equal(opened(120_001, minute), minute);
		assert.equal(opened(0, 150_000), 0);
		assert.equal(opened(0, -150_000), 0);
		assert.equal(opened(0, 150_001), 150_001);
		assert.equal(opened(0, -150_001), -150_001);
	});

	it('a stamp from before the machine was started is none, though the wall clock was lost as well', () => {
		const stamp = first().stamp();
		machine.reboot(5_000 - stamp.monotonic + minute);
		const clock = machine.process(0);
		clock.adopt(stamp);
		assert.equal(clock.now(), machine.now());
	});

	it('a jump is more than a second, at once or bit by bit', () => {
		const clock = first();
		machine.jump(1_000);
		assert.deepEqual([clock.hasJumped(), clock.catchUp()], [false, false]);
		machine.jump(1);
		assert.deepEqual([clock.hasJumped(), clock.catchUp(), clock.hasJumped()], [true, true, false]);
		assert.equal(clock.now(), machine.now());
	});

	it('corrections of half a second are the same time: they do not hide that the wall clock goes astray', () => {
		const clock = first();
		machine.jump(600);
		clock.follow({ wall: clock.now() + 500, monotonic: machine.monotonic });
		machine.jump(600);
		assert.equal(clock.hasJumped(), true);
		const told = machine.process(0);
		told.adopt(undefined);
		machine.jump(600);
		told.follow({ wall: told.now() + 501, monotonic: machine.monotonic });
		machine.jump(600);
		assert.equal(told.hasJumped(), false);
	});

	it('whoever was told in small steps moves nothing, where the store already has the right time', () => {
		const clock = first();
		for (let step = 0; step < 3; step++) {
			machine.jump(400);
			clock.follow({ wall: machine.now(), monotonic: machine.monotonic });
		}
		assert.equal(clock.hasJumped(), true);
		assert.equal(clock.catchUp(), false);
		assert.deepEqual([clock.hasJumped(), clock.now()], [false, machine.now()]);
	});

	it('half a second off is the same time, and more is not', () => {
		for (const [off, moves] of [
			[500, false],
			[501, true],
		] as const) {
			const clock = first();
			for (let step = 0; step < 3; step++) {
				machine.jump(step === 0 ? 400 + off : 400);
				clock.follow({ wall: clock.now() + 400, monotonic: machine.monotonic });
			}
			assert.equal(clock.catchUp(), moves, `${off}`);
		}
	});

	it('a process whose time was overruled keeps its distance from then on', () => {
		const clock = first();
		clock.follow({ wall: machine.now() + minute, monotonic: machine.monotonic });
		machine.jump(10 * minute);
		assert.equal(clock.catchUp(), true);
		assert.equal(clock.now(), machine.now(minute));
	});

	it('one that slept with all the others does not', () => {
		for (const [late, kept] of [
			[500, 0],
			[501, 501],
		] as const) {
			const clock = first();
			machine.jump(minute);
			clock.follow({ wall: machine.now(late), monotonic: machine.monotonic });
			machine.jump(10 * minute);
			assert.equal(clock.catchUp(), true);
			assert.equal(clock.now(), machine.now(kept), `${late}`);
		}
	});
});
