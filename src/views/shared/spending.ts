import type { SpentView } from '../../pool/pool';
import type { Words } from '../../localization/words';

/** What is spent of a budget, in a few words. */
export function spentInWords({ cost, limit }: Pick<SpentView, 'cost' | 'limit'>, { t, describeMoney }: Words): string {
	return limit === undefined ? describeMoney(cost) : t('{0} of {1}', describeMoney(cost), describeMoney(limit));
}
