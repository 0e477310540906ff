import {
	DocMaps,
	StoreError,
	type Change,
	type ChangeSet,
	type ClockReading,
	type StoreBackend,
	type StoreConnection,
	type StoreValidity,
} from '../../../src/pool/pool';

/** What can be asked of a place and its connections. */
type Call = 'open' | 'begin' | 'commit' | 'changesSince';

/** A store that several windows open, in memory: a test says what fails, and sees what was asked and what is open. */
export class MemoryPlace implements StoreBackend {
	/** What these throw from now on. */
	readonly fails: Partial<Record<Call, Error>> = {};
	/** How often each was asked. */
	readonly asked: Record<Call | 'validity' | 'setAside' | 'close', number> = {
		...{ open: 0, begin: 0, commit: 0, changesSince: 0, validity: 0, setAside: 0, close: 0 },
	};
	/** Opening waits for it. */
	ready: Promise<void> = Promise.resolve();
	/** What a connection is told that asks whether it is the current one. */
	validity: StoreValidity = 'current';
	/** The answer waits for it. */
	answers: Promise<void> = Promise.resolve();
	/** The store that is opened now. */
	content = new Content('first');

	async open(): Promise<StoreConnection> {
		await this.ready;
		this.note('open');
		return this.connect(this.content);
	}

	setAside(): Promise<void> {
		this.asked.setAside++;
		this.replace();
		return Promise.resolve();
	}

	/** From now on another store is opened, an empty one. */
	replace(): void {
		this.content = new Content('next');
	}

	/** Connections that nobody has closed. */
	get connections(): number {
		return this.asked.open - this.asked.close;
	}

	private note(call: Call): void {
		const error = this.fails[call];
		if (error) throw error;
		this.asked[call]++;
	}

	private connect(content: Content): StoreConnection {
		let hasLock = false;
		const unlock = (): void => {
			if (hasLock) content.isLocked = false;
			hasLock = false;
		};
		return {
			begin: (since) => {
				this.note('begin');
				if (content.isDamaged) throw new StoreError('damaged');
				if (content.isLocked) throw new StoreError('busy');
				content.isLocked = hasLock = true;
				return content.since(since);
			},
			commit: (changes, stamp) => {
				unlock();
				this.note('commit');
				return content.write(changes, stamp);
			},
			rollback: unlock,
			changesSince: (since) => {
				this.note('changesSince');
				return since === content.rev ? undefined : content.since(since);
			},
			validity: async () => {
				this.asked.validity++;
				await this.answers;
				return this.validity;
			},
			close: () => {
				unlock();
				this.asked.close++;
			},
		};
	}
}

/** What one store holds. */
class Content {
	isLocked = false;
	isDamaged = false;
	readonly docs = new DocMaps();
	/** Of each commit what it wrote; the revision counts them. */
	readonly commits: (readonly Change[])[] = [];
	private stamp: ClockReading | undefined;

	constructor(private readonly name: string) {}

	get rev(): number {
		return this.commits.length;
	}

	since(rev: number): ChangeSet {
		const all = rev < 0;
		const changes = all ? [...this.docs.writes()] : this.commits.slice(rev).flat();
		return { rev: this.rev, store: this.name, stamp: this.stamp, isComplete: all, changes };
	}

	write(changes: readonly Change[], stamp: ClockReading): number {
		for (const change of changes) this.docs.apply(change);
		this.stamp = stamp;
		return this.commits.push(changes);
	}
}
