import type { ClientRules } from '../../gateway/gateway';
import type { Words } from '../../localization/words';

/** Which keys a client may use. */
export function keysInWords(keys: ClientRules['keys'], { t }: Words): string {
	switch (keys) {
		case 'any':
			return t('All keys');
		case 'free':
			return t('Keys of free projects only');
		case 'paid':
			return t('Keys of paid projects only');
	}
}
