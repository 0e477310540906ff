import type { Masker } from '../../masking/masking';
import type { Reason } from '../../pool/pool';
import type { Incident } from '../log/episodes';

/** What somebody is told who does not look. Labels only, never a key. */
export type Alert =
	| Exclude<Incident, { type: 'keyNeedsAttention' | 'tierRevoked' }>
	/** Keys had run out for a model, and nobody asks for it any more: how it stands now is not known. */
	| { readonly type: 'unused'; readonly model: string }
	/** A person has ended the pause. */
	| { readonly type: 'resumed' }
	/** Keys that were quarantined, at most `maxNamed` of them by name; `more`: how many are not named. */
	| {
			readonly type: 'keysNeedAttention';
			readonly keys: readonly { readonly label: string; readonly reason: Reason }[];
			readonly more: number;
	  }
	/** A person asked for it. */
	| { readonly type: 'test' };

export const maxNamed = 20;

/** The same alert, fit to leave: a person can have given a key its own text as a name. */
export function masked(alert: Alert, mask: Masker): Alert {
	switch (alert.type) {
		case 'almostExhausted':
		case 'allExhausted':
		case 'recovered':
		case 'unused':
			return { ...alert, model: mask(alert.model) };
		case 'keysNeedAttention':
			return { ...alert, keys: alert.keys.map(({ label, reason }) => ({ label: mask(label), reason })) };
		case 'poolPaused':
			return { ...alert, by: mask(alert.by) };
		case 'resumed':
		case 'test':
			return alert;
	}
}
