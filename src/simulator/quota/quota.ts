import type { MinutePhase } from '../time/minutePhase';
import { nextPacificMidnight } from '../time/pacificDay';
import { createMeter, type WindowKind } from './windows';

/** Limits of a project for one model; absent: without limit; 0: this tier has no such model. */
export interface Quota {
	/** Requests a minute. */
	readonly rpm?: number;
	/** Input tokens a minute. */
	readonly tpm?: number;
	/** Requests a day, which ends at midnight in Los Angeles. */
	readonly rpd?: number;
}

export interface Spending {
	readonly requests: number;
	readonly tokens: number;
}

export type Limit = keyof Quota;

/** One limit that a request ran into. */
export interface Exceeded {
	readonly limit: Limit;
	readonly value: number;
	/** ms until the request would fit, by the truth. */
	readonly wait: number;
}

/** What one project has used of one model. */
export interface Account {
	/** Every limit that the request would exceed; none: it may pass, and `spend` must follow. */
	check(tokens: number, now: number, requests?: number): readonly Exceeded[];
	spend(spending: Spending, now: number): void;
	quota: Quota;
}

/**
 * Requests that pass in one window beyond the limit: many servers admit out of batches that they fetch about each second,
 * and 16 were seen to pass at 15. Tokens and days are exact.
 */
const softness: Readonly<Record<WindowKind, number>> = { phased: 1, fixed: 0, sliding: 0, bucket: 0 };

/** @param today what was used in the day that ends at `dayEnds` (ms since 1970). */
export function createAccount(
	kind: WindowKind,
	phase: MinutePhase,
	initial: Quota,
	today: { readonly requests: number; readonly dayEnds: number },
): Account {
	const requests = createMeter(kind, phase);
	const tokens = createMeter(kind, phase);
	let { requests: used, dayEnds } = today;
	const turnDay = (now: number): void => {
		if (now >= dayEnds) {
			used = 0;
			dayEnds = nextPacificMidnight(now);
		}
	};
	return {
		quota: initial,
		check(amount, now, count = 1) {
			turnDay(now);
			const { rpm = Infinity, tpm = Infinity, rpd = Infinity } = this.quota;
			const all: Exceeded[] = [
				{ limit: 'rpd', value: rpd, wait: used + count <= rpd ? 0 : dayEnds - now },
				{ limit: 'rpm', value: rpm, wait: requests.wait(count, rpm + softness[kind], now) },
				{ limit: 'tpm', value: tpm, wait: tokens.wait(amount, tpm, now) },
			];
			return all.filter(({ wait, value }) => wait > 0 || value === 0);
		},
		spend(spending, now) {
			turnDay(now);
			phase.use(now);
			used += spending.requests;
			requests.spend(spending.requests, this.quota.rpm ?? Infinity, now);
			tokens.spend(spending.tokens, this.quota.tpm ?? Infinity, now);
		},
	};
}
