import assert from 'node:assert/strict';
import { delayInMessage, parseDuration } from '../../../../src/gemini/errors/duration';

describe('gemini: durations', () => {
	const durations: readonly (readonly [string, number | undefined])[] = [
		['38s', 38_000],
		['38.909s', 38_909],
		['900ms', 900],
		['0s', 0],
		['23977s', 23_977_000],
		['6h39m37.4s', 23_977_400],
		['18m5.02s', 1_085_020],
		['19h34m', 70_440_000],
		['1d', 86_400_000],
		[' 5s ', 5000],
		['1h 2m', 3_720_000],
		['-5s', undefined],
		['NaNs', undefined],
		['s', undefined],
		['38', undefined],
		['', undefined],
		['1e9s', undefined],
		['99999999s', undefined],
		['5 seconds from now', undefined],
		[`${'9'.repeat(400)}s`, undefined],
	];
	for (const [text, ms] of durations) {
		it(`reads ${JSON.stringify(text.slice(0, 30))} as ${String(ms)} ms`, () => {
			const read = parseDuration(text);
			assert.equal(read === undefined ? undefined : Math.round(read), ms);
		});
	}

	const messages: readonly (readonly [string, number | undefined])[] = [
		['You exceeded your quota.\nPlease retry in 30.467058293s.', 30_467],
		['Please retry in 6h39m37.426631617s.', 23_977_427],
		['Please retry in 500ms.', 500],
		['PLEASE RETRY IN 2m', 120_000],
		['Retry-After: 30', 30_000],
		['retry after 12', 12_000],
		['retryAfter: "7"', 7000],
		['RETRY_AFTER:\n45', 45_000],
		['Please retry in a while.', undefined],
		['Please retry in -3s.', undefined],
		['Retry-After: 99999999999', undefined],
		['', undefined],
	];
	for (const [text, ms] of messages) {
		it(`finds ${String(ms)} ms in ${JSON.stringify(text)}`, () => {
			const read = delayInMessage(text);
			assert.equal(read === undefined ? undefined : Math.round(read), ms);
		});
	}
});
