import type { BodyName } from '../../../src/simulator/bodies/bodies';
import type { Scenario } from '../../../src/simulator/scenario';
import type { Fault } from '../../../src/simulator/service';

const wide = { 'gemini-3.8-flash': { rpm: 300, tpm: 1_000_000, rpd: 5000 } };

/** One refusal each, in the order in which a question meets them; what remains answers. */
const refusals: readonly (readonly [name: string, body: BodyName])[] = [
	['day', '429_rpd_free_flash_short_delay'],
	['blocked', '403_api_key_service_blocked'],
	['billing', '429_prepay_depleted'],
	['closed', '429_limit0_pro_free'],
];
const good = ['good-1', 'off'];
/** Refused for a minute, and then kept waiting. */
const minute: readonly Fault[] = [
	{ when: { nth: 1 }, kind: 'error', body: '429_rpm_free' },
	{ when: 'always', on: 'generation', kind: 'hang' },
];
/** Passes its check, and is refused for good by the first question that comes to it. */
const leaked: readonly Fault[] = [{ when: 'always', on: 'generation', kind: 'error', body: '403_leaked_key' }];

/**
 * Nine keys that come to stand in every state there is: most of them once one question has gone through them. A later one
 * is kept waiting by the key of the minute, and the one after that finds the leak and makes the pool pause.
 */
export const nineKeys: Scenario = {
	description: 'nine keys, in every state after three questions',
	projects: ['minute', 'good-2', ...refusals.map(([name]) => name), ...good].map((id) => ({
		id,
		tier: 'free',
		quotas: wide,
	})),
	keys: [
		{ secret: 'sim-minute', project: 'minute', faults: minute },
		{ secret: 'sim-good-2', project: 'good-2', faults: leaked },
		...refusals.map(([name, body]) => ({
			secret: `sim-${name}`,
			project: name,
			faults: [{ when: 'always', on: 'generation', kind: 'error', body } as const],
		})),
		...good.map((name) => ({ secret: `sim-${name}`, project: name })),
	],
	secrets: [
		'sim-off',
		'sim-minute',
		...refusals.map(([name]) => `sim-${name}`),
		'sim-invalid',
		'sim-good-1',
		'sim-good-2',
	],
};
