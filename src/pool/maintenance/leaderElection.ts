import type { Clock, Dispose } from '../types/clock';
import type { StateStore, LeaderRecord, Role } from '../types/stateStore';

/** ms. A leadership that is not renewed ends after this; another window, which retries each second, takes over within 5 s. */
const leaseDurationMs = 3_500;
const renewBelowMs = 2_200;
const retryPeriodMs = 1_000;

interface Candidacy {
	readonly begin: () => Dispose;
	/** Ends what `begin` started; set while this window leads. */
	end: Dispose | undefined;
}

/** Elects one window for each role, for as long as that window lives. */
export class LeaderElection {
	private readonly roles = new Map<Role, Candidacy>();
	private timer: Dispose | undefined;
	private isRetrying = false;
	private ended = false;
	private readonly off: Dispose;

	/** @param window this window's name in the store */
	constructor(
		private readonly store: StateStore,
		private readonly clock: Clock,
		private readonly window: string,
	) {
		this.off = store.onDidChange((refs) => {
			if (refs.some((ref) => ref.kind === 'leader' && this.roles.has(ref.id) && !this.isTaken(ref.id))) this.retry();
		});
	}

	/**
	 * Campaigns for a role: `begin` runs when this window becomes the leader, and what it returns when it no longer is. The
	 * returned function resigns.
	 */
	campaign(role: Role, begin: () => Dispose): Dispose {
		const held: Candidacy = { begin, end: undefined };
		this.roles.set(role, held);
		this.retry();
		return () => this.resign(role, held);
	}

	/**
	 * Takes a role until the returned function is called; undefined if another window has it, or this one already. If the store
	 * is out of reach, the role is granted, because the user asked for it.
	 */
	async tryAcquire(role: Role): Promise<Dispose | undefined> {
		if (this.roles.has(role)) return undefined;
		const held: Candidacy = { begin: () => () => undefined, end: undefined };
		this.roles.set(role, held);
		const owned = await this.acquireOrRenew().catch(() => new Set([role]));
		if (this.ended) this.release([role]);
		else if (owned.has(role)) {
			this.retry();
			return () => this.resign(role, held);
		}
		this.roles.delete(role);
		return undefined;
	}

	/** The roles that other windows hold now. A crashed window still holds its roles for some seconds. */
	remoteRoles(): readonly Role[] {
		const owners = [...this.store.replica().leader];
		return owners.flatMap(([role, { holder }]) => (holder !== this.window && this.isTaken(role) ? [role] : []));
	}

	/** Emits when leaders may have changed. An expired leadership emits nothing; only `remoteRoles` notices it. */
	onDidChange(listener: () => void): Dispose {
		return this.store.onDidChange((refs) => {
			if (refs.some(({ kind }) => kind === 'leader')) listener();
		});
	}

	owns(role: Role): boolean {
		return this.roles.get(role)?.end !== undefined;
	}

	/** Resigns all roles, so that another window can take over at once. */
	dispose(): void {
		this.ended = true;
		this.off();
		this.timer?.();
		const roles = [...this.roles.keys()];
		for (const held of this.roles.values()) held.end?.();
		this.roles.clear();
		this.release(roles);
	}

	private resign(role: Role, held: Candidacy): void {
		if (this.roles.get(role) !== held) return;
		this.roles.delete(role);
		held.end?.();
		this.release([role]);
	}

	private retry(): void {
		if (this.isRetrying || this.ended) return;
		this.isRetrying = true;
		this.timer?.();
		void this.acquireOrRenew()
			.then(
				(owned) => this.settle(owned),
				// The store is out of reach: the leader is unknown, so no role begins.
				() => undefined,
			)
			.finally(() => {
				this.isRetrying = false;
				if (!this.ended && this.roles.size > 0) this.timer = this.clock.after(retryPeriodMs, () => this.retry());
			});
	}

	/** Returns the roles that this window holds after the step. */
	private acquireOrRenew(): Promise<ReadonlySet<Role>> {
		const roles = [...this.roles.keys()];
		return this.store.transact((tx, now) => {
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
		const owner = this.store.replica().leader.get(role);
		return owner !== undefined && isValid(owner, this.store.now());
	}

	/** Releases those roles that this window holds. */
	private release(roles: readonly Role[]): void {
		this.store
			.transact((tx) => {
				for (const role of roles) if (tx.leader(role)?.holder === this.window) tx.drop({ kind: 'leader', id: role });
			})
			.catch(() => undefined);
	}
}

/** A time too far in the future is left over from before the clock was set back. */
function isValid({ expiresAt }: LeaderRecord, now: number): boolean {
	return expiresAt > now && expiresAt <= now + 2 * leaseDurationMs;
}
