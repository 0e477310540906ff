import {
	StoreError,
	type Change,
	type Page,
	type Stamp,
	type Store,
	type StorePlace,
	type StoreValidity,
} from '../../../src/pool/pool';

/** A place whose disk fails when a test says so. */
export class FaultyPlace implements StorePlace {
	/** What opening, or every call, fails with from now on. */
	opening: StoreError['reason'] | undefined;
	committing: StoreError['reason'] | undefined;
	beginning: StoreError['reason'] | undefined;
	/** What looking for others' changes throws. */
	looking: Error | undefined;

	constructor(private readonly place: StorePlace) {}

	async open(): Promise<Store> {
		if (this.opening) throw new StoreError(this.opening);
		return new FaultyStore(await this.place.open(), this);
	}

	setAside(): Promise<void> {
		return this.place.setAside();
	}
}

class FaultyStore implements Store {
	constructor(
		private readonly store: Store,
		private readonly faults: FaultyPlace,
	) {}

	begin(since: number): Page {
		if (this.faults.beginning) throw new StoreError(this.faults.beginning);
		return this.store.begin(since);
	}

	commit(changes: readonly Change[], stamp: Stamp): number {
		if (this.faults.committing) {
			this.store.rollback();
			throw new StoreError(this.faults.committing);
		}
		return this.store.commit(changes, stamp);
	}

	rollback(): void {
		this.store.rollback();
	}

	look(since: number): Page | undefined {
		if (this.faults.looking) throw this.faults.looking;
		return this.store.look(since);
	}

	validity(): Promise<StoreValidity> {
		return this.store.validity();
	}

	close(): void {
		this.store.close();
	}
}
