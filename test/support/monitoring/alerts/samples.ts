import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { noon } from '../../views/snapshots';

const hostile = `"the team's" <!channel> @everyone\n**key** & \\ 👩‍💻 `;

/** Every alert there is, with labels that try to be more than text. */
export const every: readonly Alert[] = [
	{ type: 'almostExhausted', usable: 1, total: 5, model: 'gemini-3.8-flash' },
	{ type: 'allExhausted', total: 5, model: 'gemini-3.8-flash', back: noon + 60_000 },
	{ type: 'allExhausted', total: 5, model: 'gemini-3.8-flash' },
	{ type: 'recovered', usable: 4, total: 5, model: 'gemini-3.8-flash' },
	{ type: 'unused', model: 'gemini-3.8-flash' },
	{ type: 'keysNeedAttention', keys: [{ label: hostile, reason: 'badKey' }], more: 0 },
	{
		type: 'keysNeedAttention',
		keys: Array.from({ length: 20 }, () => ({
			label: `${hostile}${'👩‍💻'.repeat(400)}`,
			reason: 'serviceDisabled' as const,
		})),
		more: 980,
	},
	{ type: 'resumed' },
	{ type: 'poolPaused', reason: 'leaked', by: hostile },
	{ type: 'test' },
];
