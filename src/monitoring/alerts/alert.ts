import type { Masker } from '../../masking/masking';
import type { Reason } from '../../pool/pool';
import type { Happening } from '../log/episodes';

/** What somebody is told who does not look. Labels only, never a key. */
export type Alert =
	| Exclude<Happening, { is: 'keyNeedsAttention' | 'tierRevoked' }>
	/** Keys had run out for a model, and nobody asks for it any more: how it stands now is not known. */
	| { readonly is: 'unused'; readonly model: string }
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

/** The same alert, fit to leave: a person can have given a key its own text as a name. */
export function masked(alert: Alert, mask: Masker): Alert {
	switch (alert.is) {
		case 'almostExhausted':
		case 'allExhausted':
		case 'recovered':
		case 'unused':
			return { ...alert, model: mask(alert.model) };
		case 'keysNeedAttention':
			return { ...alert, keys: alert.keys.map(({ label, why }) => ({ label: mask(label), why })) };
		case 'poolPaused':
			return { ...alert, by: mask(alert.by) };
		case 'test':
			return alert;
	}
}
