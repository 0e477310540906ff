import type { StrategyName } from '../types/strategyName';
import type { KeyId } from '../types/key';
import type { LeaseRequest } from '../types/leaseRequest';
import type { Session } from '../types/poolRequest';

/** Sessions that are remembered; the one that was answered longest ago goes first. */
const maxSessions = 2_000;

/**
 * Which key answered each session last. Google's implicit cache and thought signatures most likely belong to a project, so
 * that staying is cheaper and safer.
 */
export class Affinity {
	/** The oldest first. */
	private readonly keys = new Map<string, KeyId>();

	answered({ id }: Session, key: KeyId): void {
		this.keys.delete(id);
		this.keys.set(id, key);
		if (this.keys.size <= maxSessions) return;
		for (const oldest of this.keys.keys()) {
			this.keys.delete(oldest);
			break;
		}
	}

	/** What a lease request says of its session. */
	of({ id, isInTurn }: Session): Pick<LeaseRequest, 'sessionKey' | 'isInTurn'> {
		const sessionKey = this.keys.get(id);
		return sessionKey === undefined ? {} : { sessionKey, isInTurn };
	}
}

/**
 * The key that a session prefers under a strategy. Strategies that give each key its turn yield to it only in the middle of a
 * turn; primary-backup never does, because it returns to its primary as soon as it can.
 */
export function sessionKeyUnder(strategy: StrategyName, { sessionKey, isInTurn }: LeaseRequest): KeyId | undefined {
	switch (strategy) {
		case 'headroom':
		case 'healthScore':
			return sessionKey;
		case 'roundRobin':
		case 'weighted':
		case 'leastRecentlyUsed':
			return isInTurn === true ? sessionKey : undefined;
		case 'primaryBackup':
			return undefined;
	}
}
