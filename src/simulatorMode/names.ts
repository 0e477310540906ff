import type { KeyId } from '../pool/pool';

/** The prefix of the ids of simulated keys and projects. No generated id begins so, and the ids are the same after a reload. */
export const simulatedId = 'simulated-';
/** The prefix of simulated secrets. Only the simulator ever receives one. */
export const simulatedSecret = 'sim-trial-';

/** Whether a key, or a text that may be a secret, belongs to the simulator. */
export function isSimulated(of: { readonly key: KeyId } | { readonly secret: string }): boolean {
	return 'key' in of ? of.key.startsWith(simulatedId) : of.secret.startsWith(simulatedSecret);
}
