import type { Snapshot } from '../pool/pool';
import type { Words } from './words';

/** Why the pool has paused, with the name of the key, where that is still here: "this key" alone is none of several. */
export function pauseInWords(
	{ paused, keys }: Pick<Snapshot, 'paused' | 'keys'>,
	{ describeReason }: Pick<Words, 'describeReason'>,
): string {
	const { text } = describeReason(paused?.reason ?? 'paused');
	return paused && keys.some(({ key }) => key.label === paused.by) ? `${paused.by}: ${text}` : text;
}
