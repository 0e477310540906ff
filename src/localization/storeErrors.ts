import type { StoreErrorReason } from '../pool/pool';
import type { Translate } from './userMessage';

/** Why the windows cannot share their counts, or could not for a while; what Keypool did, and what the user can do. */
export function describeStoreError(reason: Exclude<StoreErrorReason, 'newer'>, t: Translate): string {
	switch (reason) {
		case 'missing':
			return t(
				'This editor is too old for windows to share what they know of your quotas: each window counts for itself, and forgets when it closes. Update the editor.',
			);
		case 'damaged':
			return t(
				'Keypool’s record of quotas was damaged. It was set aside and started again; your keys are not in it and are safe.',
			);
		case 'deleted':
			return t('Keypool’s record of quotas was deleted while it was in use. It was written again.');
		case 'readOnly':
			return t(
				'Keypool has no permission to write its record of quotas. Allow it to write to its VS Code folder; until then this window counts on its own.',
			);
		case 'blocked':
			return t(
				'This browser does not let Keypool store its record of quotas: it may be a private window, or storage may be blocked for this site. This window counts on its own and forgets everything when it closes.',
			);
		case 'full':
			return t(
				'There is no space left: Keypool cannot write its record of quotas. Free some space; until then this window counts on its own.',
			);
		case 'locked':
			return t(
				'Another program has locked Keypool’s record of quotas. Until it is free, this window counts on its own.',
			);
		case 'unreachable':
			return t(
				'Keypool cannot open its record of quotas. Until it can, this window counts on its own. See Keypool’s log for the reason.',
			);
	}
}
