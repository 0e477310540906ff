import type { BodyName } from '../../src/simulator/bodies';
import type { Scenario } from '../../src/simulator/scenario';

const wide = { 'gemini-3.8-flash': { rpm: 300, tpm: 1_000_000, rpd: 5000 } };

/** One refusal each, in the order in which a question meets them; what remains answers. */
const refusals: readonly (readonly [name: string, body: BodyName])[] = [
	['minute', '429_rpm_free'],
	['day', '429_rpd_free_flash_short_delay'],
	['blocked', '403_api_key_service_blocked'],
	['billing', '429_prepay_depleted'],
	['closed', '429_limit0_pro_free'],
];
const good = ['good-1', 'good-2', 'off'];

/** Nine keys that come to stand in every state there is, once one question has gone through them. */
export const nineKeys: Scenario = {
	description: 'nine keys, in every state after one question',
	projects: [...refusals.map(([name]) => name), ...good].map((id) => ({ id, tier: 'free', quotas: wide })),
	keys: [
		...refusals.map(([name, body]) => ({
			secret: `sim-${name}`,
			project: name,
			faults: [{ when: 'always', on: 'generation', kind: 'error', body } as const],
		})),
		...good.map((name) => ({ secret: `sim-${name}`, project: name })),
	],
	secrets: ['sim-off', ...refusals.map(([name]) => `sim-${name}`), 'sim-invalid', 'sim-good-1', 'sim-good-2'],
};
