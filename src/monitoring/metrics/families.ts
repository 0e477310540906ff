import Counter from 'prom-client/lib/counter';
import Gauge from 'prom-client/lib/gauge';
import Histogram from 'prom-client/lib/histogram';
import type Registry from 'prom-client/lib/registry';

/** Seconds: from a first token in a moment to an answer that waited for a quota. */
const buckets = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900];

/** Every metric family, in a registry. */
export function createFamilies(registry: Registry) {
	const registers = [registry];
	const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
		new Counter({ name, help, labelNames, registers });
	const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
		new Gauge({ name, help, labelNames, registers });
	const seconds = (name: string, help: string) => new Histogram({ name, help, buckets, registers });
	return {
		requests: counter('gemini_requests_total', 'Prompts that ended, each counted once, by how.', ['status']),
		attempts: counter('gemini_attempts_total', 'Sends to the service.', ['key', 'model', 'outcome']),
		fallbacks: counter('gemini_fallbacks_total', 'Times that a key was set aside for a prompt, by why.', ['reason']),
		tokens: counter('gemini_tokens_total', 'Tokens as the service counted them.', ['key', 'model', 'direction']),
		cost: counter('gemini_cost_dollars_total', 'What sends have cost, by the list of prices; Google’s bill rules.', [
			...(['key', 'model', 'client'] as const),
		]),
		rests: counter('gemini_cooldowns_total', 'Cooldowns of a model of a project that began, by reason.', ['reason']),
		quarantines: counter('gemini_quarantines_total', 'Keys that were quarantined, by reason.', ['reason']),
		duration: seconds('gemini_request_duration_seconds', 'From a prompt to the end of its answer.'),
		firstToken: seconds('gemini_first_token_seconds', 'From a prompt to the first piece of its answer.'),
		waiting: seconds('gemini_waiting_seconds', 'Time that prompts spent in line for a key.'),
		available: gauge(
			'gemini_available_keys',
			'Keys that can answer now, with the model in use that has the least supply.',
			[],
		),
		availableByModel: gauge('gemini_available_keys_by_model', 'Keys that can answer now, by model in use.', ['model']),
		enabled: gauge('gemini_enabled_keys', 'Keys that are enabled and may be used.', []),
		keys: gauge('gemini_keys', 'Keys by how they stand for the model in use that has the least supply.', ['state']),
		queue: gauge('gemini_queue_length', 'Prompts that wait for a key now, in all windows.', []),
		pool: gauge('gemini_pool_state', '1 for the state that the pool is in, 0 for the others.', ['state']),
		used: gauge('gemini_quota_used', 'What is used of a known limit.', ['key', 'model', 'limit']),
		limit: gauge('gemini_quota_limit', 'The known limit.', ['key', 'model', 'limit']),
		spent: gauge('gemini_spent_dollars', 'Spent in the Pacific day or month that goes on.', [
			'scope',
			'name',
			'period',
		]),
		budget: gauge('gemini_budget_dollars', 'What may be spent in it.', ['scope', 'name', 'period']),
		held: gauge('gemini_held_clients', 'Clients that are stopped until a person has looked.', []),
	};
}

export type Families = ReturnType<typeof createFamilies>;
