import { serve } from '../../src/simulator/http';
import { optionsOf, scenarioOf } from '../../src/simulator/scenario';
import { createService, type Entry, type Service, systemClock } from '../../src/simulator/service';

/** The service behind a window that `npm start` opens. */
export interface Backend {
	/** One line for people. */
	readonly description: string;
	/** For the extension host. */
	readonly env: Readonly<Record<string, string>>;
	/** What the simulator saw, and the keys it was asked with; absent with the real service. */
	readonly simulated?: { readonly secrets: readonly string[]; readonly log: readonly Entry[] };
	close(): Promise<void>;
}

/**
 * The simulator with five keys, or the real service where the user's environment names keys for it.
 * @param through changes what the window gets of the simulator
 */
export async function startBackend(through = (service: Service): Service => service): Promise<Backend> {
	const own = process.env['GEMINI_API_KEYS']?.trim();
	if (own !== undefined && own !== '') {
		return {
			description: 'the real Gemini service, with the keys of GEMINI_API_KEYS',
			env: { GEMINI_API_KEYS: own },
			close: () => Promise.resolve(),
		};
	}
	const scenario = scenarioOf('five-keys');
	const service = createService(optionsOf(scenario, { clock: systemClock, chance: Math.random, pace: 40 }));
	const server = await serve(through(service));
	const { secrets, description } = scenario;
	return {
		description: `the simulator at ${server.url}: ${description}`,
		env: { GEMINI_API_KEYS: secrets.join(','), KEYPOOL_BASE_URL: server.url },
		simulated: { secrets, log: service.log },
		close: () => server.close(),
	};
}
