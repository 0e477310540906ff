import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { noon } from '../../views/snapshots';

const hostile = `"the team's" <!channel> @everyone\n**key** & \\ 👩‍💻 `;

/** Every alert there is, with labels that try to be more than text. */
export const every: readonly Alert[] = [
	{ is: 'almostExhausted', usable: 1, total: 5, model: 'gemini-3.8-flash' },
	{ is: 'allExhausted', total: 5, model: 'gemini-3.8-flash', back: noon + 60_000 },
	{ is: 'allExhausted', total: 5, model: 'gemini-3.8-flash' },
	{ is: 'recovered', usable: 4, total: 5, model: 'gemini-3.8-flash' },
	{ is: 'unused', model: 'gemini-3.8-flash' },
	{ is: 'keysNeedAttention', keys: [{ label: hostile, why: 'badKey' }], more: 0 },
	{
		is: 'keysNeedAttention',
		keys: Array.from({ length: 20 }, () => ({
			label: `${hostile}${'👩‍💻'.repeat(400)}`,
			why: 'serviceDisabled' as const,
		})),
		more: 980,
	},
	{ is: 'poolPaused', why: 'leaked', by: hostile },
	{ is: 'test' },
];
