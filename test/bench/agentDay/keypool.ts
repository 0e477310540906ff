import { GatewayRig, retryDelayMs } from '../../support/gateway/gatewayRig';
import { model } from '../ledgers';
import { readStream } from './answer';
import type { Agent } from './day';
import { geminiBody } from './sessions';
import { createWorld, latencyMs, projects, type World } from './world';

/** gemini-cli's calls through the pure core of the gateway, with the options that a new installation has, and a budget. */
export function keypoolDay(dollars: number): { readonly agent: Agent; readonly world: World } {
	const secretOf = (name: string): string => `sim-agent-day-${name}-${'x'.repeat(20)}`;
	const world = createWorld(secretOf, dollars, latencyMs);
	const rig = new GatewayRig(
		Object.fromEntries(projects.map((id) => [id, { project: id, tier: id === 'paid' ? 'paid' : 'free' } as const])),
		{ on: world, shape: secretOf, strategy: 'headroom', budgets: { pool: { day: dollars } } },
	);
	const { clock } = world;
	const path = `/v1beta/models/${model}:streamGenerateContent?alt=sse`;
	return {
		world,
		agent: {
			ask: async (call) => {
				const headers = { 'x-keypool-session': `session ${call.session}` };
				const response = await clock.until(rig.send(path, geminiBody(call), { headers }));
				if (response.status === 200) return clock.until(readStream(response, clock.wall()));
				const retryAfterMs = retryDelayMs(await clock.until(response.text())) || 0;
				return { state: 'failed', status: response.status, retryAfterMs };
			},
		},
	};
}
