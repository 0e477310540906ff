import { serve } from '../../../src/simulator/http';
import { optionsOf, type Scenario } from '../../../src/simulator/scenario';
import { createService, type Clock, type Service, systemClock } from '../../../src/simulator/service';

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
 * Registers a simulator for the enclosing `describe`; its time is the machine's where no other is given.
 * @param through changes what the window gets of it
 */
export function useSimulator(
	scenario: Scenario,
	clock: Clock = systemClock,
	through: (service: Service) => Service = (service) => service,
): () => Simulated {
	let running: (Simulated & { readonly close: () => Promise<void> }) | undefined;
	before(async () => {
		const service = createService(optionsOf(scenario, { clock, chance: Math.random }));
		const server = await serve(through(service));
		const { url } = server;
		const env = { KEYPOOL_BASE_URL: url };
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
		running = undefined;
	});
	return () => {
		if (running === undefined) {
			throw new Error('The simulator runs during tests only.');
		}
		return running;
	};
}
