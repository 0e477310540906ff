import type { Quota, WindowKind } from '../../../../src/simulator/service';

const minuteMs = 60_000;

/** A stretch of time in which a limit stays the same, ms since 1970. */
interface Stretch {
	readonly from: number;
	readonly to: number;
	readonly quota: Quota;
}

/**
 * The most requests that a client gets out of one bucket which knows every limit, window and change beforehand and always
 * has something to send. `stretches` follow each other; a Pacific day ends at `midnight`. `tokens`: input tokens
 * of a request on average; `spentBefore`: requests of the first of the two days that were made before.
 */
export function mostRequests(
	kind: WindowKind,
	stretches: readonly Stretch[],
	midnight: number,
	tokens: number,
	spentBefore: number,
): number {
	let sum = 0;
	// At midnight a day begins anew, a minute does not: only where nothing was left of the day before is all of it there.
	let hasRested = true;
	for (const [from, to, before] of [
		[-Infinity, midnight, spentBefore],
		[midnight, Infinity, 0],
	] as const) {
		const parts = stretches
			.map((part) => ({ ...part, from: Math.max(part.from, from), to: Math.min(part.to, to) }))
			.filter((part) => part.to > part.from);
		let spent = before;
		parts.forEach(({ quota, ...part }, index) => {
			const fresh = index === 0 && hasRested;
			const rpm = inMinutes(kind, part, quota.rpm, fresh);
			const tpm = inMinutes(kind, part, quota.tpm, fresh) / tokens;
			const left = Math.max(0, (quota.rpd ?? Infinity) - spent);
			spent += Math.floor(Math.min(rpm, tpm, left));
		});
		sum += spent - before;
		hasRested = parts.length === 0 || spent >= (parts.at(-1)?.quota.rpd ?? Infinity);
	}
	return sum;
}

/** What a limit a minute lets through; `fresh`: nothing was used before. */
function inMinutes(
	kind: WindowKind,
	{ from, to }: Omit<Stretch, 'quota'>,
	limit: number | undefined,
	fresh: boolean,
): number {
	if (limit === undefined) return Infinity;
	const minutes = (to - from) / minuteMs;
	switch (kind) {
		case 'fixed': {
			// The minutes of the wall clock that it touches; the first one belongs to the stretch before.
			const first = fresh ? Math.floor(from / minuteMs) : Math.ceil(from / minuteMs);
			return limit * (Math.floor((to - 1) / minuteMs) - first + 1);
		}
		// As many windows as minutes, and one more where the stretch begins and ends within one.
		case 'phased':
		case 'sliding':
			return limit * (fresh ? Math.floor(minutes) + 1 : minutes);
		case 'bucket':
			return limit * (minutes + (fresh ? 1 : 0));
	}
}
