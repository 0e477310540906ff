import { systemClock } from '../../../src/node/systemClock';
import { findScenario } from '../scenario';
import { roomOver, Stage } from '../stage';
import type { Client, Place } from './client';

/** The pool, over sockets like any other. */
export async function keypool({ baseUrl, brief }: Place): Promise<Client> {
	// As in a window that has asked before: loading would otherwise be part of the first ask.
	await import('@google/genai/web');
	const scenario = findScenario(brief.id);
	if (!scenario) throw new Error(`There is no scenario ${brief.id}.`);
	const stage = new Stage(scenario, systemClock, roomOver(fetch, baseUrl), 1000);
	return {
		ask: async (_, n) => {
			// Who asks has waited already.
			const { at, ...ask } = scenario.asks?.[n] ?? {};
			const { end, text } = await stage.ask(ask, n);
			return { end, text };
		},
		close: () => {
			stage.pool.dispose();
			return Promise.resolve();
		},
	};
}
