import { serve } from '../../../src/simulator/http';
import { portkeyConfig, startPortkey } from '../peers/portkey';
import { readStream } from './answer';
import type { Agent } from './day';
import { openAiBody } from './sessions';
import { createWorld, latencyMs, projects, type World } from './world';

/**
 * Portkey's real gateway over sockets, one key after the other. It waits for nothing by itself, so that the day's time stands
 * still while it works, and passes afterwards. Its client asks in OpenAI's terms, and leaves the rest to a person.
 */
export async function portkeyDay(dollars: number): Promise<{ readonly agent: Agent; readonly world: World }> {
	const secretOf = (name: string): string => `sim-agent-day-${name}`;
	const world = createWorld(secretOf, dollars, 0);
	const server = await serve(world.service);
	const portkey = await startPortkey();
	const keys = projects.map((id) => ({ secret: secretOf(id), weight: 1 }));
	const headers = {
		'content-type': 'application/json',
		'x-portkey-config': portkeyConfig({ baseUrl: server.url, keys }, 'fallback'),
	};
	return {
		world,
		agent: {
			ask: async (call) => {
				const url = `${portkey.address}/v1/chat/completions`;
				const response = await fetch(url, { method: 'POST', headers, body: openAiBody(call) });
				await world.clock.advance(latencyMs);
				if (response.ok) return readStream(response, world.clock.wall());
				await response.body?.cancel();
				return { state: 'failed', status: response.status };
			},
			close: async () => {
				await portkey.close();
				await server.close();
			},
		},
	};
}
