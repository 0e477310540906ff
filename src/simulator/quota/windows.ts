import type { MinutePhase } from '../time/minutePhase';

/**
 * How the service counts a minute. `phased`: in windows of 60 s whose beginning is the project's own and hidden, which is
 * what public reports point to. Nobody outside knows, so there are three others: `fixed` (the clock's minute), `sliding`
 * (the last 60 s) and `bucket` (refilled evenly).
 */
export type WindowKind = 'phased' | 'fixed' | 'sliding' | 'bucket';

export const windowKinds: readonly WindowKind[] = ['phased', 'fixed', 'sliding', 'bucket'];

/** Counts what was spent in the last minute. The limit comes with each question because it can change at any time. */
export interface Meter {
	/** ms until `amount` fits under `limit`; 0 when it fits now. */
	wait(amount: number, limit: number, now: number): number;
	spend(amount: number, limit: number, now: number): void;
}

const MINUTE = 60_000;

/** @param phase of the project, for all of its meters. */
export function createMeter(kind: WindowKind, phase: MinutePhase): Meter {
	switch (kind) {
		case 'phased':
			return phasedWindow(phase);
		case 'fixed':
			return fixedWindow();
		case 'sliding':
			return slidingWindow();
		case 'bucket':
			return tokenBucket();
	}
}

/** Begins anew with each window of the project. */
function phasedWindow(phase: MinutePhase): Meter {
	let window = -Infinity;
	let used = 0;
	const usedAt = (now: number): number => (phase.windowAt(now) === window ? used : 0);
	return {
		wait: (amount, limit, now) => (usedAt(now) + amount <= limit ? 0 : phase.windowAt(now) + MINUTE - now),
		spend: (amount, _limit, now) => {
			used = usedAt(now) + amount;
			window = phase.windowAt(now);
		},
	};
}

/** Begins anew with each minute of the wall clock. */
function fixedWindow(): Meter {
	let minute = -1;
	let used = 0;
	const usedAt = (now: number): number => (Math.floor(now / MINUTE) === minute ? used : 0);
	return {
		wait: (amount, limit, now) => (usedAt(now) + amount <= limit ? 0 : MINUTE - (now % MINUTE)),
		spend: (amount, _limit, now) => {
			used = usedAt(now) + amount;
			minute = Math.floor(now / MINUTE);
		},
	};
}

/** Looks back exactly 60 seconds. */
function slidingWindow(): Meter {
	const spent: { readonly at: number; readonly amount: number }[] = [];
	let used = 0;
	const forget = (now: number): void => {
		const first = spent.findIndex(({ at }) => at > now - MINUTE);
		for (const { amount } of spent.splice(0, first < 0 ? spent.length : first)) {
			used -= amount;
		}
	};
	return {
		wait: (amount, limit, now) => {
			forget(now);
			let over = used + amount - limit;
			if (over <= 0) {
				return 0;
			}
			let wait = MINUTE;
			for (const one of spent) {
				wait = one.at + MINUTE - now;
				over -= one.amount;
				if (over <= 0) {
					break;
				}
			}
			return wait;
		},
		spend: (amount, _limit, now) => {
			forget(now);
			used += amount;
			spent.push({ at: now, amount });
		},
	};
}

/** Holds a minute's worth and refills evenly. */
function tokenBucket(): Meter {
	let used = 0;
	let at = 0;
	const drain = (limit: number, now: number): void => {
		used = limit === Infinity ? 0 : Math.max(0, used - ((now - at) * limit) / MINUTE);
		at = now;
	};
	return {
		wait: (amount, limit, now) => {
			drain(limit, now);
			const over = used + amount - limit;
			// A hair is forgiven: a client that waits exactly as told must not fail on rounding.
			return over <= 1e-6 ? 0 : Math.min(MINUTE, (over * MINUTE) / limit);
		},
		spend: (amount, limit, now) => {
			drain(limit, now);
			used += amount;
		},
	};
}
