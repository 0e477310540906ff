import assert from 'node:assert/strict';
import fc from 'fast-check';

/** Something that must hold of every case. */
export interface Property {
	/** Plays cases for so many ms. */
	play(ms: number, seed: number): Promise<Played>;
}

/** `why`: what is wrong, in words: what broke, with the seed and a small case; or that none was played. */
export type Played =
	| { readonly is: 'held'; readonly cases: number }
	| { readonly is: 'broken' | 'unplayed'; readonly reason: string };

/** ms of the processor's time that one case may take: what is linear in the largest text takes a tenth of it. */
const usualMs = 1_000;

/** More than can be played: the time ends it. */
const endless = 1_000_000_000;

export function property<T>(
	arbitrary: fc.Arbitrary<T>,
	check: (value: T) => void | Promise<void>,
	maxCaseMs = usualMs,
): Property {
	return {
		play: async (ms, seed) => {
			let cases = 0;
			const held = fc.asyncProperty(arbitrary, async (value) => {
				const before = process.cpuUsage();
				await check(value);
				const { user, system } = process.cpuUsage(before);
				const took = (user + system) / 1_000;
				assert.ok(took < maxCaseMs, `It took ${took.toFixed(0)} ms of the processor's time`);
				cases += 1;
			});
			const found = await fc.check(held, { plugins: [fc.interruptAfterTimeLimit(ms)], numRuns: endless, seed });
			// Where time was over before the first case, there is nothing that failed.
			if (found.counterexample !== null) return { is: 'broken', reason: inWords(found) };
			return cases === 0 ? { is: 'unplayed', reason: 'No case was played.' } : { is: 'held', cases };
		},
	};
}

/** First of all what is wrong: a case can be long. */
function inWords<T>({ counterexample, counterexamplePath, errorInstance, seed }: fc.RunDetails<T>): string {
	const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
	const where = `KEYPOOL_FUZZ_SEED=${seed}, path ${counterexamplePath ?? ''}`;
	return `${error.slice(0, 5_000)}\n${where}, of the case ${fc.stringify(counterexample).slice(0, 10_000)}`;
}
