import type { KeyView } from '../../pool/pool';

/** Which keys the tree shows. */
export type Filter =
	| { readonly by: 'none' }
	/** `attention`: enabled and benched. */
	| { readonly by: 'state'; readonly state: 'usable' | 'resting' | 'attention' | 'disabled' }
	/** In the label, the mask, the project or the account; upper and lower case alike. */
	| { readonly by: 'text'; readonly text: string };

export const noFilter: Filter = { by: 'none' };

export function passes(view: KeyView, filter: Filter): boolean {
	switch (filter.by) {
		case 'none':
			return true;
		case 'state':
			return stateOf(view) === filter.state;
		case 'text': {
			const wanted = filter.text.trim().toLocaleLowerCase();
			const { key, project } = view;
			return [key.label, key.mask, project.label, project.account].some((text) =>
				text?.toLocaleLowerCase().includes(wanted),
			);
		}
	}
}

/** A key that tests one call, or whose tier lacks the model, is neither usable nor in need of a person. */
function stateOf({ key, standing }: KeyView): string {
	if (standing.is === 'benched') return key.enabled ? 'attention' : 'disabled';
	return standing.is === 'probing' || standing.is === 'closed' ? 'resting' : standing.is;
}
