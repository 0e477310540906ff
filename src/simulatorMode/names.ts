import type { KeyId } from '../pool/pool';

/** Ids of simulated keys and of their projects begin so, which no minted id does; their names are the same after a reload. */
export const simulatedId = 'simulated-';
/** Secrets of simulated keys begin so. Whoever holds one is answered by the simulator, or by nobody. */
export const simulatedSecret = 'sim-trial-';

/** Whether a key, or a secret that need not be one, is the simulator's. */
export function isSimulated(of: { readonly key: KeyId } | { readonly secret: string }): boolean {
	return 'key' in of ? of.key.startsWith(simulatedId) : of.secret.startsWith(simulatedSecret);
}
