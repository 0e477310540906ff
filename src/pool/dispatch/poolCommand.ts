import type { BudgetGuard } from '../budget/budgetGuard';
import { raiseBudget, releaseClient, type Raise } from '../budget/spendingSteps';
import { allowModel, liftQuarantines } from '../health/keyRecord';
import { clearMissing, clearOverload, resolveAlias, resolveIn } from '../health/modelRecord';
import { restoreTier } from '../health/revokedTier';
import * as throttle from '../health/throttle';
import { clearCooldown, forgetTier } from '../quota/cooldown';
import { bucketId, partsOf, type BucketId, type KeyId, type ProjectId } from '../types/key';
import type { KeySet } from '../types/keySet';
import type { StateStore } from '../types/stateStore';

/** What the user can change about the pool's state. */
export type PoolCommand =
	| { readonly type: 'resume' }
	| { readonly type: 'liftQuarantine'; readonly key: KeyId }
	/** The user has set the project's tier: it counts again, even if the service contradicted it. */
	| { readonly type: 'restoreTier'; readonly project: ProjectId }
	/** Raises a scope's budget until the period ends. */
	| ({ readonly type: 'raiseBudget' } & Raise)
	/** Lets a held client send again. */
	| { readonly type: 'releaseClient'; readonly client: string }
	/** For one model of the project, or all. */
	| { readonly type: 'clearCooldown'; readonly project: ProjectId; readonly model?: string };

export interface CommandTarget {
	readonly store: StateStore;
	readonly keySet: KeySet;
	readonly guard: Pick<BudgetGuard, 'budgetOf'>;
	/** The model that is asked where no other is named. */
	readonly model: string;
}

/** Carries it out in the store, in one atomic step. */
export function execute(command: PoolCommand, { store, keySet, guard, model }: CommandTarget): Promise<void> {
	switch (command.type) {
		case 'raiseBudget':
			return raiseBudget(store, command, guard.budgetOf(command.scope, keySet));
		case 'releaseClient':
			return releaseClient(store, command.client);
		case 'resume':
			return resume(store);
		case 'liftQuarantine':
			return store.transact((tx) => liftQuarantines(tx, keySet, command.key));
		case 'restoreTier':
			return restoreTierOf(store, command.project);
		case 'clearCooldown': {
			const ids = bucketsOf(store, command.project, command.model);
			return clearCooldowns(store, keySet, ids, command.model ?? model);
		}
	}
}

function resume(store: StateStore): Promise<void> {
	return store.transact((tx) => {
		const { paused: _, ...doc } = tx.pool();
		tx.put({ kind: 'pool', doc });
	});
}

/** The tier counts until the service contradicts it again, and what the project's buckets learnt of the one before is forgotten. */
function restoreTierOf(store: StateStore, project: ProjectId): Promise<void> {
	const ids = bucketsOf(store, project, undefined);
	return store.transact((tx, now) => {
		tx.put({ kind: 'pool', doc: restoreTier(tx.pool(), project) });
		for (const id of ids) tx.put({ kind: 'bucket', id, doc: forgetTier(tx.bucket(id), now) });
	});
}

/** Ends the cooldowns of these buckets, and whatever blocks their models and the one that is `blocked`. */
function clearCooldowns(store: StateStore, keySet: KeySet, ids: readonly BucketId[], blocked: string): Promise<void> {
	return store.transact((tx, now) => {
		const unblock = (id: string): void => tx.put({ kind: 'model', id, doc: clearMissing(clearOverload(tx.model(id))) });
		tx.put({ kind: 'pool', doc: throttle.withoutThrottle(tx.pool()) });
		unblock(resolveIn(store.replica().model, blocked));
		for (const id of ids) {
			tx.put({ kind: 'bucket', id, doc: clearCooldown(tx.bucket(id), now) });
			const [project, model] = partsOf(id);
			unblock(model);
			for (const key of keySet.keys) {
				if (key.project === project) tx.put({ kind: 'key', id: key.id, doc: allowModel(tx.key(key.id), model) });
			}
		}
	});
}

function bucketsOf(store: StateStore, project: ProjectId, model: string | undefined): readonly BucketId[] {
	if (model === undefined) return [...store.replica().bucket.keys()].filter((id) => id.startsWith(`${project}/`));
	return [...new Set([model, resolveAlias(store, model)])].map((name) => bucketId(project, name));
}
