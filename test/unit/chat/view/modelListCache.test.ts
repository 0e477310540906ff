import assert from 'node:assert/strict';
import { ModelListCache, modelsOffered } from '../../../../src/chat/view/modelListCache';
import type { ModelInfo } from '../../../../src/gemini/gemini';
import { Failure, type KeyId } from '../../../../src/pool/pool';
import { answers, leaked, Rig } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';

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
		return {
			catalogue: new ModelListCache(load, clock.monotonic),
			clock,
			reads: () => reads,
		};
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

	it('is that of whoever answers: nothing of the simulator’s stays once that was left, also where it was just being read', async () => {
		let whose = 'simulator';
		let answer: (models: readonly ModelInfo[]) => void = () => undefined;
		const catalogue = new ModelListCache(
			() => new Promise((resolve) => (answer = resolve)),
			() => 0,
			() => whose,
		);
		const read = (): Promise<readonly ModelInfo[]> => catalogue.read(signal);
		const simulated = read();
		answer([flash]);
		assert.deepEqual(await simulated, [flash]);
		whose = 'own';
		assert.deepEqual([catalogue.known, catalogue.inputLimit('flash')], [[], undefined]);
		const own = read();
		answer([lite]);
		assert.deepEqual([await own, await read()], [[lite], [lite]]);
		whose = 'simulator';
		const late = read();
		whose = 'own';
		answer([flash]);
		assert.deepEqual([await late, catalogue.known], [[lite], [lite]]);
	});

	it('asks again at once where it was told of no model, as while there is no key', async () => {
		const { catalogue } = open([], [flash]);
		assert.deepEqual(await catalogue.read(signal), []);
		assert.deepEqual(await catalogue.read(signal), [flash]);
	});
});

describe('the list of models', () => {
	const signal = new AbortController().signal;
	const open = () => {
		const rig = new Rig({ a: {}, b: {} }, answers);
		const reads: string[] = [];
		const parts = {
			snapshot: () => rig.pool.snapshot(),
			secretOf: (id: KeyId) => Promise.resolve<string | undefined>(`sim-${id}`),
			mayAsk: () => Promise.resolve(true),
			models: (secret: string) => {
				reads.push(secret);
				return Promise.resolve([flash]);
			},
		};
		const pause = () => rig.pool.recordCheck('b' as KeyId, new Failure(leaked, true, 'leaked'));
		return { rig, parts, reads, pause };
	};

	it('is asked of a key that works', async () => {
		const { parts, reads } = open();
		assert.deepEqual(await modelsOffered(parts, signal), [flash]);
		assert.deepEqual(reads, ['sim-a']);
	});

	it('is not asked for while the pool is paused, and is again once a person resumes; what was known stays', async () => {
		const { rig, parts, reads, pause } = open();
		const catalogue = new ModelListCache((stop) => modelsOffered(parts, stop), rig.clock.monotonic);
		await catalogue.read(signal);
		await pause();
		await rig.clock.advance(2 * 3_600_000);
		assert.deepEqual(await catalogue.read(signal), [flash]);
		assert.equal(reads.length, 1);
		await rig.pool.execute({ type: 'resume' });
		await catalogue.read(signal);
		assert.equal(reads.length, 2);
	});

	it('is not asked for where the pool pauses while the secret is read', async () => {
		const { parts, reads, pause } = open();
		const secretOf = async (id: KeyId): Promise<string | undefined> => {
			await pause();
			return `sim-${id}`;
		};
		assert.deepEqual(await modelsOffered({ ...parts, secretOf }, signal), []);
		assert.deepEqual(reads, []);
	});

	it('is not asked for where a host is not settled, or the key is gone', async () => {
		const { parts, reads } = open();
		assert.deepEqual(await modelsOffered({ ...parts, mayAsk: () => Promise.resolve(false) }, signal), []);
		assert.deepEqual(await modelsOffered({ ...parts, secretOf: () => Promise.resolve(undefined) }, signal), []);
		assert.deepEqual(reads, []);
	});
});
