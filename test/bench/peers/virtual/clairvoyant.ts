import { createAccount } from '../../../../src/simulator/quota/quota';
import type { WindowKind } from '../../../../src/simulator/service';
import { MinutePhase } from '../../../../src/simulator/time/minutePhase';
import { chance } from '../../../support/pool/chance';
import {
	arrivalsOf,
	faultsOf,
	latency,
	minuteMs,
	model,
	patienceMs,
	projects,
	start,
	sumOfQuotas,
	type Load,
} from '../load';

const stepMs = 5;
/** ms from the headers to the end of an answer, and to where one is cut. */
const answerMs = 500;
const cutMs = 80;

/**
 * %, goodput in the rush of a client that knows every window and every day: it sends whatever is admitted, at once, asks the
 * project first whose window ends first, is never refused, keeps the small day for the rush, and sends nothing that cannot
 * end in time. It does not know what the network will break.
 */
export function clairvoyantGoodput(kind: WindowKind, load: Load, seed: number): number {
	const random = chance(seed);
	const rushFrom = (load.begin + load.even) * minuteMs;
	const rushTo = rushFrom + load.rush * minuteMs;
	const accounts = projects.map(({ quotas = {}, spentToday }) => {
		const phase = new MinutePhase(start - random() * minuteMs);
		const today = { requests: spentToday?.[model] ?? 0, dayEnds: Infinity };
		const { rpm = 0, ...day } = quotas[model] ?? {};
		// The service lets one more pass in a window of its own: nobody may count on that.
		const quota = { rpm: kind === 'phased' ? rpm - 1 : rpm, ...day };
		return { quota, phase, account: createAccount(kind, phase, quota, today) };
	});
	const faults = faultsOf(load).flatMap(({ when, kind: fault }) =>
		typeof when === 'object' && 'from' in when ? [{ from: when.from, to: when.to, fault }] : [],
	);
	const arrivals = [...arrivalsOf(load, seed)];
	const waiting: { readonly at: number }[] = [];
	const cut: { readonly at: number; readonly of: { readonly at: number } }[] = [];
	let whole = 0;
	for (let t = 0; t < rushTo; t += stepMs) {
		while ((arrivals[0]?.at ?? Infinity) <= t) waiting.push(...arrivals.splice(0, 1));
		for (let n = 0; n < cut.length; n++)
			if ((cut[n]?.at ?? 0) <= t) waiting.unshift(...cut.splice(n--, 1).map(({ of }) => of));
		const now = start + t;
		const met = faults.find(({ from, to }) => from <= t && t < to)?.fault;
		if (met === 'error') continue;
		const byEnd = accounts.toSorted((a, b) => a.phase.windowAt(now) - b.phase.windowAt(now));
		for (const { quota, account } of byEnd) {
			if (quota.rpd !== undefined && t < rushFrom) continue;
			while (waiting.length > 0 && account.check(0, now).length === 0) {
				const one = waiting.shift();
				if (!one || t + latency.most + answerMs > one.at + patienceMs) continue;
				account.spend({ requests: 1, tokens: 0 }, now);
				const headers = t + latency.least + random() * (latency.most - latency.least);
				if (met === 'cutStream') cut.push({ at: headers + cutMs, of: one });
				else if (headers + answerMs >= rushFrom && headers + answerMs < rushTo) whole++;
			}
		}
	}
	return (100 * whole) / (sumOfQuotas * load.rush);
}
