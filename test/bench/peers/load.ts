import type { Limits } from '../../../src/pool/pool';
import { type Fault, type KeyOptions, type ProjectOptions } from '../../../src/simulator/service';
import { chance } from '../../support/pool/chance';
import type { PeerKey } from './peer';

export const model = 'gemini-3.8-flash';
export const minuteMs = 60_000;

/** 12:00 in Los Angeles. */
export const start = Date.UTC(2026, 10, 24, 20);
/** ms before the headers of an answer. */
export const latency = { least: 300, most: 2_000 };

/** How long a prompt is waited for, in ms: what the extension waits for a person. */
export const patienceMs = 120_000;

/** `begin`: as `even`, not counted, because every program is slow at first; `even`: what the quotas have room for; `rush`: twice what they have. */
export type Phase = 'begin' | 'even' | 'rush';

/** One prompt of the load. */
export interface Arrival {
	/** ms since the load began. */
	readonly at: number;
	readonly question: string;
	readonly phase: Phase;
}

export interface Load {
	/** Minutes of each phase. */
	readonly begin: number;
	readonly even: number;
	readonly rush: number;
	/** Of all times. */
	readonly scale: number;
	/** One run each, in each kind of window. */
	readonly seeds: readonly number[];
}

export const wholeLoad: Load = { begin: 1, even: 4, rush: 3, scale: 20, seeds: [1, 2, 3, 4, 5] };
export const quickLoad: Load = { begin: 0.3, even: 0.7, rush: 1, scale: 30, seeds: [1] };

const rpm = { large: 24, second: 15, shared: 10, small: 6, tiny: 5 } as const;
/** Requests a minute that all quotas have together. */
export const sumOfQuotas = Object.values(rpm).reduce((sum, value) => sum + value, 0);
/** What the smallest project has left of its day. */
const leftToday = 8;
const tinyDay = 20;

export const projects: readonly ProjectOptions[] = Object.entries(rpm).map(([id, value]) => ({
	id,
	tier: 'free',
	quotas: { [model]: { rpm: value, ...(id === 'tiny' && { rpd: tinyDay }) } },
	...(id === 'tiny' && { spentToday: { [model]: tinyDay - leftToday } }),
}));

/** What the owner of the projects could tell of them. */
export const ownLimits: Readonly<Record<string, Limits>> = Object.fromEntries(
	Object.entries(rpm).map(([id, value]) => [id, { rpm: value, ...(id === 'tiny' && { rpd: leftToday }) }]),
);

/** Two keys of one project, and last one that the service does not know. */
export const peerKeys: readonly PeerKey[] = [
	{ secret: 'sim-large', project: 'large', weight: rpm.large },
	{ secret: 'sim-second', project: 'second', weight: rpm.second },
	{ secret: 'sim-shared-1', project: 'shared', weight: rpm.shared / 2 },
	{ secret: 'sim-shared-2', project: 'shared', weight: rpm.shared / 2 },
	{ secret: 'sim-small', project: 'small', weight: rpm.small },
	{ secret: 'sim-tiny', project: 'tiny', weight: rpm.tiny },
	{ secret: 'sim-retired', project: 'retired', weight: rpm.tiny },
];

export const serviceKeys: readonly KeyOptions[] = peerKeys.filter(({ project }) => project !== 'retired');

/** ms since the load began. Every 10 s the network breaks what is answered for half a second; once the model is overloaded. */
export function faultsOf({ begin, even, rush }: Load): readonly Fault[] {
	const end = (begin + even + rush) * minuteMs;
	const cuts = Array.from({ length: Math.floor(end / 10_000) }, (_, n): Fault => {
		const from = n * 10_000 + 5_000;
		return { when: { from, to: from + 500 }, kind: 'cutStream', afterPieces: 4 };
	});
	const busy = (begin + even / 2) * minuteMs;
	return [{ when: { from: busy, to: busy + 3_000 }, kind: 'error', body: '503_overloaded' }, ...cuts];
}

/** Prompts at random moments: 60 % of the quotas’ sum, then twice as much as it. */
export function arrivalsOf({ begin, even, rush }: Load, seed: number): readonly Arrival[] {
	const random = chance(seed);
	const all: Arrival[] = [];
	let from = 0;
	const add = (phase: Phase, minutes: number, perMinute: number): void => {
		const to = from + minutes * minuteMs;
		for (let at = from; ;) {
			at += -Math.log(1 - random()) * (minuteMs / perMinute);
			if (at >= to) break;
			all.push({ at, phase, question: `Question ${all.length} of run ${seed}: why?` });
		}
		from = to;
	};
	add('begin', begin, 0.6 * sumOfQuotas);
	add('even', even, 0.6 * sumOfQuotas);
	add('rush', rush, 2 * sumOfQuotas);
	return all;
}
