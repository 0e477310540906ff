import { isGoogleHost } from '../request/baseUrl';

/** ms. A longer wait is a mistake of the host's: no quota asks for more than a day. */
const longest = 25 * 3_600_000;

/**
 * The wait in ms that the header `Retry-After` states, in seconds or as a date. Google's own header is no use
 * (docs/FACTS.md 4), so that of its hosts is not read. A date is compared with the host's own, where it sent one: clocks
 * differ.
 */
export function retryAfterMs(url: string, headers: Headers, now: () => number): number | undefined {
	const value = headers.get('retry-after')?.trim() ?? '';
	if (value === '' || isGoogleHost(new URL(url).hostname)) return undefined;
	// A form of HTTP's: Date.parse takes nearly anything for a date.
	const date = / GMT$/i.test(value) ? Date.parse(value) : NaN;
	const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : date - dateOf(headers, now);
	return Number.isFinite(ms) && ms <= longest ? Math.max(0, ms) : undefined;
}

function dateOf(headers: Headers, now: () => number): number {
	const date = Date.parse(headers.get('date') ?? '');
	return Number.isNaN(date) ? now() : date;
}
