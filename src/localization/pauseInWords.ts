import type { Snapshot } from '../pool/pool';
import type { Words } from './words';

/** Why the pool has paused, with the name of the key, where that is still here: "this key" alone is none of several. */
export function pauseInWords(
	{ paused, keys }: Pick<Snapshot, 'paused' | 'keys'>,
	{ describeReason, t }: Pick<Words, 'describeReason' | 't'>,
): string {
	const { text, brief } = describeReason(paused?.reason ?? 'paused');
	if (!paused) return text;
	const isHere = keys.some(({ key }) => key.label === paused.by);
	return isHere ? `${paused.by}: ${text}` : t('It is about a key that is not here: {0}.', brief);
}
