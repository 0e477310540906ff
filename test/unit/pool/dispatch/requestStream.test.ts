import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { PoolError } from '../../../../src/pool/pool';
import { answers, Asked, eventsOf, fails, hangs, Rig } from '../../../support/pool/rig';

const refusal = (): Promise<PoolError> => Promise.resolve(new PoolError('hostRefused', []));

describe('the stream of one request', () => {
	it('knows the model that was chosen before it was iterated', async () => {
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

	it('does nothing before it is iterated, and is no request where nobody does', async () => {
		const rig = new Rig({ a: {} }, answers);
		const told = eventsOf(rig);
		let checks = 0;
		const stream = rig.pool.stream(rig.request(), rig.open, undefined, {
			precheck: () => Promise.resolve(void checks++),
		});
		stream.useModel('other');
		await rig.clock.settle();
		await stream[Symbol.asyncIterator]().return?.();
		const late = await stream[Symbol.asyncIterator]().next();
		assert.deepEqual([late.done, checks, told, rig.sends.length], [true, 0, [], 0]);
		assert.equal(rig.store.replica().model.size, 0);
	});

	it('checks once before anything is sent, and ends with what the check says', async () => {
		const rig = new Rig({ a: {} }, answers);
		const told = eventsOf(rig);
		const parts = rig.pool.stream(rig.request(), rig.open, undefined, { precheck: refusal })[Symbol.asyncIterator]();
		for (let n = 0; n < 2; n++) await assert.rejects(parts.next(), { reason: 'hostRefused' });
		assert.deepEqual([told, rig.sends.length], [['failed hostRefused', 'ended hostRefused'], 0]);
		const [record] = rig.pool.usage().requestRecords();
		assert.deepEqual(record?.timings, { ms: 0, waitedMs: 0, switches: [] });
	});

	it('counts no time that the check takes', async () => {
		const rig = new Rig({ a: {} }, answers);
		const slow = () => new Promise<undefined>((resolve) => rig.clock.after(5_000, () => resolve(undefined)));
		const reading = (async () => {
			for await (const part of rig.pool.stream(rig.request(), rig.open, undefined, { precheck: slow }))
				assert.ok(part.type);
		})();
		await rig.clock.until(reading);
		assert.equal(rig.pool.usage().requestRecords()[0]?.timings?.ms, 0);
	});

	it('is cancelled during the check, whoever is asked meanwhile, and leaves nothing on the signal', async () => {
		const rig = new Rig({ a: {} }, answers);
		const told = eventsOf(rig);
		const abort = new AbortController();
		const asking = new Promise<undefined>(() => undefined);
		const stream = rig.pool.stream(rig.request(), rig.open, abort.signal, { precheck: () => asking });
		const first = stream[Symbol.asyncIterator]().next();
		await rig.clock.settle();
		abort.abort();
		await assert.rejects(rig.clock.until(first), { reason: 'cancelled' });
		assert.deepEqual([told, rig.sends.length], [['failed cancelled', 'ended cancelled'], 0]);
		let asked = 0;
		const precheck = (): Promise<undefined> => (asked++, asking);
		const late = rig.pool.stream(rig.request(), rig.open, abort.signal, { precheck })[Symbol.asyncIterator]().next();
		await assert.rejects(rig.clock.until(late), { reason: 'cancelled' });
		assert.equal(asked, 0, 'nobody is asked for whom has left already');
		const checked = new AbortController();
		await rig.clock.until(new Asked(rig.pool.stream(rig.request(), rig.open, checked.signal)).ended);
		assert.deepEqual(getEventListeners(checked.signal, 'abort'), []);
	});

	it('sends nothing where its consumer left during the check', async () => {
		const rig = new Rig({ a: {} }, answers);
		const told = eventsOf(rig);
		const slow = () => new Promise<undefined>((resolve) => rig.clock.after(5_000, () => resolve(undefined)));
		const parts = rig.pool.stream(rig.request(), rig.open, undefined, { precheck: slow })[Symbol.asyncIterator]();
		const first = parts.next();
		await parts.return?.();
		await rig.clock.advance(5_000);
		assert.equal((await first).done, true);
		assert.deepEqual([told, rig.sends.length, rig.clock.pending], [['ended cancelled'], 0, 0]);
	});

	it('ends once: with its failure, and then with nothing', async () => {
		const rig = new Rig({ a: {} }, () => fails({ type: 'fail', reason: 'badRequest' }));
		const told = eventsOf(rig);
		const parts = rig.pool.stream(rig.request(), rig.open)[Symbol.asyncIterator]();
		await assert.rejects(rig.clock.until(parts.next()), { reason: 'badRequest' });
		assert.equal((await parts.next()).done, true);
		await parts.return?.();
		assert.deepEqual(told, ['failed badRequest', 'ended badRequest']);
	});

	it('is cancelled by a pool that has ended, and so is one that begins after', async () => {
		const rig = new Rig({ a: {} }, hangs);
		const [before, after] = [rig.ask(), (): ReturnType<Rig['ask']> => rig.ask()];
		await rig.clock.settle();
		rig.pool.dispose();
		const late = after();
		await rig.clock.until(Promise.all([before.ended, late.ended]));
		assert.deepEqual([before.error?.reason, late.error?.reason], ['cancelled', 'cancelled']);
		assert.equal(rig.sends.length, 1);
		assert.equal(rig.clock.pending, 0);
	});
});
