import type { Masker } from '../../masking/masking';
import type { Attempt, KeyId, Snapshot, RequestRecord } from '../../pool/pool';
import { clientInWords } from '../../localization/clientInWords';
import type { Words } from '../../localization/words';

/** How the dashboard names things: in the user's language, and never a key. */
export interface Voice {
	readonly words: Words;
	readonly mask: Masker;
	/** A removed key keeps the name that it had when it was last used, as far as that is known. */
	labelOf(key: KeyId): string;
	outcome(outcome: Attempt['outcome']): string;
	/** So many things that have no row or layer of their own. */
	others(count: number): string;
	origin(origin: string): string;
}

/** `requestRecords` oldest first. */
export function createVoice(
	{ keys }: Pick<Snapshot, 'keys'>,
	requestRecords: readonly RequestRecord[],
	words: Words,
	mask: Masker,
): Voice {
	const { t, describeReason, describeCount } = words;
	const labels = labelsOf(keys, requestRecords);
	return {
		words,
		mask,
		labelOf: (key) => mask(labels.get(key) ?? t('a key that is not here')),
		outcome: (outcome) => (outcome === 'answered' ? t('answered') : describeReason(outcome).brief),
		others: (count) => (count === 1 ? t('1 other') : t('{0} others', describeCount(count))),
		origin: (origin) => mask(clientInWords(origin, t)),
	};
}

/** What keys are called, or were when they were last used. */
export function labelsOf(keys: Snapshot['keys'], requestRecords: readonly RequestRecord[]): ReadonlyMap<KeyId, string> {
	const labels = new Map<KeyId, string>();
	for (const { attempts } of requestRecords) for (const { key, label } of attempts) labels.set(key, label);
	for (const { key } of keys) labels.set(key.id, key.label);
	return labels;
}
