import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Key, Project } from '../../src/pool/pool';

type Json = Readonly<Record<string, unknown>>;

export const folderOf010 = path.join(__dirname, '..', 'fixtures', 'version-0.1.0');

/** What version 0.1.0 read of its own files, in its own words. */
export interface Seen {
	/** ms since 1970 when it read them. */
	readonly now: number;
	readonly paused: Json;
	readonly keys: readonly (Json & {
		readonly id: string;
		readonly standing: Json;
		readonly models: readonly (Json & { readonly standing: Json })[];
	})[];
	readonly minutes: readonly (Json & { readonly minute: number })[];
	readonly trails: readonly (Json & { readonly took: Json })[];
	readonly rests: readonly (readonly [id: string, record: { readonly spans: readonly Json[] }])[];
	/** In today's words, so that a pool takes it. */
	readonly keyring: { readonly keys: readonly Key[]; readonly projects: readonly Project[] };
	readonly secrets: Readonly<Record<string, string>>;
	readonly conversation: Json & { readonly id: string; readonly turns: readonly Json[] };
}

interface KeyringSeen {
	readonly keys: readonly (Omit<Key, 'sortOrder'> & { readonly rank: string })[];
	readonly projects: readonly Project[];
}

export function jsonOf010(name: string): unknown {
	return JSON.parse(readFileSync(path.join(folderOf010, name), 'utf8'));
}

export function seenBy010(): Seen {
	const seen = jsonOf010('seen.json') as Omit<Seen, 'keyring'> & { readonly keyring: KeyringSeen };
	const keys = seen.keyring.keys.map(({ rank, ...key }) => ({ ...key, sortOrder: rank }));
	return { ...seen, keyring: { ...seen.keyring, keys } };
}
