import {
	Events,
	refOf,
	writesOf,
	type BucketId,
	type Dispose,
	type DocRef,
	type Docs,
	type EpochMs,
	type LimitShare,
	type StateStore,
	type Transaction,
} from '../pool/pool';

/** The store of this machine, or that of the team that it has joined: everybody else holds this one. */
export class StoreSwitch implements StateStore {
	private readonly changed: Events<readonly DocRef[]>;
	private current: StateStore;
	private off: Dispose;

	constructor(
		readonly machine: StateStore,
		onError: (error: unknown) => void,
	) {
		this.changed = new Events(onError);
		this.current = machine;
		this.off = this.follow();
	}

	/** Continues with the team's store, or without one with the machine's. Nothing is closed. */
	use(team: StateStore | undefined): void {
		this.off();
		this.current = team ?? this.machine;
		this.off = this.follow();
		this.changed.emit([...writesOf(this.current.replica())].map(refOf));
	}

	replica(): Docs {
		return this.current.replica();
	}

	now(): EpochMs {
		return this.current.now();
	}

	limitShare(id: BucketId): LimitShare | undefined {
		return this.current.limitShare?.(id);
	}

	get isFar(): boolean {
		return this.current.isFar === true;
	}

	get joinsProjects(): boolean {
		return this.current.joinsProjects === true;
	}

	transact<T>(step: (tx: Transaction, now: EpochMs) => T): Promise<T> {
		return this.current.transact(step);
	}

	onDidChange(listener: (refs: readonly DocRef[]) => void): Dispose {
		return this.changed.on(listener);
	}

	async close(): Promise<void> {
		this.off();
		this.changed.clear();
		if (this.current !== this.machine) await this.current.close();
		await this.machine.close();
	}

	private follow(): Dispose {
		return this.current.onDidChange((refs) => this.changed.emit(refs));
	}
}
