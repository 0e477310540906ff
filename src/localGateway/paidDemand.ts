import type { Disposable } from '../common/dispose';
import type { LeaderElection } from '../pool/pool';
import type { Setting } from '../settings/settings';

export interface PaidDemandParts {
	readonly election: Pick<LeaderElection, 'campaign' | 'remoteRoles'>;
	/** This window's own demand. */
	readonly paidOnly: Setting<boolean>;
	readonly windowId: string;
}

/**
 * Whether any open window demands paid keys. Each window that does holds a role of its own for as long as it lives, so that
 * whichever window serves the gateway sees it.
 */
export class PaidDemand implements Disposable {
	private resign: (() => void) | undefined;
	private readonly following: Disposable;

	constructor(private readonly parts: PaidDemandParts) {
		const follow = (): void => {
			this.resign?.();
			const { election, paidOnly, windowId } = parts;
			this.resign = paidOnly.value ? election.campaign(`paidOnly:${windowId}`, () => () => undefined) : undefined;
		};
		follow();
		this.following = parts.paidOnly.onDidChange(follow);
	}

	get isMade(): boolean {
		const { election, paidOnly } = this.parts;
		return paidOnly.value || election.remoteRoles().some((role) => role.startsWith('paidOnly:'));
	}

	dispose(): void {
		this.following.dispose();
		this.resign?.();
	}
}
