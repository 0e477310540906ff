import assert from 'node:assert/strict';
import { PoolError, type Target, type FailureAction } from '../../../../src/pool/pool';
import { useLoopback } from '../../../support/loopback';
import { answers, Rig } from '../../../support/pool/rig';
import { failureIn, loadSdk, question, roomOver, run, actionIn } from '../../../support/gemini/room';

const network: FailureAction = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};
const noWay: FailureAction = {
	type: 'retrySameKey',
	reason: 'unreachable',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fail',
};
const piece = `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text: 'so far' }] } }] })}\n\n`;

/**
 * Turns of the event loop in which the far side must see a cancel, for which it has 5 ms. It takes one; a delay of 5 ms was
 * seen to take 69 on a busy machine. A machine that is busier slows both down, which a bound in ms would not stand.
 */
const maxTurns = 10;

/** Counts turns of the event loop. */
class Turns {
	private count = 0;
	private next: NodeJS.Immediate | undefined;

	begin(): void {
		this.next = setImmediate(() => {
			this.count++;
			this.begin();
		});
	}

	end(): number {
		clearImmediate(this.next);
		return this.count;
	}
}

/** Ends where the request was cancelled. */
async function* cancellable<P>(parts: AsyncIterable<P>): AsyncGenerator<P> {
	try {
		yield* parts;
	} catch (error) {
		assert.ok(error instanceof PoolError && error.reason === 'cancelled');
	}
}

describe('gemini: over real sockets', () => {
	const listen = useLoopback();

	before(loadSdk);

	for (const status of [301, 302, 303, 307, 308]) {
		it(`does not carry the key along a ${status}`, async () => {
			const seen: string[] = [];
			const { url: elsewhere } = await listen((request, response) => {
				seen.push(JSON.stringify(request.headers));
				response.end();
			});
			const { url: baseUrl } = await listen((request, response) => {
				request.resume();
				response.writeHead(status, { location: `${elsewhere}/v1beta/models` }).end();
			});
			const gemini = roomOver(fetch, { baseUrl });
			assert.deepEqual(actionIn(await run(gemini)), { type: 'fail', reason: 'redirected' });
			await assert.rejects(gemini.check('sim-one', new AbortController().signal), /redirect/);
			assert.deepEqual(seen, []);
		});
	}

	it('reports a reset before headers as network trouble of a request that was sent', async () => {
		const { url: baseUrl } = await listen((request) => request.socket.resetAndDestroy());
		const failure = failureIn(await run(roomOver(fetch, { baseUrl })));
		assert.deepEqual([failure.action, failure.sent], [network, true]);
	});

	it('reports a connection lost in the middle, and keeps what had come', async () => {
		const { url: baseUrl } = await listen((request, response) => {
			request.resume();
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(piece, () => setImmediate(() => response.destroy()));
		});
		const outcome = await run(roomOver(fetch, { baseUrl }));
		assert.deepEqual(actionIn(outcome), network);
		assert.equal(outcome.text, 'so far');
	});

	it('knows that nothing was sent where nobody listens', async () => {
		const { url: baseUrl, close } = await listen();
		await close();
		const failure = failureIn(await run(roomOver(fetch, { baseUrl })));
		assert.deepEqual([failure.action, failure.sent], [noWay, false]);
		assert.match(failure.serviceMessage, /ECONNREFUSED/);
	});

	it('lets a cancel of a request through the pool reach the socket at once', async () => {
		for (let n = 0; n < 5; n++) {
			let closed: (turns: number) => void = () => undefined;
			const gone = new Promise<number>((resolve) => (closed = resolve));
			const cancel = new AbortController();
			const turns = new Turns();
			const { url: baseUrl } = await listen((request, response) => {
				request.resume();
				request.socket.once('close', () => closed(turns.end()));
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(piece);
			});
			const gemini = roomOver(fetch, { baseUrl });
			const rig = new Rig({ a: {} }, answers);
			const open = (on: Target, signal: AbortSignal) => gemini.open(question())({ ...on, written: [] }, signal);
			for await (const part of cancellable(rig.pool.stream(rig.request(), open, cancel.signal))) {
				if (part.type !== 'output') continue;
				cancel.abort();
				turns.begin();
			}
			const taken = await gone;
			assert.ok(taken <= maxTurns, `${taken} turns of the event loop`);
		}
	});

	it('closes the connection when the caller aborts', async () => {
		let closed: (() => void) | undefined;
		const gone = new Promise<void>((resolve) => (closed = resolve));
		const controller = new AbortController();
		const { url: baseUrl } = await listen((request, response) => {
			request.resume();
			request.socket.once('close', () => closed?.());
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(piece, () => setImmediate(() => controller.abort('enough')));
		});
		const outcome = await run(roomOver(fetch, { baseUrl }), { signal: controller.signal });
		assert.equal(outcome.thrown, 'enough');
		await gone;
	});
});
