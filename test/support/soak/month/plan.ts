import type { Fault, KeyOptions, ProjectOptions } from '../../../../src/simulator/service';
import type { ClientRules } from '../../../../src/gateway/gateway';
import { flash, lite } from '../../simulator/stand';

const hourMs = 3_600_000;

/** Midnight Pacific before the first of November 2026: a month of thirty days, whose first one has 25 hours. */
export const begins = Date.UTC(2026, 10, 1, 7);
export const days = 30;

/** When day `n`, from 0, ends: at midnight Pacific, in winter time. */
export const endOfDay = (n: number): number => Date.UTC(2026, 10, 2 + n, 8);

/** Keys by their project. The second of `shared` draws on the same quota; `retired` dies on the sixth day. */
const owned = {
	small: ['small'],
	shared: ['shared-1', 'shared-2'],
	retired: ['retired'],
	paid: ['paid'],
	spare: ['spare'],
} as const;
type ProjectName = keyof typeof owned;

export const tierOf = (project: string): 'free' | 'paid' =>
	project === 'paid' || project === 'spare' ? 'paid' : 'free';

/** Requests a minute, and requests a day of each of the two models. */
const quotaOf: Readonly<Record<ProjectName, { readonly rpm: number; readonly rpd: number }>> = {
	small: { rpm: 3, rpd: 10 },
	shared: { rpm: 4, rpd: 24 },
	retired: { rpm: 3, rpd: 15 },
	paid: { rpm: 20, rpd: 10_000 },
	spare: { rpm: 20, rpd: 10_000 },
};

export const secretOf = (key: string): string => `sim-month-${key}`;
export const keyOfSecret = (secret: string): string => secret.replace('sim-month-', '');

export const projects: readonly ProjectOptions[] = Object.entries(quotaOf).map(([id, { rpm, rpd }]) => {
	const quota = { rpm, rpd, tpm: 1_000_000 };
	return { id, tier: tierOf(id), quotas: { [flash]: quota, [lite]: quota } };
});

export const keys: readonly KeyOptions[] = Object.entries(owned).flatMap(([project, names]) =>
	names.map((name) => ({ secret: secretOf(name), project })),
);

/** Every so many calls something of the service's own goes wrong, in turn. */
const everyCalls = 25;
const failings = [
	{ kind: 'cutStream', afterPieces: 1 },
	{ kind: 'reset' },
	{ kind: 'error', body: '500_internal' },
	{ kind: 'latency', beforeHeaders: 4_000 },
	{ kind: 'error', body: '503_overloaded' },
] as const;

export const faults: readonly Fault[] = Array.from({ length: 2_000 }, (_, n) => ({
	when: { nth: (n + 1) * everyCalls },
	on: 'generation',
	...(failings[n % failings.length] ?? failings[0]),
}));

/** The first and the last day, from 0, on which the service does not know the key `retired`. */
export const retiredOn = { from: 5, to: 11 };

/** How a client asks. */
export type Manner = 'session' | 'tools' | 'nativeTools' | 'whole' | 'streamed' | 'list';

export interface ClientPlan {
	readonly manner: Manner;
	readonly rules?: Partial<ClientRules>;
	/** Requests, or turns of tools, a day. */
	readonly perDay: number;
	/** One request of so many is given up. */
	readonly cancelsOneOf?: number;
	/** Some of what it asks is refused, because of its budget or its number. */
	readonly isLimited?: true;
}

/** Tokens that answers of clients with a budget may have, so that many a day fit. */
export const maxOutputTokens = 2_000;

/** Dollars. Each is used up: the day's by a few answers, the month's around its middle. */
export const budgets = { day: 0.0085, month: 0.02 };

export const clients: Readonly<Record<string, ClientPlan>> = {
	assistant: { manner: 'session', perDay: 18, cancelsOneOf: 10 },
	agent: { manner: 'tools', perDay: 8 },
	cli: { manner: 'nativeTools', perDay: 6 },
	script: { manner: 'whole', perDay: 16, rules: { fallbackModels: [lite] }, cancelsOneOf: 15 },
	page: { manner: 'streamed', perDay: 16, cancelsOneOf: 8 },
	lister: { manner: 'list', perDay: 6 },
	// Of paid keys alone: what they spend is theirs.
	daily: { manner: 'whole', perDay: 10, isLimited: true, rules: { keys: 'paid', dollarsPerDay: budgets.day } },
	monthly: { manner: 'streamed', perDay: 6, isLimited: true, rules: { keys: 'paid' } },
	counted: { manner: 'whole', perDay: 12, isLimited: true, rules: { requestsPerDay: 10 } },
};

/** Clients that a token is made for each morning and taken from each evening, and what they ask in between. */
export const guest: ClientPlan = { manner: 'whole', perDay: 3 };

/** Times of a day, in ms from its beginning. */
export const hours = { guestComes: hourMs, guestGoes: 22 * hourMs, quiet: 23 * hourMs, rush: 10 * hourMs };
/** Of each client's requests one of so many comes within the first minutes of the rush. */
export const rushOneOf = 3;
