import type { HeldCause, SpentView } from '../../pool/pool';
import type { Words } from '../../localization/words';

/** What is spent of a budget, in a few words. */
export function spentInWords({ cost, limit }: Pick<SpentView, 'cost' | 'limit'>, { t, describeMoney }: Words): string {
	return limit === undefined ? describeMoney(cost) : t('{0} of {1}', describeMoney(cost), describeMoney(limit));
}

/** Why a client is held, as in "it …". */
export function causeInWords(cause: HeldCause, { t }: Words): string {
	return cause === 'tenfoldHour'
		? t('spent ten times as much as in its usual hour')
		: t('repeated one tool call twenty times');
}
