import type { Words } from './words';

/** Why free keys take nothing here: either setting may demand it. */
export function paidOnlyInWords({ t }: Pick<Words, 't'>): string {
	return t(
		'Only keys of paid projects are used here, because of the setting keypool.paidOnly or keypool.paidOnlyInRestrictedMode.',
	);
}
