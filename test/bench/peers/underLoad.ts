import { serve } from '../../../src/simulator/http';
import { createService, type Counts } from '../../../src/simulator/service';
import { chance } from '../../unit/pool/chance';
import { quantile } from '../measure';
import {
	arrivalsOf,
	faultsOf,
	minuteMs,
	model,
	patienceMs,
	peerKeys,
	projects,
	serviceKeys,
	sumOfQuotas,
	windowOf,
	type Load,
	type Phase,
} from './load';
import type { Asked } from './messages';
import type { PeerName } from './peers';
import { Process } from './process';
import { machineNow, ScaledTime } from './scaledTime';
import { judge } from './text';

/** 12:00 in Los Angeles. */
const start = Date.UTC(2026, 10, 24, 20);
/** ms before the headers of an answer. */
const latency = { least: 300, most: 2_000 };

/** What came of one run. */
export interface Tally {
	/** %, of the prompts at even load: answered, and the text is whole. */
	readonly success: number;
	/** %: whole answers that ended in the rush, of what the quotas have in that time. */
	readonly goodput: number;
	/** %, of the prompts of the rush: failed, not answered in time, or not whole. */
	readonly failed: number;
	/** Calls that were answered with 429, for each whole answer. */
	readonly refused: number;
	/** Texts that were taken for answers and are not whole. */
	readonly lost: number;
	readonly doubled: number;
	/** Seconds to the first text at even load, of the answered. */
	readonly first: number;
	readonly firstOfMost: number;
}

/** One run of one peer: its own process, its own service. */
export async function underLoad(peer: PeerName, load: Load, seed: number): Promise<Tally> {
	const time = new ScaledTime(load.scale, machineNow(), start);
	let service = createService({ clock: time, chance: chance(seed), projects: [], keys: [] });
	const server = await serve({ ...service, fetch: (input, init) => service.fetch(input, init) });
	const client = new Process(time, seed);
	try {
		await client.prepare(peer, { baseUrl: server.url, keys: peerKeys, model });
		// A minute of the service begins with the load; a client's clock need not agree with it.
		const ahead = minuteMs - (time.now() % minuteMs);
		const random = chance(seed);
		service = createService({
			clock: { now: () => time.now() + ahead, after: time.after },
			chance: random,
			window: windowOf(seed),
			projects,
			keys: serviceKeys,
			faults: faultsOf(load),
			latency: () => latency.least + random() * (latency.most - latency.least),
		});
		const prompts = await client.load(arrivalsOf(load, seed), patienceMs);
		return tallyOf(prompts, service.counts, load);
	} finally {
		await client.end();
		await server.close();
	}
}

function tallyOf(prompts: readonly Asked[], { generation }: Counts, { begin, even, rush }: Load): Tally {
	const judged = prompts.map((prompt) => ({
		...prompt,
		verdict: prompt.outcome.is === 'answered' ? judge(prompt.outcome.text, prompt.question, model) : prompt.outcome.is,
	}));
	const isWhole = ({ verdict }: (typeof judged)[number]): boolean => verdict === 'whole';
	const of = (name: Phase): typeof judged => judged.filter(({ phase }) => phase === name);
	const rushes = (begin + even) * minuteMs;
	const ended = judged.filter(
		(prompt) => isWhole(prompt) && prompt.end >= rushes && prompt.end < rushes + rush * minuteMs,
	);
	const wholes = judged.filter(isWhole).length;
	const refused = [...generation]
		.filter(([outcome]) => /^rejected:(rpm|tpm|rpd)/.test(outcome))
		.reduce((sum, [, count]) => sum + count, 0);
	const firsts = of('even')
		.filter(isWhole)
		.map(({ first = NaN, at }) => (first - at) / 1_000)
		.sort((a, b) => a - b);
	const percent = (part: number, whole: number): number => (100 * part) / whole;
	return {
		success: percent(of('even').filter(isWhole).length, of('even').length),
		goodput: percent(ended.length, sumOfQuotas * rush),
		failed: percent(of('rush').filter((prompt) => !isWhole(prompt)).length, of('rush').length),
		refused: refused / Math.max(1, wholes),
		lost: judged.filter(({ verdict }) => verdict === 'lost').length,
		doubled: judged.filter(({ verdict }) => verdict === 'doubled').length,
		first: quantile(firsts, 0.5),
		firstOfMost: quantile(firsts, 0.95),
	};
}
