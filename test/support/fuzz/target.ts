import assert from 'node:assert/strict';
import type { Property } from './property';

/** s that each target plays: those of `npm run fuzz` unless the environment says otherwise. */
const seconds = Number(process.env['KEYPOOL_FUZZ_SECONDS'] ?? 60);
/** Of chance, so that each run looks elsewhere, but for one that repeats a finding or plays as the last one did. */
const seed = Number(process.env['KEYPOOL_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** A target: its properties share its time. A property of which no case was played fails. */
export function target(name: string, properties: Readonly<Record<string, Property>>): void {
	describe(name, () => {
		const ms = (seconds * 1_000) / Object.keys(properties).length;
		for (const [held, one] of Object.entries(properties)) {
			it(held, async function () {
				// The last case may begin just before the end, and what broke is made smaller.
				this.timeout(ms * 2 + 60_000);
				const played = await one.play(ms, seed);
				if (played.is !== 'held') assert.fail(played.reason);
				console.log(`      ${played.cases} cases, seed ${seed}`);
			});
		}
	});
}
