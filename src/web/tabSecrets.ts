import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { SecretNotices } from '../node/platform';
import { KeyringError, type SecretStore } from '../keys/keyring/secretStore';
import type { Clock, EpochMs } from '../pool/pool';
import { resultOf, type Database } from './database';

const lockName = 'keypool.secrets';
const channelName = 'keypool.secrets';
/** The name, among the secrets, of the changes that led to them. */
const lineageName = 'changes';
/** ms. A page that took longer than this to start has not read its copy before. */
const longestStart = 60_000;
/** Changes that are remembered. A tab that is further behind counts as old. */
const maxLineage = 100;

/** What this origin knows of the secrets: the last change, and which keys there were after it. No secret is in here. */
interface Known {
	readonly last: string;
	readonly keys: readonly string[];
	/** When; absent in what an earlier version wrote. */
	readonly at?: EpochMs;
}

export interface TabSecretsParts {
	/** Loaded where there is something to say. */
	readonly notices: () => Promise<SecretNotices>;
	readonly secrets: SecretStore;
	/** Where this origin's tabs tell each other of changes. Rejects where there is no database: then nothing is guarded. */
	readonly database: () => Promise<Database>;
	readonly locks: Pick<LockManager, 'request'>;
	readonly clock: Pick<Clock, 'wall'>;
	readonly newId: () => string;
	readonly report: (error: unknown) => void;
}

/**
 * The secrets of one tab. In a browser each page holds a copy of all secrets, and writes the whole of it: one that has not
 * seen a change of another tab would undo it. So each change gets an id; the ids lie with the secrets, and the last one in the
 * database of this origin. A copy that does not hold the last one is old, and writes nothing before it was read again, which
 * takes a reload. One that is old right after it was read has lost a change.
 */
export class TabSecrets implements SecretStore, Disposable {
	private readonly channel = new BroadcastChannel(channelName);
	private readonly openedAt: EpochMs;
	/** Keys that another tab has removed: the copy of this one holds them yet. */
	private readonly gone = new Set<string>();
	private readonly goneChanged: Emitter<{ readonly key: string }>;
	private checked: Promise<void> | undefined;

	constructor(private readonly parts: TabSecretsParts) {
		this.openedAt = parts.clock.wall();
		this.goneChanged = new Emitter(parts.report);
		this.channel.onmessage = ({ data }) => void this.heard(data).catch(parts.report);
	}

	get(name: string): PromiseLike<string | undefined> {
		return this.gone.has(name) ? Promise.resolve(undefined) : this.parts.secrets.get(name);
	}

	async keys(): Promise<string[]> {
		this.checked ??= this.checkLost().catch(this.parts.report);
		return (await this.parts.secrets.keys()).filter((name) => name !== lineageName && !this.gone.has(name));
	}

	store(name: string, value: string): Promise<void> {
		return this.change(() => this.parts.secrets.store(name, value));
	}

	delete(name: string): Promise<void> {
		return this.change(() => this.parts.secrets.delete(name));
	}

	onDidChange(listener: (change: { readonly key: string }) => void): Disposable {
		const following = [
			this.goneChanged.event(listener),
			this.parts.secrets.onDidChange((change) => {
				if (change.key !== lineageName) listener(change);
			}),
		];
		return { dispose: () => following.forEach((one) => one.dispose()) };
	}

	dispose(): void {
		this.channel.close();
		this.goneChanged.dispose();
	}

	/** Changes the secrets, one tab after the other. Throws where this tab's copy is old. */
	private async change(act: () => PromiseLike<void>): Promise<void> {
		await this.checked;
		return this.locked(async () => {
			const database = await this.database();
			const lineage = await this.lineage();
			const known = await this.known(database);
			if (known && !lineage.includes(known.last)) throw new KeyringError('changedElsewhere');
			await act();
			const last = this.parts.newId();
			await this.parts.secrets.store(lineageName, JSON.stringify([...lineage, last].slice(-maxLineage)));
			// Where the database is full, the key is kept all the same: only its tabs know less of each other.
			if (database) await this.remember(database, last).catch(this.parts.report);
			this.channel.postMessage(last);
		});
	}

	/** Right after a start: a copy without the last change has lost it, or was read just before it. */
	private async checkLost(): Promise<void> {
		const database = await this.database();
		const known = await this.known(database);
		if (!database || !known) return;
		const [lineage, names] = [await this.lineage(), await this.keyNames()];
		const isOld = !lineage.includes(known.last);
		const lost = isOld ? known.keys.filter((name) => !names.includes(name)) : [];
		if (isOld && lost.length === 0) {
			// A change that this page must have read, had it not been lost: no reload brings it back, and no key is missing.
			if ((known.at ?? 0) < this.openedAt - longestStart) await this.accept(database);
			else void this.sayOld().catch(this.parts.report);
		}
		// Not awaited: reading goes on with the keys that there are.
		if (lost.length > 0) void this.askAboutLost(database, lost.length).catch(this.parts.report);
	}

	private async askAboutLost(database: Database, count: number): Promise<void> {
		if (!(await (await this.parts.notices()).showLostKeys(count))) return;
		await this.accept(database);
	}

	/** Goes on with the secrets that there are. */
	private accept(database: Database): Promise<void> {
		return this.locked(async () => this.remember(database, (await this.lineage()).at(-1) ?? ''));
	}

	/** Another tab has changed the secrets; where the copy of this one followed, all is well. */
	private async heard(last: unknown): Promise<void> {
		const known = await this.known(await this.database());
		const lineage = await this.lineage();
		const isOld = [last, known?.last].some((one) => typeof one === 'string' && !lineage.includes(one));
		// A removed key must not be asked by any tab.
		if (isOld && known && known.last === last) await this.hide(known.keys);
		if (isOld) await this.sayOld();
	}

	private async hide(left: readonly string[]): Promise<void> {
		for (const key of await this.keyNames()) {
			const isGone = !left.includes(key);
			if (isGone === this.gone.has(key)) continue;
			if (isGone) this.gone.add(key);
			else this.gone.delete(key);
			this.goneChanged.fire({ key });
		}
	}

	private async sayOld(): Promise<void> {
		await (await this.parts.notices()).showChangedElsewhere();
	}

	private async remember(database: Database, last: string): Promise<void> {
		const known: Known = { last, keys: await this.keyNames(), at: this.parts.clock.wall() };
		await database.transaction('readwrite', ['secrets'], async (of) => {
			await resultOf(of('secrets').put(known, 'known'));
		});
	}

	private async lineage(): Promise<readonly string[]> {
		try {
			const ids: unknown = JSON.parse((await this.parts.secrets.get(lineageName)) ?? '[]');
			// A copy without any change has the empty one.
			return ['', ...(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [])];
		} catch {
			return [''];
		}
	}

	private async keyNames(): Promise<readonly string[]> {
		return (await this.parts.secrets.keys()).filter((name) => name.startsWith('key.'));
	}

	/** Nothing where the database cannot be read: then nothing is guarded. */
	private async known(database: Database | undefined): Promise<Known | undefined> {
		try {
			return database && (await read(database));
		} catch (error) {
			this.parts.report(error);
			return undefined;
		}
	}

	/** Nothing where the browser has none: its tabs cannot tell each other anything. */
	private database(): Promise<Database | undefined> {
		return this.parts.database().catch(() => undefined);
	}

	/** A browser that blocks storage refuses locks too: then each tab is on its own, and a key is kept all the same. */
	private async locked<T>(work: () => Promise<T>): Promise<T> {
		const lock = { isHeld: false };
		try {
			return (await this.parts.locks.request(lockName, () => {
				lock.isHeld = true;
				return work();
			})) as T;
		} catch (error) {
			if (lock.isHeld) throw error;
			return work();
		}
	}
}

async function read(database: Database): Promise<Known | undefined> {
	return database.transaction('readonly', ['secrets'], async (of) => {
		return (await resultOf(of('secrets').get('known'))) as Known | undefined;
	});
}
