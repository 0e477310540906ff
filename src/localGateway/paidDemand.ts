import type { Disposable } from '../common/dispose';
import type { Clock, LeaderElection } from '../pool/pool';
import type { Setting } from '../settings/settings';

export interface PaidDemandParts {
	readonly election: Pick<LeaderElection, 'campaign' | 'remoteRoles' | 'onDidChange'>;
	readonly clock: Pick<Clock, 'monotonic'>;
	/** This window's own demand. */
	readonly paidOnly: Setting<boolean>;
	readonly windowId: string;
}

/** ms. So much longer a demand holds: windows that slept, or were busy, say a moment later that they still make it. */
const heldMs = 5_000;

/**
 * Whether any open window demands paid keys. Each window that does holds a role of its own for as long as it lives, so that
 * whichever window serves the gateway sees it.
 */
export class PaidDemand implements Disposable {
	private resign: (() => void) | undefined;
	private readonly following: Disposable;
	private readonly off: () => void;
	/** When another window's demand was seen last. */
	private seenAt = -Infinity;

	constructor(private readonly parts: PaidDemandParts) {
		const follow = (): void => {
			this.resign?.();
			const { election, paidOnly, windowId } = parts;
			this.resign = paidOnly.value ? election.campaign(`paidOnly:${windowId}`, () => () => undefined) : undefined;
		};
		follow();
		this.following = parts.paidOnly.onDidChange(follow);
		this.off = parts.election.onDidChange(() => this.look());
	}

	get isMade(): boolean {
		this.look();
		return this.parts.paidOnly.value || this.parts.clock.monotonic() - this.seenAt < heldMs;
	}

	dispose(): void {
		this.following.dispose();
		this.off();
		this.resign?.();
	}

	private look(): void {
		const { election, clock } = this.parts;
		if (election.remoteRoles().some((role) => role.startsWith('paidOnly:'))) this.seenAt = clock.monotonic();
	}
}
