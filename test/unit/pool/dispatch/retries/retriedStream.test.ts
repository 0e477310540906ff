import assert from 'node:assert/strict';
import { PoolError, type PoolRequest, type StreamHooks, type StreamPart } from '../../../../../src/pool/pool';
import { answers, Asked, breaks, eventsOf, fails, Rig, rpm, type Send } from '../../../../support/pool/rig';

const badRequest = { type: 'fail', reason: 'badRequest' } as const;

type Begun = ReturnType<Rig['pool']['stream']>;
const iterated = (stream: Begun): AsyncIterator<StreamPart<unknown>> => stream[Symbol.asyncIterator]();

async function read(stream: Begun): Promise<string> {
	let types = '';
	for await (const { type } of stream) types += `${type} `;
	return types.trim();
}

/** A stream whose surface decides by `retry` what is sent in the place of what failed. */
function begun(rig: Rig, retry: StreamHooks['retry'], more: Partial<PoolRequest> = {}): Begun {
	return rig.pool.stream(rig.request(more), rig.open, undefined, { retry });
}
const byModel = (send: Send): ReturnType<Rig['open']> => (send.model === 'm' ? fails(badRequest) : answers(send));

describe('a request in the place of one that failed', () => {
	it('is read on the same stream, with the attempts of both, each with a record of its own', async () => {
		const rig = new Rig({ a: {} }, byModel);
		const told = eventsOf(rig);
		const reasons: string[] = [];
		const stream = begun(rig, ({ reason }) => {
			reasons.push(reason);
			return rig.clock.until(
				new Promise((resolve) => rig.clock.after(5_000, () => resolve(rig.request({ models: ['lite'] })))),
			);
		});
		assert.equal(await read(stream), 'output done');
		assert.deepEqual(reasons, ['badRequest']);
		assert.deepEqual(
			stream.attempts.map(({ model, outcome }) => `${model} ${outcome}`),
			['m badRequest', 'lite answered'],
		);
		assert.deepEqual(told, ['failed badRequest', 'ended badRequest', 'ended answered']);
		const records = rig.pool.usage().requestRecords();
		assert.deepEqual(
			records.map(({ attempts, timings }) => [attempts.length, timings?.ms]),
			[
				[1, 0],
				[1, 0],
			],
			'without the time of the decision',
		);
	});

	it('ends with the attempts of both: what the first has cost is a part of it', async () => {
		const rig = new Rig({ a: {} }, byModel);
		const retry = () => Promise.resolve(rig.request({ models: ['lite'] }));
		const asking = new Asked(rig.pool.stream(rig.request(), rig.open, undefined, { retry }));
		await rig.clock.until(asking.ended);
		assert.deepEqual(
			asking.done?.attempts.map(({ model, outcome }) => `${model} ${outcome}`),
			['m badRequest', 'lite answered'],
		);
	});

	it('is none where the surface wants none: the failure is the end', async () => {
		const rig = new Rig({ a: {} }, byModel);
		const stream = begun(rig, () => Promise.resolve(undefined));
		await assert.rejects(rig.clock.until(read(stream)), { reason: 'badRequest' });
		assert.equal(rig.sends.length, 1);
	});

	it('is not asked for once there was output, nor where nothing was to be sent, nor for a failure of our own', async () => {
		const asked: string[] = [];
		const retry = ({ reason }: PoolError): Promise<PoolRequest> => {
			asked.push(reason);
			return Promise.resolve(rig.request({ models: ['lite'] }));
		};
		const rig = new Rig({ a: {} }, () => breaks('half', badRequest));
		await assert.rejects(rig.clock.until(read(begun(rig, retry))), { reason: 'badRequest' });
		const told = eventsOf(rig);
		for (const precheck of [
			() => Promise.resolve(new PoolError('hostRefused', [])),
			() => Promise.reject(new Error('a fault of ours')),
		]) {
			await assert.rejects(read(rig.pool.stream(rig.request(), rig.open, undefined, { precheck, retry })));
		}
		assert.deepEqual([asked, rig.sends.length], [[], 1]);
		assert.deepEqual(
			told.filter((one) => one.startsWith('ended')),
			['ended hostRefused', 'ended unexpected'],
		);
		const records = rig.pool.usage().requestRecords();
		assert.deepEqual(
			records.map(({ attempts }) => attempts.length),
			[1, 0, 0],
		);
	});

	it('is not sent where the consumer left while it was decided', async () => {
		const rig = new Rig({ a: {} }, byModel);
		const parts = iterated(
			begun(
				rig,
				() => new Promise((resolve) => rig.clock.after(5_000, () => resolve(rig.request({ models: ['lite'] })))),
			),
		);
		const first = assert.rejects(Promise.resolve(parts.next()), { reason: 'badRequest' });
		await rig.clock.settle();
		await parts.return?.();
		await rig.clock.advance(5_000);
		await first;
		assert.equal(rig.sends.length, 1);
	});

	it('is a cancel in the statistics where its consumer leaves', async () => {
		const rig = new Rig({ a: {} }, (send) => fails(send.model === 'm' ? badRequest : rpm(30_000)));
		const told = eventsOf(rig);
		const parts = iterated(begun(rig, () => Promise.resolve(rig.request({ models: ['lite'] }))));
		const first = await parts.next();
		assert.equal(!first.done && first.value.type, 'waiting');
		await parts.return?.();
		assert.deepEqual(told, ['failed badRequest', 'ended badRequest', 'ended cancelled']);
	});
});

describe('a stream whose consumer leaves while it waits', () => {
	it('was cancelled, whatever it was told before', async () => {
		const rig = new Rig({ a: {} }, () => fails(rpm(30_000)));
		const told = eventsOf(rig);
		const parts = iterated(rig.pool.stream(rig.request(), rig.open));
		const first = await parts.next();
		assert.equal(!first.done && first.value.type, 'waiting');
		await parts.return?.();
		assert.deepEqual(told, ['ended cancelled']);
	});
});
