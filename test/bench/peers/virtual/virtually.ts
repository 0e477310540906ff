import type { Limits } from '../../../../src/pool/pool';
import { createService, type WindowKind } from '../../../../src/simulator/service';
import { chance } from '../../../support/pool/chance';
import { VirtualClock } from '../../../support/virtualClock';
import { keypool } from '../keypool';
import {
	arrivalsOf,
	faultsOf,
	latency,
	model,
	patienceMs,
	peerKeys,
	projects,
	serviceKeys,
	start,
	type Load,
} from '../load';
import type { Asked } from '../messages';
import { tallyOf, type Tally } from '../tally';

/**
 * One run of Keypool in virtual time: the same load, service and faults, without sockets.
 *
 * @param limits what it is told of the projects' quotas
 */
export async function keypoolVirtually(
	kind: WindowKind,
	load: Load,
	seed: number,
	limits: Readonly<Record<string, Limits>> = {},
): Promise<Tally> {
	const clock = new VirtualClock(start);
	const random = chance(seed);
	const service = createService({
		clock,
		chance: random,
		window: kind,
		projects,
		keys: serviceKeys,
		faults: faultsOf(load),
		latency: () => latency.least + random() * (latency.most - latency.least),
	});
	const place = { baseUrl: 'https://simulator.invalid', keys: peerKeys, model };
	let send: typeof fetch = () => Promise.resolve(Response.json({}));
	const peer = keypool(place, { clock, random: chance(seed + 100), fetch: (...call) => send(...call), limits });
	// Virtual time does not wait for a module to be loaded, and each client asks for its own.
	await peer.ready();
	send = service.fetch;
	const prompts = arrivalsOf(load, seed).map(async (arrival): Promise<Asked> => {
		await new Promise<void>((resolve) => clock.after(arrival.at, resolve));
		const gone = new AbortController();
		const off = clock.after(patienceMs, () => {
			gone.abort();
		});
		let text = '';
		let first: number | undefined;
		const asked = (outcome: Asked['outcome']): Asked => {
			off();
			return { ...arrival, end: clock.wall() - start, outcome, ...(first !== undefined && { first }) };
		};
		try {
			for await (const piece of peer.ask(arrival.question, gone.signal)) {
				if ('forget' in piece) {
					text = '';
					first = undefined;
				} else {
					text += piece.text;
					first ??= clock.wall() - start;
				}
			}
			return asked({ state: 'answered', text });
		} catch (error) {
			return asked(gone.signal.aborted ? { state: 'late' } : { state: 'failed', reason: String(error).slice(0, 200) });
		}
	});
	const all = await pass(clock, Promise.all(prompts));
	await peer.close?.();
	return tallyOf(all, { ended: service.counts.generation, log: service.log }, load);
}

/** As `until` of the clock, which stops sooner than a whole load takes. */
async function pass<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
	const state = { isOver: false };
	void promise.finally(() => (state.isOver = true)).catch(() => undefined);
	while (!state.isOver) await clock.advance(1_000);
	return promise;
}
