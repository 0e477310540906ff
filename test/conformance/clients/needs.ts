import type { Scenario } from '../scenario';

/** What a client must be able to do to take part in a scenario, with the words for whoever cannot. */
export const needs = {
	connection: 'no server can break a connection so',
	keys: 'takes one key',
	prompts: 'one process for each prompt',
	fallback: 'takes one model',
	models: 'takes one model',
	streaming: 'does not stream',
	options: 'not given here',
	project: 'knows no project',
	whenBroken: 'does not ask what its reader can bear',
	cancelling: 'cannot be cancelled',
} as const;

export type Need = keyof typeof needs;

/** What a server of ours can do to a connection. */
const servable = new Set(['silence', 'ECONNRESET', 'UND_ERR_SOCKET']);

export function needsOf({ keys, asks = [{}], upstream, checks = {} }: Scenario): readonly Need[] {
	const steps = [...Object.values(upstream), ...Object.values(checks)].flat();
	const models = new Set(asks.map((ask) => ask.models?.[0]));
	const all: Readonly<Record<Need, boolean>> = {
		connection: steps.some((step) => 'connection' in step && !servable.has(step.connection)),
		keys: Object.keys(keys).length > 1,
		prompts: asks.length > 1,
		fallback: asks.some((ask) => (ask.models?.length ?? 1) > 1),
		models: models.size > 1,
		// A 200 that is no stream is one for a client that asks for a stream alone.
		streaming: steps.some((step) => 'stream' in step || ('status' in step && step.status === 200)),
		options: asks.some((ask) => ask.options !== undefined),
		project: asks.some((ask) => ask.project !== undefined),
		whenBroken: asks.some((ask) => ask.whenBroken !== undefined && ask.whenBroken !== 'retract'),
		cancelling: asks.some((ask) => ask.cancelAfter !== undefined),
	};
	return (Object.keys(all) as Need[]).filter((need) => all[need]);
}
