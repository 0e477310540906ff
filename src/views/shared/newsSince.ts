import type { EpochMs } from '../../pool/pool';
import type { ViewClock } from './poolView';

/** ms. A clock that goes back by more was set back. */
const setBackMs = 60_000;

/** Whether something happened since the window began and was not asked about before: what was found out earlier was told then. */
export function newsSince(clock: Pick<ViewClock, 'now'>): (name: string, since: EpochMs) => boolean {
	let began = clock.now();
	const seen = new Set<string>();
	return (name, since) => {
		// By then, that was seen already.
		if (clock.now() < began - setBackMs) began = -Infinity;
		const event = `${name} ${since}`;
		const isNews = since > began && !seen.has(event);
		seen.add(event);
		return isNews;
	};
}
