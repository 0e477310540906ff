/** ms. No quota of minutes or days asks for a longer delay. */
const longest = 48 * 3_600_000;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longer units before shorter ones; `ms` before `m`, or 900ms would read as 900 minutes. */
const number = String.raw`\d{1,12}(?:\.\d{1,12})?`;
const compound = String.raw`(?:${number}(?:ms|[dhms])[ \t]?){1,5}`;
const whole = new RegExp(`^${compound}$`);
const retryIn = new RegExp(String.raw`retry in[ \t]{1,4}(${compound})`, 'i');
const retryAfter = /retry.?after[:\s]{1,8}["']?(\d{1,12})/i;

/**
 * Reads a duration as the service writes it: `38s`, `38.909s`, `900ms`, `6h39m37.4s`, `19h34m`.
 * Returns ms (fractions kept), or undefined for anything else: negative, NaN, without a unit, longer than two days.
 */
export function parseDuration(text: string): number | undefined {
	const trimmed = text.length > 64 ? '' : text.trim();
	return whole.test(trimmed) ? sane(sum(trimmed)) : undefined;
}

/**
 * The delay that a message states in words: "Please retry in 6h39m37.4s." or, in older services, "retry after: 30" (in
 * seconds). Returns ms, or undefined where none is stated.
 */
export function delayInMessage(message: string): number | undefined {
	const stated = retryIn.exec(message)?.[1];
	if (stated !== undefined) {
		return sane(sum(stated));
	}
	const seconds = retryAfter.exec(message)?.[1];
	return seconds === undefined ? undefined : sane(Number(seconds) * 1000);
}

function sum(durations: string): number {
	let ms = 0;
	for (const [, value = '', unit = ''] of durations.matchAll(new RegExp(`(${number})(ms|[dhms])`, 'g'))) {
		ms += Number(value) * (unitMs[unit] ?? NaN);
	}
	return ms;
}

function sane(ms: number): number | undefined {
	return ms >= 0 && ms <= longest ? ms : undefined;
}
