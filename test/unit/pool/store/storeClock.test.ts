import assert from 'node:assert/strict';
import { Machine } from '../../../support/pool/machine';

const minute = 60_000;

describe('the clock of a shared store', () => {
	let machine: Machine;
	beforeEach(() => {
		machine = new Machine();
	});

	it('processes two minutes apart have one time: that of who was there first', () => {
		const first = machine.process(0);
		first.adopt(undefined);
		const stamp = first.stamp();
		machine.pass(10_000);
		for (const ahead of [-2 * minute, 2 * minute]) {
			const other = machine.process(ahead);
			other.adopt(stamp);
			assert.equal(other.now(), machine.now());
			assert.equal(other.now(), first.now());
		}
	});

	it('whoever comes after all are gone for a while brings its own time', () => {
		const first = machine.process(0);
		first.adopt(undefined);
		const stamp = first.stamp();
		machine.pass(3 * minute);
		const other = machine.process(2 * minute);
		other.adopt(stamp);
		assert.equal(other.now(), machine.now(2 * minute));
	});

	it('a clock that is hours apart is not believed to be skewed', () => {
		const first = machine.process(5 * 60 * minute);
		first.adopt(undefined);
		const stamp = first.stamp();
		const other = machine.process(0);
		other.adopt(stamp);
		assert.equal(other.now(), machine.now());
	});

	it('after the machine was started anew the wall clock counts', () => {
		const first = machine.process(0);
		first.adopt(undefined);
		const stamp = first.stamp();
		machine.reboot(2 * minute);
		const other = machine.process(0);
		other.adopt(stamp);
		assert.equal(other.now(), machine.now());
	});

	it('an hour asleep is caught up with by whoever looks first, once', () => {
		const [a, b] = [machine.process(0), machine.process(2 * minute)];
		a.adopt(undefined);
		b.adopt(a.stamp());
		machine.jump(60 * minute);
		assert.equal(b.hasJumped(), true);
		assert.equal(b.catchUp(), true);
		const stamp = b.stamp();
		assert.equal(b.now(), machine.now());
		a.follow(stamp);
		assert.equal(a.catchUp(), false, 'it has been caught up with already');
		assert.equal(a.now(), machine.now());
		machine.pass(1_000);
		assert.equal(a.now(), machine.now());
		assert.deepEqual([a.hasJumped(), b.hasJumped()], [false, false]);
	});

	it('a clock set back takes the store’s clock along', () => {
		const a = machine.process(0);
		a.adopt(undefined);
		machine.jump(-30 * minute);
		assert.equal(a.catchUp(), true);
		assert.equal(a.now(), machine.now());
	});

	it('where another process was right about the time, this one’s clock moves nothing', () => {
		const [a, b] = [machine.process(0), machine.process(0)];
		a.adopt(undefined);
		b.adopt(a.stamp());
		const moved = { wall: machine.now() + minute, monotonic: machine.monotonic };
		b.follow(moved);
		assert.equal(b.now(), machine.now() + minute);
		assert.equal(b.catchUp(), false);
		machine.pass(5_000);
		assert.equal(b.now(), machine.now() + minute);
	});

	it('slow drift of the wall clock is followed by a second at a time, by one of them', () => {
		const [a, b] = [machine.process(0), machine.process(0)];
		a.adopt(undefined);
		b.adopt(a.stamp());
		let commits = 0;
		for (let n = 0; n < 500; n++) {
			machine.pass(1_000);
			machine.jump(10);
			const [one, other] = n % 2 === 0 ? [a, b] : [b, a];
			if (one.catchUp()) {
				commits++;
				other.follow(one.stamp());
			}
			assert.ok(Math.abs(a.now() - machine.now()) <= 1_010, `${a.now() - machine.now()} ms off`);
			assert.ok(Math.abs(a.now() - b.now()) <= 1);
		}
		assert.ok(commits >= 4 && commits <= 5, `${commits} commits`);
	});
});
