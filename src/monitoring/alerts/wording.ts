import type { EpochMs } from '../../pool/pool';
import type { Words } from '../../localization/words';
import type { Alert } from './alert';

/** An alert for people: one line that says what, and the lines that say more. */
export interface WordedAlert {
	readonly title: string;
	readonly lines: readonly string[];
	readonly tone: 'bad' | 'warning' | 'good' | 'neutral';
}

/** The same where a team's gateway is in place of keys. */
function wordAtGateway(alert: Alert, words: Words, now: EpochMs): WordedAlert | undefined {
	const { t } = words;
	switch (alert.type) {
		case 'allExhausted': {
			const { back } = alert;
			const again = back === undefined ? [] : [t('It works again at {0}.', words.describeZonedTime(back, now))];
			return {
				title: t('The team’s gateway cannot answer'),
				lines: [t('Models: {0}', alert.model), ...again],
				tone: 'bad',
			};
		}
		case 'recovered':
			return { title: t('The team’s gateway can answer again'), lines: [t('Models: {0}', alert.model)], tone: 'good' };
		case 'keysNeedAttention': {
			const lines = alert.keys.map(({ label, reason }) => `${label}: ${words.describeReason(reason).brief}`);
			return { title: t('The team’s gateway needs attention'), lines, tone: 'warning' };
		}
		default:
			return undefined;
	}
}

/** `now`: when it is so, ms since 1970. */
export function wordAlert(alert: Alert, words: Words, now: EpochMs): WordedAlert {
	const { t } = words;
	const ofGateway = words.isGatewayUsed() ? wordAtGateway(alert, words, now) : undefined;
	if (ofGateway) return ofGateway;
	switch (alert.type) {
		case 'almostExhausted':
			return {
				title: t('Gemini keys are almost exhausted'),
				lines: [usableKeys(alert, t)],
				tone: 'warning',
			};
		case 'allExhausted': {
			const none =
				alert.total === 1
					? t('The only key cannot answer with {0}.', alert.model)
					: t('None of {0} keys can answer with {1}.', alert.total, alert.model);
			const { back } = alert;
			return {
				title: t('All Gemini keys are exhausted'),
				lines:
					back === undefined ? [none] : [none, t('The first key is back at {0}.', words.describeZonedTime(back, now))],
				tone: 'bad',
			};
		}
		case 'recovered':
			return {
				title: t('Gemini keys can answer again'),
				lines: [usableKeys(alert, t)],
				tone: 'good',
			};
		case 'unused':
			return {
				title: t('Gemini keys are not needed now'),
				lines: [t('Nobody has asked for {0} for an hour.', alert.model)],
				tone: 'neutral',
			};
		case 'keysNeedAttention':
			return {
				title:
					alert.keys.length + alert.more === 1
						? t('A Gemini key needs attention')
						: t('{0} Gemini keys need attention', alert.keys.length + alert.more),
				lines: [
					...alert.keys.map(({ label, reason }) => `${label}: ${words.describeReason(reason).brief}`),
					...(alert.more > 0 ? [t('… and {0} more', alert.more)] : []),
				],
				tone: 'warning',
			};
		case 'poolPaused': {
			const { text, remedy } = words.describeReason('paused');
			const cause = `${alert.by}: ${words.describeReason(alert.reason).brief}`;
			return { title: t('Keypool has paused'), lines: [text, cause, ...(remedy ? [remedy] : [])], tone: 'bad' };
		}
		case 'resumed':
			return { title: t('Keypool has resumed'), lines: [t('Somebody has ended the pause.')], tone: 'good' };
		case 'test':
			return {
				title: t('Test alert from Keypool'),
				lines: [t('You will be told here when Gemini keys run out or need attention.')],
				tone: 'neutral',
			};
	}
}

function usableKeys(
	{ usable, total, model }: { readonly usable: number; readonly total: number; readonly model: string },
	t: Words['t'],
): string {
	return total === 1
		? t('{0} of 1 key can answer with {1}.', usable, model)
		: t('{0} of {1} keys can answer with {2}.', usable, total, model);
}
