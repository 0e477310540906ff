import { serve } from '../../../src/simulator/http';
import { createService, windowKinds, type WindowKind } from '../../../src/simulator/service';
import { chance } from '../../support/pool/chance';
import { sampleOf } from '../measure';
import { clairvoyantGoodput } from '../peers/virtual/clairvoyant';
import { model, ownLimits, peerKeys, quickLoad, serviceKeys, sumOfQuotas, wholeLoad, type Load } from '../peers/load';
import { peerNames, type PeerName } from '../peers/peers';
import { Process } from '../peers/process';
import { machineNow, ScaledTime } from '../peers/scaledTime';
import type { Tally } from '../peers/tally';
import { underLoad } from '../peers/underLoad';
import { keypoolVirtually } from '../peers/virtual/virtually';
import type { Figure, Row } from '../row';

const measures: readonly (readonly [of: keyof Tally, name: string, unit: string])[] = [
	['success', 'success at even load', '%'],
	['goodput', 'goodput in the rush', '%'],
	['failed', 'failed in the rush', '%'],
	['wasted', 'wasted calls for each answer', 'calls'],
	['refused', 'of these refused with 429', 'calls'],
	['lost', 'answers with lost text', ''],
	['doubled', 'answers with doubled text', ''],
	['first', 'first token at even load, p50', 's'],
	['firstOfMost', 'first token at even load, p95', 's'],
];

const unknownDay =
	'Told nothing, Keypool learns the day of the small project by running into its end, which is before the rush: of the 180 ' +
	'requests of the rush that costs 7 to 8. Of all other projects less than one is lost.';

const reasons: Readonly<Record<Exclude<WindowKind, 'bucket'>, string>> = {
	phased:
		'Where a window of the service begins is hidden. Keypool counts back 60 s from each call, which holds wherever it begins; ' +
		'a client that knows gets up to a window more of each project into three minutes: 41 of the 43 requests that it is ahead.',
	fixed:
		unknownDay +
		' The clairvoyant client sends all at the beginning of a minute, so that 4 fewer are cut or end too late.',
	sliding: unknownDay,
};

export const row: Row = {
	name: 'peers',
	what:
		'Against what a user would take instead: the same seven keys (one of them retired, two of one project, one whose day ' +
		`ends), the same simulator over sockets, the same prompts: at 60 % of the quotas’ sum (${sumOfQuotas} a minute), then ` +
		'at 200 %; 5 % of the answers are cut, and once the model is overloaded for 3 s. All clocks and timers run faster, ' +
		'alike for all. Keys are listed by quota, the largest first, and Portkey’s weights are the quotas; Keypool is told none, ' +
		'and its ledger is in memory, not in the file that windows share. A prompt is waited for 120 s; Keypool is told so, and sends nothing that cannot end by then. Each kind of window stands ' +
		'apart, five runs each: the one that the service most likely has (phased) first, and in the others only those that ' +
		'come near. The clairvoyant client knows every window and day; beside it, Keypool also stands as one that was told the limits. Goodput is what is ' +
		'answered in the rush, of the quotas’ sum in that time; the project whose day ends counts as if it did not, so that ' +
		'the quotas of the rush let nobody reach 100 %, and what the minute before has left over comes on top. Wasted is every ' +
		'call for an answer that did not become a whole one which somebody got: refused by a quota, with the retired key, to ' +
		'the overloaded model, thrown away after a cut, given up. Each text is compared with what the service wrote. First ' +
		'tokens are those of answered prompts alone, the first that was not taken back; the origin does not stream, for which ' +
		'the simulator lets nobody wait. The last figures: how much later than the bare SDK’s the first token is, in pairs, ' +
		'with nothing in the way, in real time.',
	run: async ({ quick }) => {
		const load = quick ? quickLoad : wholeLoad;
		const virtual: (readonly Figure[])[] = [];
		for (const kind of windowKinds) virtual.push(await besideClairvoyant(kind, load));
		// Side by side: all of them do little but wait.
		const real = await Promise.all(windowKinds.map((kind) => amongPeers(kind, load, quick)));
		// The service's own kind first: the others are what it might do instead.
		const figures = windowKinds.flatMap((_, n): readonly Figure[] => [...(virtual[n] ?? []), ...(real[n] ?? [])]);
		for (const peer of peerNames) {
			const later = await firstTokens(peer, quick ? 20 : 300);
			figures.push({ of: 'added to the first token', by: peer, unit: 'ms', ...sampleOf(later) });
		}
		return figures;
	},
};

/** In virtual time, on the same seeds: what Keypool gets of what a client gets that knows every window and day. */
async function besideClairvoyant(kind: WindowKind, load: Load): Promise<readonly Figure[]> {
	const most = load.seeds.map((seed) => clairvoyantGoodput(kind, load, seed));
	const shareOf = async (told: string, limits = {}): Promise<Figure> => {
		const shares: number[] = [];
		for (const [n, seed] of load.seeds.entries()) {
			shares.push((100 * (await keypoolVirtually(kind, load, seed, limits)).goodput) / (most[n] ?? NaN));
		}
		const goal = kind !== 'bucket' && { goal: { atLeast: 97 }, reason: reasons[kind] };
		return {
			of: `Keypool's share of it, in virtual time, ${kind}, told ${told}`,
			unit: '%',
			...sampleOf(shares),
			...goal,
		};
	};
	return [
		{ of: `goodput in the rush, ${kind}`, by: 'a clairvoyant client', unit: '%', ...sampleOf(most) },
		await shareOf('nothing'),
		await shareOf('the limits', ownLimits),
	];
}

/** Those that nobody would expect to come near are asked in the service's own kind alone. */
async function amongPeers(kind: WindowKind, load: Load, quick: boolean): Promise<readonly Figure[]> {
	const names =
		kind === 'phased' ? peerNames : quick ? [] : peerNames.filter((name) => /^(Keypool|Portkey)/.test(name));
	const tallies = new Map<PeerName, Tally[]>();
	for (const seed of load.seeds) {
		for (const peer of names) {
			tallies.set(peer, [...(tallies.get(peer) ?? []), await underLoad(peer, kind, load, seed)]);
		}
	}
	return measures.flatMap(([of, name, unit]) =>
		[...tallies].map(([peer, all]): Figure => {
			return { of: `${name}, ${kind}`, by: peer, unit, ...sampleOf(all.map((tally) => tally[of])) };
		}),
	);
}

/** On the machine's own time, without limits, latency or faults. */
async function firstTokens(peer: PeerName, pairs: number): Promise<readonly number[]> {
	const now = machineNow();
	const time = new ScaledTime(1, now, now);
	const service = createService({
		clock: time,
		chance: chance(1),
		pace: 0,
		projects: [...new Set(serviceKeys.map(({ project }) => project))].map((id) => {
			return { id, tier: 'paid', quotas: { [model]: {} } };
		}),
		keys: serviceKeys,
	});
	const server = await serve(service);
	const client = new Process(time, 1);
	try {
		const known = new Set(serviceKeys.map(({ secret }) => secret));
		await client.prepare(peer, {
			baseUrl: server.url,
			keys: peerKeys.filter(({ secret }) => known.has(secret)),
			model,
		});
		return await client.compare(pairs);
	} finally {
		await client.end();
		await server.close();
	}
}
