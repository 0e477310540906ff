import assert from 'node:assert/strict';
import type { CheckOutcome } from '../../../../src/keys/check/check';
import { checkKeys, countOutcomes } from '../../../../src/keys/check/check';
import type { KeyId, FailureAction } from '../../../../src/pool/pool';
import { Failure } from '../../../../src/pool/pool';

const ids = (...names: string[]) => names as KeyId[];
const bench = (reason: 'badKey' | 'leaked', abuse: boolean): FailureAction => ({
	type: 'quarantine',
	reason,
	scope: 'key',
	abuse,
	recheckMs: [],
});
const unreachable: FailureAction = {
	type: 'retrySameKey',
	reason: 'network',
	scope: 'request',
	maxRetries: 4,
	afterRetries: 'fallbackModel',
};

async function run(
	names: readonly KeyId[],
	check: (secret: string, signal: AbortSignal) => Promise<void>,
	signal = new AbortController().signal,
): Promise<Record<string, CheckOutcome>> {
	const told: Record<string, CheckOutcome> = {};
	const secretOf = (id: KeyId) => Promise.resolve(id === 'gone' ? undefined : `secret of ${id}`);
	const outcomes = await checkKeys(names, secretOf, check, signal, (id, outcome) => (told[id] = outcome));
	assert.deepEqual(told, Object.fromEntries(outcomes));
	return told;
}

describe('checking keys', () => {
	it('goes on with the other keys if the secret storage refuses one, which is not checked', async () => {
		const secretOf = (id: KeyId) => (id === 'locked' ? Promise.reject(new Error('locked')) : Promise.resolve('secret'));
		const checked = checkKeys(
			ids('a', 'locked', 'b', 'c', 'd'),
			secretOf,
			() => Promise.resolve(),
			new AbortController().signal,
			() => undefined,
		);
		assert.deepEqual(Object.fromEntries(await checked), {
			a: { type: 'works' },
			locked: { type: 'undecided', reason: 'keysLocked' },
			b: { type: 'works' },
			c: { type: 'works' },
			d: { type: 'works' },
		});
	});

	it('checks a key anew that is replaced meanwhile: what is refused is not the one that is there', async () => {
		let stored = 'old';
		const checked: string[] = [];
		const check = (secret: string): Promise<void> => {
			checked.push(secret);
			stored = 'new';
			return secret === 'old' ? Promise.reject(new Failure(bench('badKey', false), true, '')) : Promise.resolve();
		};
		const secretOf = () => Promise.resolve(stored);
		const told: CheckOutcome[] = [];
		await checkKeys(ids('a'), secretOf, check, new AbortController().signal, (_, outcome) => told.push(outcome));
		assert.deepEqual([checked, told], [['old', 'new'], [{ type: 'works' }]]);
	});

	it('ends when it is cancelled, also while the secret storage hangs', async () => {
		const abort = new AbortController();
		const secretOf = (id: KeyId) => (id === 'a' ? Promise.resolve('secret') : new Promise<string>(() => undefined));
		const checked = checkKeys(
			ids('a', 'b', 'c', 'd', 'e'),
			secretOf,
			() => Promise.resolve(),
			abort.signal,
			(id) => id === 'a' && abort.abort(),
		);
		assert.deepEqual(countOutcomes((await checked).values()), { works: 1, refused: 0, undecided: 0, cancelled: 4 });
	});

	it('distinguishes keys that work, keys that were refused, and keys that could not be checked', async () => {
		const failure = new Failure(bench('badKey', false), true, 'API key not valid');
		const told = await run(ids('good', 'bad', 'far', 'odd', 'gone'), (secret) => {
			switch (secret) {
				case 'secret of bad':
					return Promise.reject(failure);
				case 'secret of far':
					return Promise.reject(new Failure(unreachable, false, 'ENOTFOUND'));
				case 'secret of odd':
					return Promise.reject(new TypeError('a fault of ours'));
				default:
					return Promise.resolve();
			}
		});
		const counts = countOutcomes(Object.values(told));
		assert.deepEqual(told, {
			good: { type: 'works' },
			bad: { type: 'refused', reason: 'badKey', abuse: false, failure },
			far: { type: 'undecided', reason: 'network' },
			odd: { type: 'undecided', reason: 'unexpected' },
			gone: { type: 'cancelled' },
		});
		assert.deepEqual(counts, { works: 1, refused: 1, undecided: 2, cancelled: 1 });
	});

	it('stops once the user says that no key may go to the configured address', async () => {
		const asked: string[] = [];
		const told = await run(ids('a', 'b', 'c', 'd', 'e'), (secret) => {
			asked.push(secret);
			return Promise.reject(new Failure({ type: 'fail', reason: 'hostRefused' }, false, ''));
		});
		assert.equal(asked.length, 3, 'those that were asked about at the same time');
		assert.deepEqual([told['a'], told['e']], [{ type: 'undecided', reason: 'hostRefused' }, { type: 'cancelled' }]);
	});

	it('checks three at a time, each once', async () => {
		const asked: string[] = [];
		let running = 0;
		let most = 0;
		await run(ids('a', 'b', 'c', 'd', 'e', 'f', 'g'), async (secret) => {
			asked.push(secret);
			running += 1;
			most = Math.max(most, running);
			await new Promise((resolve) => setImmediate(resolve));
			running -= 1;
		});
		assert.equal(most, 3);
		assert.equal(new Set(asked).size, 7);
		assert.equal(asked.length, 7);
	});

	it('checks no further key after an abuse signal', async () => {
		const asked: string[] = [];
		const told = await run(ids('a', 'b', 'c', 'd', 'e'), (secret) => {
			asked.push(secret);
			return Promise.reject(new Failure(bench('leaked', true), true, 'reported as leaked'));
		});
		assert.ok(asked.length <= 3);
		assert.equal(told['e']?.type, 'cancelled');
	});

	it('stops when it is cancelled, and blames no key', async () => {
		const abort = new AbortController();
		const told = await run(
			ids('a', 'b', 'c', 'd'),
			(_, signal) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener('abort', () => reject(new Failure(unreachable, false, 'aborted')));
					abort.abort();
					if (signal.aborted) {
						reject(new Failure(unreachable, false, 'aborted'));
					}
				}),
			abort.signal,
		);
		assert.deepEqual([...new Set(Object.values(told).map((outcome) => outcome.type))], ['cancelled']);
	});
});
