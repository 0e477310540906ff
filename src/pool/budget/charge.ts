import type { PricedCall, Pricing, ServiceTier, MaxTokens, MicroDollars } from '../types/pricing';
import type { Received, RequestSize, Usage } from '../types/poolRequest';
import type { LeaseGrant } from '../types/leaseRequest';
import type { Failure } from '../types/failure';
import type { EpochMs } from '../types/stateStore';

/** Tokens beside the text: roles, and the service's own words around each part. */
const framing = 256;
/** Tokens a second that no model exceeds: of a call that was cut, nobody says how much it had written. */
const maxTokensPerSecond = 500;

/** What a call can come to: no token of text is shorter than a byte. */
export function maxTokensOf(
	{ bytes, tokens, maxOutput = Infinity, answers = 1 }: RequestSize,
	model: string,
	pricing: Pricing,
): MaxTokens {
	return { input: bytes + tokens + framing, output: answers * Math.min(pricing.maxOutput(model), maxOutput) };
}

/** What one call has come to. */
export interface Charge {
	/** What the project is charged: nothing where it is a free one. Absent where no prices are known. */
	readonly cost: MicroDollars | undefined;
	/** What a paid project would be. */
	readonly listCost: MicroDollars;
	/** As the service counted them, or by estimate. */
	readonly usage: Usage | undefined;
	/** Prompt and answer together; absent where nothing is known of them. */
	readonly tokens: number | undefined;
	/** False where the service does not count the call. */
	readonly isCounted: boolean;
}

/** How a call ended, as far as its price goes. */
export type CallEnd =
	| { readonly type: 'answered' }
	/** Cut by who asked, or by the connection: the service may have gone on. */
	| { readonly type: 'cut' }
	/** The service said no, or failed: it charges what it counted, and nothing where it counted nothing. */
	| { readonly type: 'failed' }
	/** For its quota: the service does not count it. */
	| { readonly type: 'refused' }
	| { readonly type: 'unsent' };

/** @param now when it ended */
export function chargeOf(
	grant: LeaseGrant,
	end: CallEnd,
	received: Received,
	pricing: Pricing | undefined,
	now: EpochMs,
): Charge {
	const usage = pricing ? usageOf(grant, end, received, pricing, now) : received.usage;
	const listCost = pricing && usage ? pricing.costOf(usage, calledBy(grant, received)) : 0;
	return {
		cost: pricing && (grant.tier === 'paid' ? listCost : 0),
		listCost,
		usage,
		tokens: usage && usage.input + usage.output + usage.thoughts,
		isCounted: end.type !== 'refused' && end.type !== 'unsent',
	};
}

/** How the end of a call that failed is priced. */
export function endOf({ sent, status }: Pick<Failure, 'sent' | 'status'>, isRefused: boolean): CallEnd {
	if (!sent) return { type: 'unsent' };
	if (isRefused) return { type: 'refused' };
	return { type: status !== undefined ? 'failed' : 'cut' };
}

/** The price of a send on this key at its worst. */
export function calledBy(
	{ resolved, serviceTier, sentAt }: { resolved: string; serviceTier: ServiceTier; sentAt: EpochMs },
	{ servedModel = resolved, serviceTier: served = serviceTier }: Received = {},
): PricedCall {
	return { model: servedModel, serviceTier: served, at: sentAt };
}

function usageOf(
	grant: LeaseGrant,
	{ type }: CallEnd,
	{ usage }: Received,
	pricing: Pricing,
	now: EpochMs,
): Usage | undefined {
	switch (type) {
		case 'refused':
		case 'unsent':
			return undefined;
		case 'failed':
			return usage;
		case 'answered':
			return usage ?? worst(grant, pricing);
		case 'cut':
			return estimate(grant, usage, pricing, now);
	}
}

/** An answer that nobody counted. Of vectors nobody counts any, so that theirs is as likely as the pool knows. */
function worst({ size, resolved, likelyTokens }: LeaseGrant, pricing: Pricing): Usage {
	const { input, output } = maxTokensOf(size, resolved, pricing);
	return { input: output > 0 ? input : Math.min(input, likelyTokens), cached: 0, output, thoughts: 0 };
}

/** As much as a model can have written by now, and no less than the service had told before. */
function estimate(grant: LeaseGrant, told: Usage | undefined, pricing: Pricing, now: EpochMs): Usage {
	const most = maxTokensOf(grant.size, grant.resolved, pricing);
	const seconds = Math.max(0, now - grant.sentAt) / 1000;
	const written = Math.min(most.output, Math.ceil(seconds * maxTokensPerSecond));
	const likely = { input: Math.min(most.input, grant.likelyTokens), cached: 0, output: 0, thoughts: 0 };
	// What was written since may be pictures.
	const { outputMedia, ...known }: Usage = told ?? likely;
	return { ...known, output: Math.max(known.output, written - known.thoughts) };
}
