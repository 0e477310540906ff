/** What a client of the gateway may do. */
export interface ClientRules {
	/** Models that it may ask for; absent: all. */
	readonly models?: readonly string[];
	/** Models that may answer in place of the wanted one; absent: those that the gateway's own list names, none by default. */
	readonly fallbackModels?: readonly string[];
	/** Keys that it may use, by the tier of their project. */
	readonly keys: 'free' | 'paid' | 'any';
	/** Requests at the same time. */
	readonly parallel: number;
	/** Requests a Pacific day; absent: any number. */
	readonly requestsPerDay?: number;
	/** US dollars a Pacific day; absent: any sum. */
	readonly dollarsPerDay?: number;
}

/** A client of the gateway: one tool, one person, one machine. Its token is kept as a hash. */
export interface ClientRecord {
	readonly id: string;
	/** Unique; a person chose it. Requests have the origin `gateway:<name>`. */
	readonly name: string;
	/** SHA-256 of the token, in hexadecimal digits. */
	readonly hash: string;
	/** The hash of the token before a rotation, which is good until then. */
	readonly previous?: { readonly hash: string; readonly until: number };
	/** ms since 1970. */
	readonly createdAt: number;
	/** ms since 1970; absent: never. */
	readonly expiresAt?: number;
	/** Whose it is, where one person's gateway serves others. */
	readonly owner?: string;
	readonly rules: ClientRules;
}

/** What a client has used, for views and for its rules. */
export interface ClientUsage {
	/** ms since 1970; 0: never. */
	readonly lastUsedAt: number;
	readonly underWay: number;
	/** Of the Pacific day. */
	readonly today: { readonly requests: number; readonly input: number; readonly output: number };
}
