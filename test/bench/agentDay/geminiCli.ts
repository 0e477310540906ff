import * as v from 'valibot';
import { model } from '../ledgers';
import { readStream } from './answer';
import type { Agent, Seen } from './day';
import { geminiBody, type AgentCall } from './sessions';
import { createWorld, latencyMs, projects, type World } from './world';

/** ms, as measured with gemini-cli 0.61.0: at least so long after a 429 of a minute; then after each 503. */
const leastMs = 5_000;
const overloadMs: readonly number[] = [4_600, 9_900, 16_500];
/** ms. What is longer is final. */
const longestMs = 300_000;

const Refusal = v.object({
	error: v.object({
		details: v.array(
			v.object({
				retryDelay: v.optional(v.string()),
				violations: v.optional(v.array(v.object({ quotaId: v.optional(v.string()) }))),
			}),
		),
	}),
});

/**
 * gemini-cli's own rules with one key at a time, as they were measured: a minute's 429 is waited for, at least 5 s; a day's is
 * final, exit 173; a broken stream is final, exit 1. A person then goes on with the next key, the paid one last.
 */
export function geminiCliDay(dollars: number): { readonly agent: Agent; readonly world: World } {
	const secretOf = (name: string): string => `sim-agent-day-${name}`;
	const world = createWorld(secretOf, dollars, latencyMs);
	const { clock, service } = world;
	let key = 0;
	const send = (call: AgentCall): Promise<Response> => {
		const url = `https://simulator.invalid/v1beta/models/${model}:streamGenerateContent?alt=sse`;
		const headers = { 'content-type': 'application/json', 'x-goog-api-key': secretOf(projects[key] ?? 'paid') };
		return clock.until(service.fetch(url, { method: 'POST', headers, body: geminiBody(call) }));
	};
	return {
		world,
		agent: {
			ask: async (call): Promise<Seen> => {
				for (let busy = 0; ;) {
					const response = await send(call);
					const { status } = response;
					if (status === 200) return clock.until(readStream(response, clock.wall()));
					const text = await clock.until(response.text());
					const wait = status === 503 ? overloadMs[busy++] : status === 429 ? minuteDelay(text) : undefined;
					if (wait === undefined) return { state: 'failed', status };
					await clock.advance(wait);
				}
			},
			mend: (seen) => {
				if (seen.state === 'failed' && seen.status === 429) key = Math.min(key + 1, projects.length - 1);
			},
		},
	};
}

/** ms until it asks again; undefined where it does not. */
function minuteDelay(text: string): number | undefined {
	const { details } = v.parse(Refusal, JSON.parse(text)).error;
	if (details.some(({ violations = [] }) => violations.some(({ quotaId = '' }) => quotaId.includes('PerDay')))) {
		return undefined;
	}
	const stated = 1_000 * parseFloat(details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay ?? '0');
	return stated > longestMs ? undefined : Math.max(leastMs, stated);
}
