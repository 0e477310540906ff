import type { ModelSupply } from '../pool/pool';
import type { Words } from './words';

/** How many keys can answer with a model now. */
export function supplyInWords(
	{ usable, total, model }: Pick<ModelSupply, 'usable' | 'total' | 'model'>,
	{ t }: Pick<Words, 't'>,
): string {
	// All are disabled, only paid ones may be used and there is none, or no tier has the model.
	if (total === 0) return t('No key can answer with {0} right now.', model);
	return total === 1
		? t('{0} of 1 key can answer with {1} now.', usable, model)
		: t('{0} of {1} keys can answer with {2} now.', usable, total, model);
}
