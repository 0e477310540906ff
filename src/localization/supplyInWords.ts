import type { ModelSupply } from '../pool/pool';
import type { Words } from './words';

/** How many keys can answer with a model now. */
export function supplyInWords(
	{ usable, total, model }: Pick<ModelSupply, 'usable' | 'total' | 'model'>,
	{ t, describeReason }: Pick<Words, 't' | 'describeReason'>,
): string {
	// All are disabled, or only paid ones may be used and there is none.
	if (total === 0) return describeReason('noUsableKey').text;
	return total === 1
		? t('{0} of 1 key can answer with {1} now.', usable, model)
		: t('{0} of {1} keys can answer with {2} now.', usable, total, model);
}
