import assert from 'node:assert/strict';
import { PoolError, type Chunk, type OpenStream, type FailureAction } from '../../../../src/pool/pool';
import { answers, fails, Rig } from '../../../support/pool/rig';

const refused: FailureAction = { type: 'replaceSignatures', reason: 'thoughtSignature' };

/** Asks of two keys; answers what each send was told of signatures, and how the request ended. */
async function ask(canReplaceSignatures: boolean, script: (nth: number) => 'refuses' | 'answers') {
	const rig = new Rig({ a: {}, b: {} }, answers);
	const told: string[] = [];
	const open: OpenStream<string> = (on, signal) => {
		told.push(`${on.key} ${on.replaceSignatures === true ? 'replaced' : 'kept'}`);
		return script(told.length) === 'refuses' ? fails(refused) : rig.open(on, signal);
	};
	let reason = 'answered';
	const parts: string[] = [];
	const read = async (): Promise<void> => {
		for await (const part of rig.pool.stream(rig.request({ canReplaceSignatures }), open)) parts.push(part.type);
	};
	await rig.clock.until(
		read().catch((error: unknown) => {
			reason = error instanceof PoolError ? error.reason : String(error);
		}),
	);
	return { told, reason };
}

describe('a thought signature that the service refuses', () => {
	it('is replaced once, on the same key', async () => {
		const { told, reason } = await ask(true, (nth) => (nth === 1 ? 'refuses' : 'answers'));
		assert.deepEqual(told, ['a kept', 'a replaced']);
		assert.equal(reason, 'answered');
	});

	it('ends the request where the replacement is refused, too', async () => {
		const { told, reason } = await ask(true, () => 'refuses');
		assert.deepEqual(told, ['a kept', 'a replaced']);
		assert.equal(reason, 'thoughtSignature');
	});

	it('ends a request that can replace none at once', async () => {
		const { told, reason } = await ask(false, () => 'refuses');
		assert.deepEqual(told, ['a kept']);
		assert.equal(reason, 'thoughtSignature');
	});

	it('stays replaced when the request moves to another key', async () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		const told: string[] = [];
		const open: OpenStream<string> = async function* (on, signal): AsyncGenerator<Chunk<string>> {
			told.push(`${on.key} ${on.replaceSignatures === true ? 'replaced' : 'kept'}`);
			if (told.length === 1) yield* fails(refused);
			if (told.length === 2) yield* fails({ type: 'coolDown', reason: 'rpm', delayMs: 60_000 });
			yield* rig.open(on, signal);
		};
		const parts: string[] = [];
		const read = async (): Promise<void> => {
			for await (const part of rig.pool.stream(rig.request({ canReplaceSignatures: true }), open))
				parts.push(part.type);
		};
		await rig.clock.until(read());
		assert.deepEqual(told, ['a kept', 'a replaced', 'b replaced']);
	});
});
