import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Dispose, LeaderElection, Role } from '../../pool/pool';

/**
 * Which questions are being answered, in whichever window. A window owns each answer that it receives, for as long as it
 * lives: what is stored of an answer cannot tell whether its window is still there, and clocks of windows differ.
 */
export class AnswerLock implements Disposable {
	private readonly held = new Map<Role, Dispose>();
	private readonly changed: Emitter<undefined>;
	private readonly off: Dispose;
	/** Roles are taken one after the other: one that is given back while it is being taken can be taken again. */
	private taking: Promise<void> = Promise.resolve();
	private known = '';

	constructor(
		private readonly election: Pick<LeaderElection, 'tryAcquire' | 'remoteRoles' | 'onDidChange'>,
		onError: (error: unknown) => void,
	) {
		this.changed = new Emitter(onError);
		this.off = election.onDidChange(() => {
			const now = this.others().join(' ');
			if (now === this.known) return;
			this.known = now;
			this.changed.fire(undefined);
		});
	}

	/**
	 * This window answers the turn until the returned function is called. `lost`: another window has begun to, in the same
	 * moment.
	 */
	begin(conversation: string, turn: string, lost: () => void): Dispose {
		const role = roleOf(conversation, turn);
		const claim: { wanted: boolean; release?: Dispose | undefined } = {
			wanted: true,
		};
		this.taking = this.taking.then(async () => {
			// An answer of this window whose end is still being stored.
			this.held.get(role)?.();
			claim.release = await this.election.tryAcquire(role);
			if (claim.release) this.held.set(role, claim.release);
			if (!claim.wanted) this.release(role, claim.release);
			else if (!claim.release) lost();
		});
		return () => {
			claim.wanted = false;
			this.release(role, claim.release);
		};
	}

	/** Turns of the conversation that other windows are answering now. */
	remoteTurns(conversation: string): readonly string[] {
		const prefix = roleOf(conversation, '');
		return this.others().flatMap((role) => (role.startsWith(prefix) ? [role.slice(prefix.length)] : []));
	}

	/** Other windows have begun or ended answers. That one has died is not told: `remoteTurns` leaves its turns out. */
	onDidChange(listener: () => void): Disposable {
		return this.changed.event(listener);
	}

	dispose(): void {
		this.off();
		this.changed.dispose();
	}

	private release(role: Role, end: Dispose | undefined): void {
		end?.();
		if (this.held.get(role) === end) this.held.delete(role);
	}

	private others(): readonly Role[] {
		return this.election
			.remoteRoles()
			.filter((role) => role.startsWith('answer:'))
			.sort();
	}
}

function roleOf(conversation: string, turn: string): Role {
	return `answer:${conversation}/${turn}`;
}
