import type { Reason } from '../../pool/pool';
import type { Happening } from '../episodes';

/** What somebody is told who does not look. Labels only, never a key. */
export type Alert =
	| Exclude<Happening, { is: 'keyNeedsAttention' }>
	/** Keys that were benched, at most `mostNamed` of them by name; `more`: how many are not named. */
	| {
			readonly is: 'keysNeedAttention';
			readonly keys: readonly { readonly label: string; readonly why: Reason }[];
			readonly more: number;
	  }
	/** A person asked for it. */
	| { readonly is: 'test' };

export type AlertName = Alert['is'];

export const mostNamed = 20;
