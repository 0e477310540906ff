import type { Key, ProjectId } from '../../pool/pool';
import type { ProjectRecord } from './records';
import type { Secret } from './secret';

export interface NewKey {
	readonly secret: Secret;
	/** Made unique; absent or blank: a numbered one. */
	readonly label?: string | undefined;
	/** A project of another key; absent: one of its own. */
	readonly project?: ProjectId | undefined;
}

export interface AddResult {
	readonly added: readonly Key[];
	/** Secrets that the keyring had, or that came twice, with the key that holds them. */
	readonly duplicates: readonly { readonly secret: Secret; readonly of: Key }[];
}

/** Absent fields stay as they are. `own`: out of a shared project into one of its own. */
export interface KeyPatch {
	readonly label?: string;
	readonly project?: ProjectId | 'own';
	readonly role?: Key['role'];
	readonly weight?: number;
	readonly enabled?: boolean;
}

/** Absent fields stay as they are; undefined takes a field away. */
export type ProjectPatch = { readonly [Field in keyof ProjectRecord]?: ProjectRecord[Field] | undefined };
