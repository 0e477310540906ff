import { createPrices } from '../../../src/prices/priceList';
import { createService, type Entry, type Fault, type Service } from '../../../src/simulator/service';
import { chance } from '../../support/pool/chance';
import { VirtualClock } from '../../support/virtualClock';
import { model } from '../ledgers';

/** What a project without billing had in 2026. */
const freeQuota = { rpm: 5, tpm: 250_000, rpd: 20 };
const paidQuota = { rpm: 1_000, tpm: 1_000_000, rpd: 10_000 };
export const latencyMs = 2_000;
/** 09:00 in Los Angeles. */
const start = Date.UTC(2026, 10, 24, 17);
const minuteMs = 60_000;

/** In the order in which their owner uses them. */
export const projects = ['free1', 'free2', 'free3', 'paid'] as const;
export type ProjectName = (typeof projects)[number];

const tierOf = (id: ProjectName): 'free' | 'paid' => (id === 'paid' ? 'paid' : 'free');

const at = (step: number, ms: number): readonly { readonly from: number; readonly to: number }[] =>
	Array.from({ length: Math.floor(600 / step) }, (_, n) => ({
		from: (n + 1) * step * minuteMs,
		to: (n + 1) * step * minuteMs + ms,
	}));

/** Every seven minutes the network breaks what is answered within 3 s; every half hour the model is overloaded for 10 s. */
const faults: readonly Fault[] = [
	...at(7, 3_000).map((when): Fault => ({ when, kind: 'cutStream', afterPieces: 1 })),
	...at(30, 10_000).map((when): Fault => ({ when, kind: 'error', body: '503_overloaded' })),
];

export interface World {
	readonly clock: VirtualClock;
	readonly service: Service;
	/** What the paid project may cost, in dollars. */
	readonly dollars: number;
	/** The last answer was this long, in tokens. */
	noteOutput(tokens: number): void;
	/** Dollars that the paid project has cost so far. */
	spent(): number;
	/** Input tokens that the paid project has read so far. */
	paidTokens(): number;
	/** Calls that were refused for a quota, seen by the client or not. */
	refused(): number;
	/** Whether some project would answer one more call with so many tokens, however long the answer becomes. */
	hasQuota(input: number): boolean;
}

/** @param latency ms that the service takes by itself; where it is 0, whoever asks lets the time pass */
export function createWorld(secretOf: (project: ProjectName) => string, dollars: number, latency: number): World {
	const clock = new VirtualClock(start);
	const prices = createPrices(() => ({}));
	const service = createService({
		...{ clock, chance: chance(7), latency, pace: latency === 0 ? 0 : 20, faults },
		projects: projects.map((id) => {
			return { id, tier: tierOf(id), quotas: { [model]: id === 'paid' ? paidQuota : freeQuota } };
		}),
		keys: projects.map((id) => ({ secret: secretOf(id), project: id })),
	});
	const sentTo = (project: ProjectName): readonly Entry[] => service.log.filter((entry) => entry.project === project);
	const isRead = ({ outcome }: Entry): boolean => outcome === 'answered';
	const paidTokens = (): number => sentTo('paid').reduce((sum, { inputTokens }) => sum + inputTokens, 0);
	const costOf = (input: number, output: number): number =>
		prices.costOf({ input, cached: 0, output, thoughts: 0 }, { model, serviceTier: 'standard', at: start }) / 1e6;
	let paidOutput = 0;
	const spent = (): number => costOf(paidTokens(), paidOutput);
	return {
		...{ clock, service, dollars, paidTokens, spent },
		noteOutput: (tokens) => {
			if (service.log.findLast(isRead)?.project === 'paid') paidOutput += tokens;
		},
		refused: () => service.log.filter(({ status }) => status === 429).length,
		hasQuota: (input) => {
			// The service counts what it is too busy for.
			const isCounted = ({ status }: Entry): boolean => status === 200 || status === 503;
			return (
				projects.some((id) => tierOf(id) === 'free' && sentTo(id).filter(isCounted).length < freeQuota.rpd) ||
				spent() + costOf(input, prices.maxOutput()) <= dollars
			);
		},
	};
}
