import { serve } from '../../../src/simulator/http';
import { optionsOf, type Scenario } from '../../../src/simulator/scenario';
import { createService, type Clock, type Service, systemClock } from '../../../src/simulator/service';
import { MovedClock, msToPlainDay } from './movedClock';

/** ms. Longer than the tests of one `describe` take. */
const longest = 600_000;

/** A simulator that answers on the loopback while a test runs. */
export interface Simulated {
	readonly service: Service;
	readonly url: string;
	/** What leads a window from the sources to it, without any key. */
	readonly env: Readonly<Record<string, string>>;
	/** The same, with the scenario's keys lent to the window. */
	readonly envWithKeys: Readonly<Record<string, string>>;
}

/**
 * Registers a simulator for the enclosing `describe`; its time is the machine's where no other is given, and with the
 * windows' a later one where a day of the service has just begun, or is about to end: what they count would begin anew.
 * @param through changes what the window gets of it
 */
export function useSimulator(
	scenario: Scenario,
	given?: Clock,
	through: (service: Service) => Service = (service) => service,
): () => Simulated {
	let running: (Simulated & { readonly close: () => Promise<void> }) | undefined;
	let moved: MovedClock | undefined;
	before(async () => {
		if (given === undefined && msToPlainDay(longest) > 0) moved = new MovedClock();
		const clock = given ?? moved?.clock ?? systemClock;
		const service = createService(optionsOf(scenario, { clock, chance: Math.random }));
		const server = await serve(through(service));
		const { url } = server;
		const env = { KEYPOOL_BASE_URL: url, ...moved?.env };
		running = {
			service,
			url,
			env,
			envWithKeys: { ...env, GEMINI_API_KEYS: scenario.secrets.join(',') },
			close: () => server.close(),
		};
	});
	after(async () => {
		await running?.close();
		moved?.dispose();
		[running, moved] = [undefined, undefined];
	});
	return () => {
		if (running === undefined) {
			throw new Error('The simulator runs during tests only.');
		}
		return running;
	};
}
