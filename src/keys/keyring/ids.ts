import type { KeyId, ProjectId } from '../../pool/pool';
import { KeyringError } from './secretStore';

/** Characters of a label. */
export const longestLabel = 60;

const idShape = /^[\w-]{1,64}$/;
export const isKeyId = (text: string): text is KeyId => idShape.test(text);
export const isProjectId = (text: string): text is ProjectId => idShape.test(text);

/** The project of a key that names none: damaged metadata leads every window to the same one. */
export function ownProject(id: KeyId): ProjectId {
	const text: string = id;
	if (!isProjectId(text)) {
		throw new KeyringError('badValue');
	}
	return text;
}
