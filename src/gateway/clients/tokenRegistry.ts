import { Emitter } from '../../common/emitter';
import type { Disposable } from '../../common/dispose';
import { isSameHash, newToken } from '../doors/token';
import {
	areRules,
	defaultRules,
	isName,
	isOwner,
	maxClients,
	readClients,
	writeClients,
	type ClientRecord,
	type ClientRules,
} from './clientRecord';

/** Where the clients are kept: SecretStorage, a file for its owner alone, a store of several replicas. */
export interface ClientStorage {
	read(): PromiseLike<string | undefined>;
	/** Writes what `change` makes of what is stored; atomically where the storage can. What `change` throws is thrown. */
	update(change: (stored: string | undefined) => string): PromiseLike<void>;
	/** Own and foreign changes. */
	onDidChange(listener: () => void): Disposable;
}

/** What a new client is to be. */
export interface NewClient {
	readonly name: string;
	/** Where there is one of that name, it gets the first number that is free behind it. */
	readonly mayBeNumbered?: true;
	readonly rules?: Partial<ClientRules>;
	/** Somebody else, whose token is for paid keys alone unless the rules say otherwise. */
	readonly owner?: string;
	/** ms since 1970. */
	readonly expiresAt?: number;
}

/** Rules that change: `undefined` takes a rule away, one that is not named stays. */
export type RuleChanges = { readonly [K in keyof ClientRules]?: ClientRules[K] | undefined };

/** The only moment at which a token can be read. */
export interface IssuedToken {
	readonly client: ClientRecord;
	readonly token: string;
}

export class ClientError extends Error {
	override readonly name = 'ClientError';

	constructor(readonly reason: 'badName' | 'badOwner' | 'nameTaken' | 'noSuchClient' | 'badRules' | 'full') {
		super(reason);
	}
}

export interface TokenRegistryParts {
	readonly storage: ClientStorage;
	/** ms since 1970. */
	readonly now: () => number;
	readonly newId: () => string;
	/** So many bytes that nobody can guess. */
	readonly randomBytes: (count: number) => Uint8Array;
	/** SHA-256 of a text, in hexadecimal digits. */
	readonly sha256: (text: string) => string | Promise<string>;
	/** Hears each token that is made, for the masker. */
	readonly learn: (token: string) => void;
	readonly report: (error: unknown) => void;
}

/** The token of a terminal. */
export interface TransientToken extends IssuedToken {
	/** Its terminal is still there; rejects where the token was revoked. */
	renew(): Promise<void>;
	/** Its terminal is gone. */
	end(): Promise<void>;
}

/** ms that a terminal's token is good after each renewal, and how often it is renewed. */
const transientMs = 10 * 60_000;
export const renewMs = 4 * 60_000;
/** ms after which nobody renews it any more: a computer may have slept. */
const leftOverMs = 24 * 3_600_000;
/** ms that the token before a rotation stays good. */
const overlapMs = 10 * 60_000;

/** The clients of a gateway, and their tokens as hashes. */
export class TokenRegistry implements Disposable {
	private listed: readonly ClientRecord[] = [];
	/** Readings that have begun, and the one that is listed. */
	private readings = 0;
	private listedReading = 0;
	/** The last one that failed after somebody had changed the storage: what is listed may be older than that. */
	private failedReading = 0;
	private readonly changed: Emitter<undefined>;
	private readonly following: Disposable;

	constructor(private readonly parts: TokenRegistryParts) {
		this.changed = new Emitter<undefined>(parts.report);
		this.following = parts.storage.onDidChange(() => {
			const reading = this.readings + 1;
			this.load().catch((error: unknown) => {
				this.failedReading = Math.max(this.failedReading, reading);
				parts.report(error);
			});
		});
	}

	/** False while the storage has not been read, as where the system has it locked. */
	get isRead(): boolean {
		return this.listedReading > 0;
	}

	/** By name; the same array until something changes. */
	list(): readonly ClientRecord[] {
		return this.listed;
	}

	onDidChange(listener: () => void): Disposable {
		return this.changed.event(listener);
	}

	/** Reads the storage; until then nobody is known. */
	async load(): Promise<void> {
		const reading = ++this.readings;
		this.show(reading, await this.parts.storage.read());
	}

	/** @throws ClientError */
	async issue(client: NewClient): Promise<IssuedToken> {
		const { token, client: made } = await this.make(client);
		return { token, client: await this.store(made, client.mayBeNumbered) };
	}

	/**
	 * A token for one terminal. It is stored, because another window may serve it, and ends with the terminal, or soon after its
	 * last renewal where its window cannot end it any more.
	 */
	async issueTransient(given: Omit<NewClient, 'expiresAt'>): Promise<TransientToken> {
		const { now } = this.parts;
		const { token, client: made } = await this.make({ ...given, expiresAt: now() + transientMs });
		return this.transient(token, await this.store({ ...made, isTransient: true }, given.mayBeNumbered));
	}

	/** The token of a terminal that outlives the process which opened it; undefined where it is good no more. */
	async transientOf(token: string): Promise<TransientToken | undefined> {
		const client = await this.clientOf(token);
		return client?.isTransient && this.transient(token, client);
	}

	/** Another token for the same client; the old one works for ten minutes more. */
	async rotate(id: string): Promise<IssuedToken> {
		const token = newToken(this.parts.randomBytes);
		const hash = await this.parts.sha256(token);
		const client = await this.edit(id, (one) => ({
			...one,
			hash,
			previous: { hash: one.hash, until: this.parts.now() + overlapMs },
		}));
		this.parts.learn(token);
		return { client, token };
	}

	/** A rule that is undefined holds no more. */
	async setRules(id: string, rules: RuleChanges): Promise<void> {
		await this.edit(id, (one) => {
			const next = { ...one.rules, ...rules };
			if (!areRules(next)) throw new ClientError('badRules');
			return { ...one, rules: next };
		});
	}

	/** Its token is good no more, nor is the one before it. */
	async revoke(id: string): Promise<void> {
		await this.change((clients) => {
			if (!clients.some((one) => one.id === id)) throw new ClientError('noSuchClient');
			return clients.filter((one) => one.id !== id);
		});
	}

	/** Compares with every client, so that the time tells nothing of whom it is. */
	async clientOf(token: string): Promise<ClientRecord | undefined> {
		// A token may have been taken back, which nothing else would tell.
		if (this.failedReading > this.listedReading) await this.load().catch(this.parts.report);
		const hash = await this.parts.sha256(token);
		const now = this.parts.now();
		let found: ClientRecord | undefined;
		for (const client of this.listed) {
			const { expiresAt = Infinity, previous } = client;
			const isCurrent = isSameHash(client.hash, hash);
			const isPrevious = previous !== undefined && isSameHash(previous.hash, hash) && previous.until > now;
			if ((isCurrent || isPrevious) && expiresAt > now) found = client;
		}
		return found;
	}

	dispose(): void {
		this.following.dispose();
		this.listed = [];
		this.changed.dispose();
	}

	private transient(token: string, client: ClientRecord): TransientToken {
		const { id } = client;
		const { now } = this.parts;
		return {
			...{ token, client },
			renew: async () => {
				await this.edit(id, (one) => ({ ...one, expiresAt: now() + transientMs }));
			},
			end: async () => {
				await this.change((clients) => clients.filter((one) => one.id !== id));
			},
		};
	}

	private async make({ name, rules, owner, expiresAt }: NewClient): Promise<IssuedToken> {
		const { newId, now, randomBytes, learn } = this.parts;
		// Google's free tier is for its owner's own trials: to serve others with it must be said explicitly.
		const whole = { ...defaultRules, ...(owner !== undefined && { keys: 'paid' as const }), ...rules };
		if (!isName(name)) throw new ClientError('badName');
		if (owner !== undefined && !isOwner(owner)) throw new ClientError('badOwner');
		if (!areRules(whole)) throw new ClientError('badRules');
		const token = newToken(randomBytes);
		learn(token);
		const hash = await this.parts.sha256(token);
		const more = { ...(owner !== undefined && { owner }), ...(expiresAt !== undefined && { expiresAt }) };
		return { token, client: { id: newId(), name, hash, createdAt: now(), ...more, rules: whole } };
	}

	private async store(client: ClientRecord, mayBeNumbered = false): Promise<ClientRecord> {
		let made = client;
		await this.change((stored) => {
			const clients = this.withoutLeftOver(stored);
			const taken = new Set(clients.map(({ name }) => name.toLowerCase()));
			made = { ...client, name: mayBeNumbered ? freeName(client.name, taken) : client.name };
			if (taken.has(made.name.toLowerCase())) throw new ClientError('nameTaken');
			if (clients.length >= maxClients) throw new ClientError('full');
			return [...clients, made];
		});
		return made;
	}

	private async edit(id: string, edit: (client: ClientRecord) => ClientRecord): Promise<ClientRecord> {
		let edited: ClientRecord | undefined;
		await this.change((clients) => {
			edited = undefined;
			return clients.map((one) => (one.id === id ? (edited = edit(one)) : one));
		});
		if (edited === undefined) throw new ClientError('noSuchClient');
		return edited;
	}

	private async change(change: (clients: readonly ClientRecord[]) => readonly ClientRecord[]): Promise<void> {
		let written: string | undefined;
		await this.parts.storage.update((stored) => (written = writeClients(change(readClients(stored)), stored)));
		const reading = ++this.readings;
		try {
			await this.load();
		} catch (error) {
			// It is stored all the same: said to have failed, a token that nobody has seen would stay there.
			this.parts.report(error);
			this.show(reading, written);
		}
	}

	private show(reading: number, stored: string | undefined): void {
		// One that began later has read what is newer.
		if (reading < this.listedReading) return;
		this.listedReading = reading;
		this.listed = [...readClients(stored)].sort((a, b) => (a.name < b.name ? -1 : 1));
		this.changed.fire(undefined);
	}

	/** Without tokens of terminals whose windows ended before they could. Who wakes from a long sleep renews theirs first. */
	private withoutLeftOver(clients: readonly ClientRecord[]): readonly ClientRecord[] {
		const before = this.parts.now() - leftOverMs;
		return clients.filter(({ isTransient, expiresAt = Infinity }) => !isTransient || expiresAt > before);
	}
}

/** The name, or with the first number that is free behind it. */
function freeName(name: string, taken: ReadonlySet<string>): string {
	for (let n = 1; ; n++) {
		const next = n === 1 ? name : `${name}-${n}`;
		if (!taken.has(next.toLowerCase())) return next;
	}
}
