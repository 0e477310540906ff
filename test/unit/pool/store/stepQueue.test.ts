import assert from 'node:assert/strict';
import { DocMaps, DocsTransaction } from '../../../../src/pool/pool';
import { StepQueue, type Step } from '../../../../src/pool/store/stepQueue';

const now = Date.UTC(2026, 10, 24, 20);

describe('steps that wait for their store', () => {
	/** Runs a step on documents that nobody keeps. */
	const run = (step: Step): Promise<() => void> =>
		Promise.resolve(step.run(new DocsTransaction(new DocMaps(), now), now));

	it('are run one by one, and say when none is left', async () => {
		const queue = new StepQueue();
		const order: number[] = [];
		const both = [1, 2].map((n) => queue.add(() => order.push(n)));
		assert.equal(await queue.runFirst(run), true);
		assert.deepEqual(order, [1]);
		assert.equal(await queue.runFirst(run), true);
		assert.deepEqual(await Promise.all(both), [1, 2]);
		assert.equal(await queue.runFirst(run), false);
	});

	it('answer once they are written, not before', async () => {
		const queue = new StepQueue();
		let isAnswered = false;
		const answered = queue.add(() => 'done').then((answer) => ((isAnswered = true), answer));
		let write: () => void = () => undefined;
		const running = queue.runFirst(async (step) => {
			const end = await run(step);
			await new Promise<void>((resolve) => (write = resolve));
			return end;
		});
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(isAnswered, false);
		write();
		await running;
		assert.equal(await answered, 'done');
	});

	it('fail with what the step or the store threw', async () => {
		const queue = new StepQueue();
		const [step, store] = [new Error('mine'), new Error('the disk')];
		const failing = assert.rejects(
			queue.add(() => {
				throw step;
			}),
			step,
		);
		const unwritten = assert.rejects(
			queue.add(() => undefined),
			store,
		);
		assert.equal(await queue.runFirst(run), true);
		assert.equal(await queue.runFirst(() => Promise.reject(store)), true);
		await Promise.all([failing, unwritten]);
	});

	it('are told of in memory before they answer, and not at all where they throw', async () => {
		const queue = new StepQueue();
		const docs = new DocMaps();
		const order: string[] = [];
		const told = (refs: readonly object[]): void => void order.push(`${refs.length} told`);
		queue.runFirstInMemory(docs, now, told);
		const done = queue
			.add((tx, at) => tx.put({ kind: 'pool', doc: { v: 2, forgottenAt: at } }))
			.then(() => order.push('answered'));
		queue.runFirstInMemory(docs, now, told);
		await done;
		const failing = assert.rejects(
			queue.add((tx) => {
				tx.put({ kind: 'pool', doc: { v: 2 } });
				throw new Error('mine');
			}),
			/mine/,
		);
		queue.runFirstInMemory(docs, now, told);
		await failing;
		assert.deepEqual([order, docs.pool], [['1 told', 'answered'], { v: 2, forgottenAt: now }]);
	});
});
