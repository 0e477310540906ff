import { serve } from '../../../src/simulator/http';
import { createService, type WindowKind } from '../../../src/simulator/service';
import { chance } from '../../support/pool/chance';
import {
	arrivalsOf,
	faultsOf,
	latency,
	minuteMs,
	model,
	patienceMs,
	peerKeys,
	projects,
	serviceKeys,
	start,
	type Load,
} from './load';
import type { PeerName } from './peers';
import { Process } from './process';
import { machineNow, ScaledTime } from './scaledTime';
import { tallyOf, type Tally } from './tally';

/** One run of one peer: its own process, its own service. */
export async function underLoad(peer: PeerName, kind: WindowKind, load: Load, seed: number): Promise<Tally> {
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
			window: kind,
			projects,
			keys: serviceKeys,
			faults: faultsOf(load),
			latency: () => latency.least + random() * (latency.most - latency.least),
		});
		const prompts = await client.load(arrivalsOf(load, seed), patienceMs);
		return tallyOf(prompts, { ended: service.counts.generation, log: service.log }, load);
	} finally {
		await client.end();
		await server.close();
	}
}
