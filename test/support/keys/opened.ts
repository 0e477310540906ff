import { Keyring, KeyringError, type SecretStore } from '../../../src/keys/keyring/keyring';
import { Secret } from '../../../src/keys/keyring/secret';
import type { Key } from '../../../src/pool/pool';
import { VirtualClock } from '../virtualClock';

interface Opened {
	readonly keyring: Keyring;
	readonly learnt: string[];
	readonly reports: unknown[];
}

const noon = Date.UTC(2026, 10, 26, 12);
let windows = 0;

/** A window on a store. */
export async function open(store: SecretStore, clock = new VirtualClock(noon)): Promise<Opened> {
	const window = opened(store, clock);
	await window.keyring.load();
	return window;
}

/** The same, before it has read the store. */
export function opened(store: SecretStore, clock = new VirtualClock(noon)): Opened {
	windows += 1;
	let ids = 0;
	const prefix = `w${windows}`;
	const learnt: string[] = [];
	const reports: unknown[] = [];
	const keyring = new Keyring(store, {
		clock,
		newId: () => `${prefix}-${(ids += 1)}`,
		numberedLabel: (n) => `Key ${n}`,
		learn: (secret) => learnt.push(secret),
		report: (error) => reports.push(error),
	});
	return { keyring, learnt, reports };
}

export const add = async (keyring: Keyring, ...secrets: string[]): Promise<readonly Key[]> =>
	(await keyring.add(secrets.map((secret) => ({ secret: new Secret(secret) })))).added;
export const reason = (expected: string) => (error: unknown) =>
	error instanceof KeyringError && error.reason === expected;
/** Everything that changes of the store have set off has run. */
export const settled = async (keyring: Keyring) => {
	await keyring.load();
};
