import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { fieldsOf, jsonIn } from '../common/json';
import type { ClientStorage } from '../gateway/gateway';
import { createMutex, pause, type Clock, type Dispose } from '../pool/pool';
import type { OpenTeamLink, TeamLink } from '../team/link/link';

/** Makes a text unreadable without the team's secret, and readable again; undefined if it is another team's. */
export interface Seal {
	close(text: string): string;
	open(sealed: string): string | undefined;
}

export interface SharedClientsParts {
	/** Names the team: what was shared in another one is a copy of that. */
	readonly team: string;
	readonly open: OpenTeamLink;
	/** This machine's copy: it holds while the server is away, and is given back to one that has lost everything. */
	readonly copy: ClientStorage;
	readonly seal: Seal;
	readonly clock: Pick<Clock, 'after'>;
	readonly newId: () => string;
	/** The server cannot be used, and could before: the copy holds. */
	readonly onError: (error: unknown) => void;
	/** It can be used again. */
	readonly onReached: () => void;
}

/** Its name among the team's documents, which no document of the pool has. */
const documentName = 'gateway clients';
/** ms between two looks whether another replica, or a command, has changed it. */
const lookMs = 1_000;
/** ms. A server that has lost everything is given back what its replicas know within so long. */
const givenBackMs = 4_000;
/** Commits that others may come before. */
const maxTries = 20;

/** Where the server's document stands, as it was read last. */
interface Seen {
	readonly store: string;
	readonly rev: number;
	readonly version: string;
	/** Undefined: there is none. */
	readonly text: string | undefined;
	/** ms since the store was made. */
	readonly age: number;
}

/**
 * The clients of a gateway whose replicas run on several machines: one sealed document on the team's server, and a copy on each
 * machine. The later one of both counts, by a number that each change raises. Nothing is changed while the server is away, so
 * that a token which is taken back is taken back everywhere.
 */
export class SharedClients implements ClientStorage, Disposable {
	private link: Promise<TeamLink> | undefined;
	private seen: Seen | undefined;
	private timer: Dispose | undefined;
	private readonly inTurn = createMutex();
	private isAway = false;
	private isDisposed = false;
	private isKnownHere = false;
	/** What the copy has not taken yet, or cannot, on a full disk: a token that was taken back is good no more all the same. */
	private held: string | undefined;
	private readonly changed: Emitter<undefined>;
	private readonly following: Disposable;
	readonly onDidChange: Emitter<undefined>['event'];

	constructor(private readonly parts: SharedClientsParts) {
		this.changed = new Emitter(parts.onError);
		this.onDidChange = this.changed.event;
		this.following = parts.copy.onDidChange(() => this.changed.fire(undefined));
	}

	/** False where a machine without a copy has not reached the server yet: it would let nobody in. */
	get isKnown(): boolean {
		return this.isKnownHere;
	}

	/** What this machine knows: the server's, as soon as that was reached. */
	read(): PromiseLike<string | undefined> {
		return this.held === undefined ? this.parts.copy.read() : Promise.resolve(this.held);
	}

	/** Rejects where the server is away. */
	update(change: (stored: string | undefined) => string): Promise<void> {
		return this.inTurn(async () => {
			const { team } = this.parts;
			for (let tries = 0; tries < maxTries; tries++) {
				const { store, version } = await this.settle();
				const current = await this.read();
				const next = numbered(change(current), numberOf(current, team) + 1, team);
				if (await this.commit(store, version, next)) return this.keep(next);
			}
			throw new Error('Others change the tokens all the time.');
		});
	}

	/** Brings copy and server together once. Resolves to whether the server was reached. */
	async load(): Promise<boolean> {
		try {
			await this.inTurn(() => this.settle());
			if (this.isAway) this.parts.onReached();
			this.isAway = false;
			this.isKnownHere = true;
			return true;
		} catch (error) {
			this.isKnownHere ||= await this.hasCopy();
			if (!this.isAway && !this.isDisposed) this.parts.onError(error);
			this.isAway = true;
			return false;
		}
	}

	/**
	 * The same for a command that changes them: of a server that has just lost everything, what this machine knows may not be the
	 * latest. Replicas that run have given it back by the end.
	 */
	async gather(): Promise<boolean> {
		if (!(await this.load())) return false;
		const left = givenBackMs - (this.seen?.age ?? 0);
		if (left <= 0) return true;
		await pause(this.parts.clock, left);
		return this.load();
	}

	/** Looks from now on what others have changed. */
	follow(): void {
		if (this.isDisposed) return;
		this.timer = this.parts.clock.after(lookMs, () => {
			void this.load().finally(() => this.follow());
		});
	}

	dispose(): void {
		this.isDisposed = true;
		this.timer?.();
		this.following.dispose();
		this.changed.dispose();
		void this.link?.then((link) => link.close()).catch(() => undefined);
	}

	/** The server's document and the copy, made alike: the later one counts. */
	private async settle(): Promise<Seen> {
		for (let tries = 0; tries < maxTries; tries++) {
			const { team } = this.parts;
			const seen = await this.look();
			const own = await this.read();
			const [theirs, ours] = [numberOf(seen.text, team), numberOf(own, team)];
			if (seen.text !== undefined && theirs >= ours) {
				if (seen.text !== own || this.held !== undefined) await this.keep(seen.text);
				return seen;
			}
			if (own === undefined) return seen;
			// Whatever this machine had alone is shared from now on, and says so.
			await this.commit(seen.store, seen.version, numbered(own, Math.max(1, ours), team));
		}
		throw new Error('Others change the tokens all the time.');
	}

	/** One that cannot be read lets nobody in either. */
	private async hasCopy(): Promise<boolean> {
		try {
			return (await this.read()) !== undefined;
		} catch {
			return false;
		}
	}

	private async keep(text: string): Promise<void> {
		const before = this.held;
		// A listener that hears of the copy while it is written reads what it is to be.
		this.held = text;
		try {
			await this.parts.copy.update(() => text);
			this.held = undefined;
		} catch (error) {
			if (before === undefined) this.parts.onError(error);
			if (before !== text) this.changed.fire(undefined);
		}
	}

	private async look(): Promise<Seen> {
		return this.asking(async (link) => {
			const { seen } = this;
			const { store, rev, rows, isComplete, time, since } = await link.read(seen?.store, seen?.rev ?? 0);
			const row = rows.find(({ name }) => name === documentName);
			const kept = isComplete || seen === undefined ? { version: '0', text: undefined } : seen;
			// Sealed by another secret: it is none of ours, and is written over.
			const text = row?.body === undefined ? undefined : this.parts.seal.open(row.body);
			return (this.seen = { ...(row ? { version: row.version, text } : kept), store, rev, age: time - since });
		});
	}

	/** Whether nobody came before. */
	private async commit(store: string, version: string, text: string): Promise<boolean> {
		return this.asking(async (link) => {
			const { status } = await link.commit({
				...{ id: this.parts.newId(), store, reads: new Map([[documentName, { version }]]) },
				writes: [{ name: documentName, body: this.parts.seal.close(text) }],
			});
			return status === 'ok';
		});
	}

	private async asking<T>(ask: (link: TeamLink) => Promise<T>): Promise<T> {
		if (this.isDisposed) throw new Error('The clients are not used any more.');
		const link = (this.link ??= this.connect());
		try {
			return await ask(await link);
		} catch (error) {
			this.lose(link);
			throw error;
		}
	}

	private connect(): Promise<TeamLink> {
		const link: Promise<TeamLink> = this.parts.open({ onHint: () => undefined, onLost: () => this.lose(link) });
		return link;
	}

	/** It has two connections, of which one may be there still. The next link may be there already. */
	private lose(link: Promise<TeamLink>): void {
		if (this.link === link) {
			this.link = undefined;
			this.seen = undefined;
		}
		void link.then((one) => one.close()).catch(() => undefined);
	}
}

/** Whether a machine's copy is of clients that a team's server has: what is changed in it alone is undone from there. */
export function isSharedCopy(text: string | undefined): boolean {
	return sharing(text).rev > 0;
}

/** Which of two copies is the later one; 0 for what was never shared, or in another team. */
function numberOf(text: string | undefined, inTeam: string): number {
	const { rev, team = inTeam } = sharing(text);
	return team === inTeam ? rev : 0;
}

function sharing(text: string | undefined): { readonly rev: number; readonly team?: string } {
	const { rev, team } = fieldsOf(jsonIn(text ?? ''));
	const isShared = typeof rev === 'number' && Number.isSafeInteger(rev) && rev > 0;
	return { rev: isShared ? rev : 0, ...(typeof team === 'string' && { team }) };
}

function numbered(text: string, rev: number, team: string): string {
	return JSON.stringify({ ...(JSON.parse(text) as object), rev, team });
}
