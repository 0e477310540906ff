import type { Keyring, KeyPatch, ProjectPatch } from '../../keys/keyring/keyring';
import type { OrderRotation } from '../../keys/rotation/orderRotation';
import type { KeyId, Pool, ProjectId } from '../../pool/pool';

/** What the commands on rows do; handed in, because views look and never act by themselves. Each may reject. */
export interface KeyOperations {
	update(key: KeyId, patch: KeyPatch): Promise<void>;
	updateProject(project: ProjectId, patch: ProjectPatch): Promise<void>;
	/**
	 * Brings the keys into an order that people shall see.
	 *
	 * @param order asked for when moves before this one have been made; undefined: nothing moves.
	 */
	arrange(order: () => readonly KeyId[] | undefined): Promise<void>;
	/** Ends the rest of all buckets of the project, or of one model's. */
	clearRest(project: ProjectId, model: string | undefined): Promise<void>;
	/** A quarantined key is tried again on a person's word. */
	useAgain(key: KeyId): Promise<void>;
	resume(): Promise<void>;
	showLog(): void;
	/** Writes a setting where it is set already, else for the user. */
	set(name: 'model' | 'strategy' | 'fallbackModels', value: string | readonly string[]): Promise<void>;
	/** The setting of that name, best first. */
	fallbackModels(): readonly string[];
	/** Names of models that the service offers; throws where nobody can ask it. */
	models(signal: AbortSignal): Promise<readonly string[]>;
	/** Words a failure of one of the above, and logs it. */
	failed(error: unknown): void;
}

/** The acts on the keyring and the pool, beside those that need the editor. */
export function keyOperations(
	keyring: Pick<Keyring, 'update' | 'updateProject' | 'arrange'>,
	pool: Pick<Pool, 'execute'>,
	rotation: Pick<OrderRotation, 'stored'>,
	others: Pick<KeyOperations, 'showLog' | 'set' | 'fallbackModels' | 'models' | 'failed'>,
): KeyOperations {
	/** Moves one after the other: somebody who steps twice means two steps. */
	let moved: Promise<void> = Promise.resolve();
	return {
		...others,
		update: async (key, patch) => {
			await keyring.update(key, patch);
		},
		updateProject: async (project, patch) => {
			await keyring.updateProject(project, patch);
			// Their word counts again, also where the service contradicted it before.
			if (patch.tier !== undefined) await pool.execute({ type: 'restoreTier', project });
		},
		arrange: (order) => {
			const move = async (): Promise<void> => {
				const seen = order();
				if (seen) await keyring.arrange(seen, (keys) => rotation.stored(keys));
			};
			const done = moved.then(move);
			moved = done.catch(() => undefined);
			return done;
		},
		clearRest: (project, model) =>
			pool.execute({ type: 'clearCooldown', project, ...(model !== undefined && { model }) }),
		useAgain: (key) => pool.execute({ type: 'liftQuarantine', key }),
		resume: () => pool.execute({ type: 'resume' }),
	};
}
