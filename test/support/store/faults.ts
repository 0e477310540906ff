import {
	StoreError,
	type Change,
	type ChangeSet,
	type ClockReading,
	type StoreConnection,
	type StoreBackend,
	type StoreValidity,
} from '../../../src/pool/pool';

/** A place whose disk fails when a test says so. */
export class FaultyPlace implements StoreBackend {
	/** What opening, or every call, fails with from now on. */
	opening: StoreError['reason'] | undefined;
	committing: StoreError['reason'] | undefined;
	beginning: StoreError['reason'] | undefined;
	/** What looking for others' changes throws. */
	looking: Error | undefined;

	constructor(private readonly place: StoreBackend) {}

	async open(): Promise<StoreConnection> {
		if (this.opening) throw new StoreError(this.opening);
		return new FaultyStore(await this.place.open(), this);
	}

	setAside(): Promise<void> {
		return this.place.setAside();
	}
}

class FaultyStore implements StoreConnection {
	constructor(
		private readonly store: StoreConnection,
		private readonly faults: FaultyPlace,
	) {}

	begin(since: number): ChangeSet {
		if (this.faults.beginning) throw new StoreError(this.faults.beginning);
		return this.store.begin(since);
	}

	commit(changes: readonly Change[], stamp: ClockReading): number {
		if (this.faults.committing) {
			this.store.rollback();
			throw new StoreError(this.faults.committing);
		}
		return this.store.commit(changes, stamp);
	}

	rollback(): void {
		this.store.rollback();
	}

	changesSince(since: number): ChangeSet | undefined {
		if (this.faults.looking) throw this.faults.looking;
		return this.store.changesSince(since);
	}

	validity(): Promise<StoreValidity> {
		return this.store.validity();
	}

	close(): void {
		this.store.close();
	}
}
