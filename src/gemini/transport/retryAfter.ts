import { isGoogleHost } from '../request/address';

/** ms. A longer wait is the host's mistake: no quota asks for more than a day. */
const longest = 25 * 3_600_000;

/**
 * The wait in ms in the header `Retry-After`, given in seconds or as a date. Google's own header is useless (docs/FACTS.md 4) and
 * ignored. A date is compared with the host's `Date` header, if it sent one, because clocks differ.
 */
export function retryAfterMs(url: string, headers: Headers, now: () => number): number | undefined {
	const value = headers.get('retry-after')?.trim() ?? '';
	if (value === '' || isGoogleHost(new URL(url).hostname)) return undefined;
	// Only the HTTP format, because Date.parse accepts nearly anything.
	const date = / GMT$/i.test(value) ? Date.parse(value) : NaN;
	const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : date - dateOf(headers, now);
	return Number.isFinite(ms) && ms <= longest ? Math.max(0, ms) : undefined;
}

function dateOf(headers: Headers, now: () => number): number {
	const date = Date.parse(headers.get('date') ?? '');
	return Number.isNaN(date) ? now() : date;
}
