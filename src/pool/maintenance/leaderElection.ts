import type { Clock, Off } from '../types/clock';
import type { StateStore, LeaderRecord, Role } from '../types/stateStore';

/** ms. A claim that was not renewed ends after this; with a look each second another window takes over within 5 s. */
const leaseDurationMs = 3_500;
const renewBelowMs = 2_200;
const lookMs = 1_000;

interface Held {
	readonly begin: () => Off;
	/** While this window is the owner. */
	end: Off | undefined;
}

/** What only one of the windows on a ledger may do: each role has one owner, for as long as that window lives. */
export class LeaderElection {
	private readonly roles = new Map<Role, Held>();
	private timer: Off | undefined;
	private looking = false;
	private ended = false;
	private readonly off: Off;

	/** @param window this window's name on the ledger. */
	constructor(
		private readonly ledger: StateStore,
		private readonly clock: Clock,
		private readonly window: string,
	) {
		this.off = ledger.onDidChange((refs) => {
			if (refs.some((ref) => ref.kind === 'leader' && this.roles.has(ref.id) && !this.isTaken(ref.id))) this.look();
		});
	}

	/**
	 * Bids for a role: `begin` runs once this window owns it, and what it returns once it does not any more. The returned
	 * function withdraws the bid.
	 */
	campaign(role: Role, begin: () => Off): Off {
		const held: Held = { begin, end: undefined };
		this.roles.set(role, held);
		this.look();
		return () => this.resign(role, held);
	}

	/**
	 * Owns a role from now until the returned function is called, as long as this window lives; undefined where another
	 * window has it, or this one. Without a ledger nobody can know, and a person's wish counts.
	 */
	async tryAcquire(role: Role): Promise<Off | undefined> {
		if (this.roles.has(role)) return undefined;
		const held: Held = { begin: () => () => undefined, end: undefined };
		this.roles.set(role, held);
		const owned = await this.claim().catch(() => new Set([role]));
		if (this.ended) this.release([role]);
		else if (owned.has(role)) {
			this.look();
			return () => this.resign(role, held);
		}
		this.roles.delete(role);
		return undefined;
	}

	/** The roles that other windows own now. One that died without a word owns for some seconds more. */
	elsewhere(): readonly Role[] {
		const owners = [...this.ledger.replica().leader];
		return owners.flatMap(([role, { holder }]) => (holder !== this.window && this.isTaken(role) ? [role] : []));
	}

	/** Hears that roles may have other owners, or none. That a claim has run out tells nobody: `elsewhere` alone knows. */
	onDidChange(listener: () => void): Off {
		return this.ledger.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'leader')) listener();
		});
	}

	owns(role: Role): boolean {
		return this.roles.get(role)?.end !== undefined;
	}

	/** Ends what runs and lets another window take over at once. */
	dispose(): void {
		this.ended = true;
		this.off();
		this.timer?.();
		const roles = [...this.roles.keys()];
		for (const held of this.roles.values()) held.end?.();
		this.roles.clear();
		this.release(roles);
	}

	private resign(role: Role, held: Held): void {
		if (this.roles.get(role) !== held) return;
		this.roles.delete(role);
		held.end?.();
		this.release([role]);
	}

	private look(): void {
		if (this.looking || this.ended) return;
		this.looking = true;
		this.timer?.();
		void this.claim()
			.then(
				(owned) => this.settle(owned),
				// No ledger: nobody can know who owns, so nobody begins anew.
				() => undefined,
			)
			.finally(() => {
				this.looking = false;
				if (!this.ended && this.roles.size > 0) this.timer = this.clock.after(lookMs, () => this.look());
			});
	}

	/** The roles that are this window's after the step. */
	private claim(): Promise<ReadonlySet<Role>> {
		const roles = [...this.roles.keys()];
		return this.ledger.transact((tx, now) => {
			const owned = new Set<Role>();
			for (const role of roles) {
				const owner = tx.leader(role);
				if (owner && owner.holder !== this.window && isValid(owner, now)) continue;
				owned.add(role);
				if (owner?.holder === this.window && isValid(owner, now) && owner.expiresAt - now > renewBelowMs) continue;
				tx.put({ kind: 'leader', id: role, doc: { v: 2, holder: this.window, expiresAt: now + leaseDurationMs } });
			}
			return owned;
		});
	}

	private settle(owned: ReadonlySet<Role>): void {
		if (this.ended) {
			this.release([...owned]);
			return;
		}
		for (const [role, held] of this.roles) {
			if (owned.has(role)) {
				held.end ??= held.begin();
			} else {
				held.end?.();
				held.end = undefined;
			}
		}
	}

	private isTaken(role: Role): boolean {
		const owner = this.ledger.replica().leader.get(role);
		return owner !== undefined && isValid(owner, this.ledger.now());
	}

	/** Lets go of those that are this window's. */
	private release(roles: readonly Role[]): void {
		this.ledger
			.transact((tx) => {
				for (const role of roles) if (tx.leader(role)?.holder === this.window) tx.drop({ kind: 'leader', id: role });
			})
			.catch(() => undefined);
	}
}

/** A time too far ahead was left by a clock that went backwards. */
function isValid({ expiresAt }: LeaderRecord, now: number): boolean {
	return expiresAt > now && expiresAt <= now + 2 * leaseDurationMs;
}
