import { StoreError, type Store, type StorePlace } from '../../pool/pool';

/** A place that is read at its first use. Without a folder on a disk there is none. */
export class LazyPlace implements StorePlace {
	private place: Promise<StorePlace> | undefined;

	/** @param folder absolute; absent: this host has no disk. */
	constructor(private readonly folder: string | undefined) {}

	async open(): Promise<Store> {
		return (await this.load()).open();
	}

	async setAside(): Promise<void> {
		return (await this.load()).setAside();
	}

	private load(): Promise<StorePlace> {
		const { folder } = this;
		if (folder === undefined) return Promise.reject(new StoreError('missing'));
		this.place ??= import('./sqlitePlace').then(({ SqlitePlace }) => new SqlitePlace(folder));
		return this.place;
	}
}
