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
	'Told nothing, Keypool learns the daily limit of the small project by reaching it before the rush; that costs 7 ' +
	'to 8 of the rush’s 180 requests. All other projects together lose less than one.';

const reasons: Readonly<Record<Exclude<WindowKind, 'bucket'>, string>> = {
	phased:
		'The start of the service’s window is hidden. Keypool counts back 60 s from each call, which is right wherever ' +
		'the window begins. A client that knows the start gets up to one more window of each project into three minutes: ' +
		'41 of the 43 requests that it is ahead.',
	fixed:
		unknownDay +
		' The clairvoyant client sends everything at the beginning of a minute, so 4 fewer are cut or end too late.',
	sliding: unknownDay,
};

export const row: Row = {
	name: 'peers',
	what:
		'Against what a user would take instead: the same seven keys (one of them retired, two of one project, one whose ' +
		'day ends), the same simulator over sockets, the same prompts. First at 60 % of the sum of the quotas ' +
		`(${sumOfQuotas} a minute), then at 200 %; 5 % of the answers are cut, and once the model is overloaded for 3 s. ` +
		'All clocks and timers run faster, by the same factor for all. Keys are listed by quota, the largest first, and ' +
		'Portkey’s weights are the quotas. Keypool is told no quota, and its store is in memory, not in the file that ' +
		'windows share. A prompt may wait for 120 s; Keypool knows that, and sends nothing that cannot end by then. Each ' +
		'kind of minute window has its own rows, of five runs each: first the kind that the service most likely has ' +
		'(phased); the other kinds show only the clients that come near. The clairvoyant client knows every window and ' +
		'day; beside it, a second Keypool is told the limits. Goodput is what is answered in the rush, as a share of the ' +
		'quotas in that time. It counts the project whose day ends as if its day went on, so nobody can reach 100 %; ' +
		'what the minute before has left over comes on top. A wasted call gave nobody a whole answer: it was refused by ' +
		'a quota, used the retired key, met the overloaded model, was discarded after a cut, or was given up. Each text ' +
		'is compared with what the service wrote. First tokens count for answered prompts only: the first token that was ' +
		'not taken back. The origin does not stream, and the simulator answers it without delay. The last figures: how ' +
		'much later than with the bare SDK the first token comes, in pairs, without faults, in real time.',
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
