import type { Disposable } from '../common/dispose';
import { settled, type Clock, type LeaderElection, type Settled } from '../pool/pool';
import type { Setting } from '../settings/settings';

export interface PaidDemandParts {
	readonly election: Pick<LeaderElection, 'campaign' | 'remoteRoles' | 'onDidChange'>;
	readonly clock: Pick<Clock, 'after'>;
	/** This window's own demand. */
	readonly paidOnly: Setting<boolean>;
	readonly windowId: string;
}

/**
 * ms between two looks, and how many in a row must find a demand gone: windows that slept, or were busy, renew theirs a moment
 * later. Looks are counted, because the clocks of Windows and macOS include the time asleep.
 */
const lookMs = 1_000;
const maxMissed = 5;

/**
 * Whether any open window demands paid keys. Each window that does holds a role of its own for as long as it lives, so that
 * whichever window serves the gateway sees it.
 */
export class PaidDemand implements Disposable {
	private resign: (() => void) | undefined;
	private readonly following: Disposable;
	private readonly off: () => void;
	private readonly looking: Settled;
	/** Looks in a row that have found no other window's demand. */
	private missed = maxMissed;

	constructor(private readonly parts: PaidDemandParts) {
		this.looking = settled(parts.clock, lookMs, () => {
			this.missed++;
			this.look();
		});
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
		return this.parts.paidOnly.value || this.isSeen || this.missed < maxMissed;
	}

	dispose(): void {
		this.following.dispose();
		this.off();
		this.looking.dispose();
		this.resign?.();
	}

	private get isSeen(): boolean {
		return this.parts.election.remoteRoles().some((role) => role.startsWith('paidOnly:'));
	}

	private look(): void {
		if (this.isSeen) this.missed = 0;
		if (this.missed < maxMissed) this.looking.soon();
	}
}
