import type { Disposable } from '../../common/dispose';
import type { ClientRecord, ClientRules } from './clientRecord';

/** Where the clients are kept: SecretStorage, a file for its owner alone, a store of several replicas. */
export interface ClientStorage {
	read(): PromiseLike<string | undefined>;
	/** Writes what `change` makes of what is stored; atomically where the storage can. */
	update(change: (stored: string | undefined) => string): PromiseLike<void>;
	/** Own and foreign changes. */
	onDidChange(listener: () => void): Disposable;
}

/** What a new client is to be. */
export interface NewClient {
	readonly name: string;
	readonly rules?: Partial<ClientRules>;
	readonly owner?: string;
	readonly expiresAt?: number;
}

/** The only moment at which a token can be read. */
export interface IssuedToken {
	readonly client: ClientRecord;
	readonly token: string;
}

/** The clients of a gateway, and their tokens as hashes. */
export interface TokenRegistry extends Disposable {
	/** By name; the same array until something changes. */
	list(): readonly ClientRecord[];
	onDidChange(listener: () => void): Disposable;
	/** Reads the storage; until then nobody is known. */
	load(): Promise<void>;
	/** @throws ClientError */
	issue(client: NewClient): Promise<IssuedToken>;
	/** A token for one terminal or one test: never stored, gone with `dispose`. */
	issueTransient(client: NewClient): Promise<IssuedToken & Disposable>;
	/** Another token for the same client; the old one is good for a while. */
	rotate(id: string): Promise<IssuedToken>;
	setRules(id: string, rules: Partial<ClientRules>): Promise<void>;
	revoke(id: string): Promise<void>;
	/** Compares with every client in constant time. */
	clientOf(token: string): Promise<ClientRecord | undefined>;
}

export class ClientError extends Error {
	override readonly name = 'ClientError';

	constructor(readonly reason: 'badName' | 'nameTaken' | 'noSuchClient' | 'badRules' | 'full') {
		super(reason);
	}
}
