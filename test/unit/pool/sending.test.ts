import assert from 'node:assert/strict';
import { Sending } from '../../../src/pool/sending';
import { answers, fails, Rig, type RigOptions } from '../../support/pool/rig';

/** Counts how often the half that sends is read from disk; while `broken`, it cannot be. */
class Disk {
	reads = 0;
	broken = false;

	readonly load: NonNullable<RigOptions['load']> = () => {
		this.reads++;
		return this.broken ? Promise.reject(new Error('no such file')) : Promise.resolve(Sending);
	};
}

describe('the half of the engine that sends', () => {
	it('is not read for a window that only looks, and once for all that is asked', async () => {
		const disk = new Disk();
		const rig = new Rig({ a: {}, b: {} }, answers, { load: disk.load });
		rig.setKeys({ a: {}, b: {}, c: {} });
		rig.pool.configure({ strategy: 'weighted' });
		assert.equal(rig.pool.snapshot().usable, 3);
		await rig.clock.settle();
		assert.equal(disk.reads, 0);
		const asked = [rig.ask(), rig.ask()];
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		assert.ok((await rig.answer()).done);
		assert.equal(disk.reads, 1);
	});

	it('where it cannot be read the request says so, and the next one tries again', async () => {
		const disk = new Disk();
		const rig = new Rig({ a: {} }, answers, { load: disk.load });
		disk.broken = true;
		const { error } = await rig.answer();
		assert.equal(error?.reason, 'unexpected');
		assert.match(error.facts.serviceMessage ?? '', /no such file/);
		disk.broken = false;
		assert.ok((await rig.answer()).done);
	});

	it('is read where a quarantined key waits for its re-check, without any prompt', async () => {
		const first = new Rig({ a: {} }, () =>
			fails({ type: 'quarantine', reason: 'badKey', scope: 'key', recheckMs: [60_000], abuse: false }),
		);
		await first.answer();
		const disk = new Disk();
		const later = new Rig({ a: {} }, answers, {
			load: disk.load,
			ledger: first.ledger.export(),
			start: first.clock.wall(),
		});
		assert.equal(later.pool.snapshot().usable, 0);
		await later.clock.advance(15 * 60_000);
		assert.deepEqual(later.checks, ['a']);
		assert.equal(later.pool.snapshot().usable, 1);
		assert.equal(disk.reads, 1);
	});

	it('knows which model was chosen before it was there', async () => {
		const rig = new Rig({ a: {} }, answers);
		const stream = rig.pool.stream(rig.request(), rig.open);
		assert.deepEqual(stream.attempts, []);
		stream.useModel('other');
		const models: string[] = [];
		const reading = (async () => {
			for await (const part of stream) if (part.type === 'done') models.push(part.on.model);
		})();
		await rig.clock.until(reading);
		assert.deepEqual(models, ['other']);
	});

	it('is not begun by a pool that has ended', async () => {
		const disk = new Disk();
		const rig = new Rig({ a: {} }, answers, { load: disk.load });
		const asked = rig.ask();
		rig.pool.dispose();
		await rig.clock.until(asked.ended);
		assert.equal(asked.error?.reason, 'cancelled');
		assert.equal(rig.sends.length, 0);
		assert.equal(rig.clock.pending, 0);
	});
});
