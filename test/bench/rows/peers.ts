import { serve } from '../../../src/simulator/http';
import { createService } from '../../../src/simulator/service';
import { chance } from '../../support/pool/chance';
import { sampleOf } from '../measure';
import { model, peerKeys, quickLoad, serviceKeys, sumOfQuotas, wholeLoad } from '../peers/load';
import { peerNames, type PeerName } from '../peers/peers';
import { Process } from '../peers/process';
import { machineNow, ScaledTime } from '../peers/scaledTime';
import type { Tally } from '../peers/tally';
import { underLoad } from '../peers/underLoad';
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

export const row: Row = {
	name: 'peers',
	what:
		'Against what a user would take instead: the same seven keys (one of them retired, two of one project, one whose day ' +
		`ends), the same simulator over sockets, the same prompts: at 60 % of the quotas’ sum (${sumOfQuotas} a minute), then ` +
		'at 200 %; 5 % of the answers are cut, and once the model is overloaded for 3 s. All clocks and timers run faster, ' +
		'alike for all. Keys are listed by quota, the largest first, and Portkey’s weights are the quotas; Keypool is told none, ' +
		'and its ledger is in memory, not in the file that windows share. A prompt is waited for 120 s. Goodput is what is ' +
		'answered in the rush, of the quotas’ sum in that time; the project whose day ends counts as if it did not, so that ' +
		'the quotas of the rush let nobody reach 100 %, and what the minute before has left over comes on top. Wasted is every ' +
		'call for an answer that did not become a whole one which somebody got: refused by a quota, with the retired key, to ' +
		'the overloaded model, thrown away after a cut, given up. Each text is compared with what the service wrote. First ' +
		'tokens are those of answered prompts alone, the first that was not taken back; the origin does not stream, for which ' +
		'the simulator lets nobody wait. The last figures: how much later than the bare SDK’s the first token is, in pairs, ' +
		'with nothing in the way, in real time.',
	run: async ({ quick }) => {
		const load = quick ? quickLoad : wholeLoad;
		const tallies = new Map<PeerName, Tally[]>();
		for (const seed of load.seeds) {
			for (const peer of peerNames) {
				tallies.set(peer, [...(tallies.get(peer) ?? []), await underLoad(peer, load, seed)]);
			}
		}
		const figures = measures.flatMap(([of, name, unit]) =>
			[...tallies].map(([peer, all]): Figure => {
				return { of: name, by: peer, unit, ...sampleOf(all.map((tally) => tally[of])) };
			}),
		);
		for (const peer of peerNames) {
			const later = await firstTokens(peer, quick ? 20 : 300);
			figures.push({ of: 'added to the first token', by: peer, unit: 'ms', ...sampleOf(later) });
		}
		return figures;
	},
};

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
