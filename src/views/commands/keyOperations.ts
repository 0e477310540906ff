import { joinProjects } from '../../keys/check/sameProject';
import type { Keyring, KeyPatch, ProjectChange, ProjectPatch } from '../../keys/keyring/keyring';
import type { OrderRotation } from '../../keys/rotation/orderRotation';
import {
	createMutex,
	type Budgets,
	type Key,
	type KeyId,
	type MicroDollars,
	type Pool,
	type Project,
	type ProjectId,
	type SpendingPeriod,
	type SpendingScope,
} from '../../pool/pool';

/** What the commands on rows do; handed in, because views look and never act by themselves. Each may reject. */
export interface KeyOperations {
	update(key: KeyId, patch: KeyPatch): Promise<unknown>;
	/** Into a project of its own, of that tier from its first moment. */
	takeOut(key: KeyId, tier: Project['tier']): Promise<unknown>;
	updateProject(project: ProjectId, change: ProjectChange): Promise<void>;
	/** Puts the last key of its project into another one: what a person has said of either holds for the whole. */
	join(key: Key, project: ProjectId): Promise<void>;
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
	/** More for a scope, in millionths of a dollar, until the period ends. */
	raiseBudget(scope: SpendingScope, period: SpendingPeriod, by: MicroDollars): Promise<void>;
	/** A client that is held may go on. */
	releaseClient(client: string): Promise<void>;
	/** The setting `keypool.budgets`. */
	budgets(): Budgets;
	/** Changes them as they stand when it is written: while a person typed, another act can have changed them. */
	changeBudgets(change: (budgets: Budgets) => Budgets): Promise<void>;
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

/** What `extension.ts` hands in, because it knows the settings. */
type SettingOperations = Pick<KeyOperations, 'showLog' | 'set' | 'fallbackModels' | 'models' | 'failed' | 'budgets'> & {
	/** What the setting does not accept is kept as it stands beside them. */
	readonly setBudgets: KeyOperations['changeBudgets'];
};

/** The acts on the keyring and the pool, beside those that need the editor. */
export function keyOperations(
	keyring: Pick<Keyring, 'update' | 'updateProject' | 'arrange' | 'list'>,
	pool: Pick<Pool, 'execute'>,
	rotation: Pick<OrderRotation, 'stored'>,
	{ setBudgets, ...others }: SettingOperations,
): KeyOperations {
	/** Moves one after the other: somebody who steps twice means two steps. */
	const moves = createMutex();
	const budgetChanges = createMutex();
	return {
		...others,
		changeBudgets: (change) => budgetChanges(() => setBudgets(change)),
		update: (key, patch) => keyring.update(key, patch),
		takeOut: (key, tier) =>
			keyring.update(key, { project: 'own', own: { tier, ...(tier === 'paid' && { budget: defaultBudget }) } }),
		updateProject: async (project, change) => {
			let patch: ProjectPatch = {};
			await keyring.updateProject(project, (before) => {
				patch = typeof change === 'function' ? change(before) : change;
				return withDefaultBudget(patch, before);
			});
			// Their word counts again, also where the service contradicted it before.
			if (patch.tier !== undefined) await pool.execute({ type: 'restoreTier', project });
		},
		join: async (key, project) => {
			await joinProjects([{ key, project }], keyring);
			// Says where one of the two is gone.
			await keyring.update(key.id, { project });
		},
		arrange: (order) =>
			moves(async () => {
				const seen = order();
				if (seen) await keyring.arrange(seen, (keys) => rotation.stored(keys));
			}),
		clearRest: (project, model) =>
			pool.execute({ type: 'clearCooldown', project, ...(model !== undefined && { model }) }),
		useAgain: (key) => pool.execute({ type: 'liftQuarantine', key }),
		resume: () => pool.execute({ type: 'resume' }),
		raiseBudget: (scope, period, by) => pool.execute({ type: 'raiseBudget', scope, period, by }),
		releaseClient: (client) => pool.execute({ type: 'releaseClient', client }),
	};
}

/** A project that is newly marked as paid asks once before it costs more. */
const defaultBudget = { day: 5, isDefault: true } as const;

/** A project that becomes a paid one gets a budget, unless it has one; a free one needs none that nobody chose. */
function withDefaultBudget(patch: ProjectPatch, before: Project): ProjectPatch {
	if (patch.tier === undefined || 'budget' in patch) return patch;
	if (patch.tier === 'paid' && before.tier !== 'paid' && !before.budget) {
		return { ...patch, budget: defaultBudget };
	}
	return patch.tier === 'free' && before.budget?.isDefault ? { ...patch, budget: undefined } : patch;
}
