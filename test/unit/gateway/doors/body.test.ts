import assert from 'node:assert/strict';
import { GatewayRig, question, whole, type Answered } from '../../../support/gateway/gatewayRig';

const codeOf = ({ text }: Answered): string => /"KEYPOOL_(\w+)"/.exec(text)?.[1]?.toLowerCase() ?? text;

/** A body that comes piece by piece, and how much of it was asked for. */
function slowBody(rig: GatewayRig, pieces: number, everyMs: number, bytes = 1) {
	const taken = { pieces: 0, isCancelled: false };
	const piece = new Uint8Array(bytes).fill(32);
	const body = new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				if (taken.pieces === pieces) return controller.close();
				if (everyMs > 0) await new Promise<void>((resolve) => rig.clock.after(everyMs, resolve));
				taken.pieces++;
				controller.enqueue(piece);
			},
			cancel: () => {
				taken.isCancelled = true;
			},
		},
		{ highWaterMark: 0 },
	);
	return { taken, init: { body, duplex: 'half', method: 'POST' } as RequestInit };
}

/** A body that is there at once: a `Blob` is read in the real time, in newer versions of Node too late for the virtual one. */
function inPieces(...pieces: readonly (string | Uint8Array)[]): Omit<RequestInit, 'headers'> {
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => {
			for (const piece of pieces) controller.enqueue(Buffer.from(piece));
			controller.close();
		},
	});
	return { body, duplex: 'half', method: 'POST' };
}

describe('the doors of the gateway, before a body,', () => {
	it('read no body of values without number: a token must not hold up everybody else', async () => {
		const rig = new GatewayRig({ a: {} });
		const bodyOf = (values: string): string => JSON.stringify(question()).replace('{', `{"labels":[${values}],`);
		for (const value of ['0', '[]', '{}', '"\\\\"', '"\\",\\\\"']) {
			const answer = await rig.ask(whole, bodyOf(Array.from({ length: 500_001 }, () => value).join(',')));
			assert.deepEqual([answer.status, codeOf(answer)], [413, 'too_many_values'], value);
		}
		// A text is one, whatever is in it.
		const many = bodyOf(Array.from({ length: 400_000 }, () => '0').join(','));
		assert.equal((await rig.ask(whole, many)).status, 200);
		assert.equal((await rig.ask(whole, question('[{},"\\"'.repeat(300_000)))).status, 200);
		assert.equal(rig.calls.length, 2);
	});

	it('take no body whose text would go out otherwise than it came: it must be UTF-8, in whichever pieces', async () => {
		const rig = new GatewayRig({ a: {} });
		const [before, behind] = JSON.stringify(question('é|')).split('é');
		for (const [bytes, status] of [
			[[0xc3, 0xa9], 200],
			[[0xe9], 400],
			[[0xc3], 400],
			[[0xed, 0xa0, 0x80], 400],
		] as const) {
			const answer = await rig.ask(whole, 'unused', inPieces(before ?? '', new Uint8Array(bytes), behind ?? ''));
			assert.deepEqual(
				[answer.status, status === 400 ? codeOf(answer) : ''],
				[status, status === 400 ? 'bad_json' : ''],
			);
		}
		const cut = inPieces(JSON.stringify(question()), new Uint8Array([0xc3]));
		assert.equal((await rig.ask(whole, 'unused', cut)).status, 400);
		assert.deepEqual([rig.calls.length, rig.reported], [1, []]);
		assert.ok(rig.bodies[0]?.includes('é|'));
	});

	it('look at everything else before they read a byte of the body', async () => {
		const rig = new GatewayRig({ a: {} }, { client: { parallel: 1 } });
		await rig.ready;
		const cases: readonly (readonly [Record<string, string>, number])[] = [
			[{ host: 'evil.example' }, 403],
			[{ origin: 'https://evil.example' }, 403],
			[{ 'x-goog-api-key': 'kp_wrong' }, 401],
			[{ 'content-type': 'text/plain' }, 415],
			[{ 'content-length': String(1024 ** 3) }, 413],
		];
		for (const [headers, status] of cases) {
			const { taken, init } = slowBody(rig, 10, 0);
			const answer = await rig.ask(whole, 'unused', { ...init, headers });
			assert.deepEqual([answer.status, taken.pieces], [status, 0], JSON.stringify(headers));
			assert.equal(answer.headers.get('connection'), 'close');
		}
	});

	it('stop reading a body that is too large, also where it does not say so', async () => {
		const rig = new GatewayRig({ a: {} });
		const { taken, init } = slowBody(rig, 1024, 0, 1024 * 1024);
		const answer = await rig.ask(whole, 'unused', init as never);
		assert.deepEqual([answer.status, codeOf(answer)], [413, 'too_large']);
		assert.ok(taken.pieces <= 34 && taken.isCancelled, String(taken.pieces));
	});

	it('wait for no slow sender: neither for one that stops, nor for one that drips', async () => {
		for (const everyMs of [16_000, 14_000]) {
			const rig = new GatewayRig({ a: {} });
			const { taken, init } = slowBody(rig, 1_000, everyMs);
			const answer = await rig.ask(whole, 'unused', init as never);
			assert.deepEqual([answer.status, codeOf(answer), taken.isCancelled], [408, 'too_slow', true]);
			assert.ok(taken.pieces < 10);
			assert.equal(rig.gateway.underWay, 0);
		}
	});

	it('take nobody for trouble who leaves in the middle of the body', async () => {
		const rig = new GatewayRig({ a: {} });
		const gone = new AbortController();
		const body = new ReadableStream<Uint8Array>({
			pull: (controller) => {
				gone.abort();
				controller.error(new Error('aborted'));
			},
		});
		await rig.ask(whole, 'unused', { body, duplex: 'half', method: 'POST', signal: gone.signal } as never);
		assert.deepEqual([rig.reported, rig.gateway.underWay, rig.calls], [[], 0, []]);
	});

	it('keep 256 MB of all bodies at most, and of one client never more than are left for the others', async () => {
		const rig = new GatewayRig({ a: {} });
		const megabyte = 1024 * 1024;
		/** 32 MB that came, and an end that does not. */
		const unended = (): Promise<Answered> => {
			let left = 32;
			const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | undefined => {
				if (left-- === 0) return new Promise(() => undefined);
				controller.enqueue(new Uint8Array(megabyte));
				return undefined;
			};
			const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
			return rig.read(rig.send(whole, 'unused', { body, duplex: 'half', method: 'POST' } as never));
		};
		const waiting = [1, 2, 3, 4].map(unended);
		await rig.clock.settle();
		const fifth = await rig.ask(whole, question());
		assert.deepEqual([fifth.status, codeOf(fifth), fifth.headers.get('retry-after')], [429, 'full', '1']);
		assert.deepEqual([rig.gateway.underWay, rig.calls.length], [4, 0]);
		await rig.issue('other');
		assert.equal((await rig.ask(whole, question())).status, 200, 'another client finds room');
		for (const answer of await rig.clock.until(Promise.all(waiting))) assert.equal(codeOf(answer), 'too_slow');
		const again = await rig.clock.until(Promise.all([1, 2, 3, 4].map(unended)));
		assert.deepEqual(new Set(again.map(codeOf)), new Set(['too_slow']), 'room is given back');
	});

	it('keep none of the pieces in which it comes: those of a sender of single bytes would take 400 times its size', async () => {
		const rig = new GatewayRig({ a: {} });
		const bytes = Buffer.from(JSON.stringify(question('é'.repeat(5_000))));
		const piece = new Uint8Array(1);
		let at = 0;
		// What is kept of one is the last byte in the end.
		const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
			if (at === bytes.length) return controller.close();
			piece[0] = bytes[at++] ?? 0;
			controller.enqueue(piece);
		};
		const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
		const answer = await rig.ask(whole, 'unused', { body, duplex: 'half', method: 'POST' } as never);
		assert.deepEqual([answer.status, rig.bodies[0] === bytes.toString()], [200, true]);
	});
});
