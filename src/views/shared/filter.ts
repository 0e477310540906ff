import { searchable } from '../../common/searchable';
import type { KeyView } from '../../pool/pool';

/** Which keys the tree shows. */
export type Filter =
	| { readonly type: 'none' }
	/** `attention`: enabled and quarantined. */
	| { readonly type: 'state'; readonly state: 'usable' | 'coolingDown' | 'attention' | 'disabled' }
	/** In the label, the mask, the project or the account; upper and lower case, with accents and without, alike. */
	| { readonly type: 'text'; readonly text: string };

export const noFilter: Filter = { type: 'none' };

export function passes(view: KeyView, filter: Filter): boolean {
	switch (filter.type) {
		case 'none':
			return true;
		case 'state':
			return stateOf(view) === filter.state;
		case 'text': {
			const wanted = searchable(filter.text.trim());
			const { key, project } = view;
			return [key.label, key.mask, project.label, project.account].some((text) =>
				searchable(text ?? '').includes(wanted),
			);
		}
	}
}

/** A key that tests one call, or whose tier lacks the model, is neither usable nor in need of a person. A barred one has no state. */
function stateOf({ key, availability, isBarred }: KeyView): string {
	if (availability.state === 'usable' && isBarred) return '';
	if (availability.state === 'quarantined') return key.enabled ? 'attention' : 'disabled';
	return availability.state === 'halfOpen' || availability.state === 'unsupported' ? 'coolingDown' : availability.state;
}
