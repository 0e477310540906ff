import assert from 'node:assert/strict';
import { Catalogue } from '../../../src/chat/catalogue';
import type { ModelInfo } from '../../../src/gemini/gemini';
import { VirtualClock } from '../virtualClock';

const flash: ModelInfo = { id: 'flash', label: 'Flash', inputLimit: 1_000 };
const lite: ModelInfo = { id: 'lite', label: 'Lite' };

describe('the catalogue of models', () => {
	const signal = new AbortController().signal;
	const open = (...answers: readonly (readonly ModelInfo[] | Error)[]) => {
		const clock = new VirtualClock();
		let reads = 0;
		const load = (): Promise<readonly ModelInfo[]> => {
			const answer = answers[Math.min(reads++, answers.length - 1)] ?? [];
			return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
		};
		return { catalogue: new Catalogue(load, clock.steady), clock, reads: () => reads };
	};

	it('tells what a model takes in, and nothing of one that the service has not told of', async () => {
		const { catalogue } = open([flash, lite]);
		assert.equal(catalogue.inputLimit('flash'), undefined, 'nothing was read yet');
		await catalogue.read(signal);
		assert.deepEqual(
			['flash', 'lite', 'pro'].map((id) => catalogue.inputLimit(id)),
			[1_000, undefined, undefined],
		);
	});

	it('is read once an hour', async () => {
		const { catalogue, clock, reads } = open([flash], [flash, lite]);
		await catalogue.read(signal);
		await clock.advance(3_600_000);
		assert.deepEqual(await catalogue.read(signal), [flash]);
		await clock.advance(1);
		assert.deepEqual(await catalogue.read(signal), [flash, lite]);
		assert.equal(reads(), 2);
	});

	it('keeps what it knows when the service cannot be reached, and tells of the trouble where it knows nothing', async () => {
		const { catalogue, clock } = open([flash], new Error('no network'));
		await catalogue.read(signal);
		await clock.advance(4_000_000);
		assert.deepEqual(await catalogue.read(signal), [flash]);
		await assert.rejects(open(new Error('no network')).catalogue.read(signal), /no network/);
	});

	it('asks again at once where it was told of no model, as while there is no key', async () => {
		const { catalogue } = open([], [flash]);
		assert.deepEqual(await catalogue.read(signal), []);
		assert.deepEqual(await catalogue.read(signal), [flash]);
	});
});
