import * as v from 'valibot';
import { jsonIn, objectIn } from '../../common/json';
import { isModelName } from '../../gemini/request/address';
import type { ClientUse } from '../../pool/pool';

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
	/** It works in batches: an expensive hour does not stop it. No request can say that of itself. */
	readonly batch?: boolean;
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
	/** It ends with a terminal. */
	readonly isTransient?: true;
	readonly rules: ClientRules;
}

/** What a client has used, for views and for its rules. */
export interface ClientUsage {
	/** ms since 1970; 0: never. */
	readonly lastUsedAt: number;
	readonly underWay: number;
	/** Of the Pacific day. */
	readonly today: Omit<ClientUse, 'lastUsedAt'>;
}

/** Clients that a gateway takes. */
export const maxClients = 200;
/** Models that a rule may name. */
export const maxModels = 100;
/** Characters. */
const maxOwner = 200;
/** Requests that one client may have at the same time. */
const maxParallel = 64;

export const defaultRules: ClientRules = { keys: 'any', parallel: 8 };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1_000_000_000));
const models = v.pipe(v.array(v.pipe(v.string(), v.check(isModelName))), v.maxLength(maxModels));
const hash = v.pipe(v.string(), v.regex(/^[\da-f]{64}$/));
const moment = v.pipe(v.number(), v.finite());

const rulesShape = v.looseObject({
	models: v.optional(models),
	fallbackModels: v.optional(models),
	keys: v.picklist(['free', 'paid', 'any']),
	parallel: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(maxParallel)),
	requestsPerDay: v.optional(count),
	dollarsPerDay: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
	batch: v.optional(v.boolean()),
});

const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])?$/u;

const recordShape = v.looseObject({
	id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
	name: v.pipe(v.string(), v.regex(namePattern)),
	hash,
	previous: v.optional(v.looseObject({ hash, until: moment })),
	createdAt: moment,
	expiresAt: v.optional(moment),
	owner: v.optional(v.pipe(v.string(), v.maxLength(maxOwner))),
	isTransient: v.optional(v.literal(true)),
	rules: rulesShape,
});

/** The client's name for the pool, its statistics and its budgets. */
export function originOf(name: string): string {
	return `gateway:${name}`;
}

/** The names in a comma-separated list, as a person writes it. */
export function modelNamesIn(text: string): readonly string[] {
	return text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim().replace(/^models\//, '')]));
}

export function isName(name: string): boolean {
	return namePattern.test(name);
}

/** A longer one would be refused when the record is read. */
export function isOwner(owner: string): boolean {
	return owner.length <= maxOwner && owner.trim() !== '' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(owner);
}

export function areRules(rules: unknown): rules is ClientRules {
	return v.is(rulesShape, rules);
}

/** The stored clients, without damaged records. None if the whole text is damaged, so that no token is good then. */
export function readClients(stored: string | undefined): readonly ClientRecord[] {
	return stored === undefined ? [] : (recordsIn(stored)?.filter(isRecord).slice(0, maxClients) ?? []);
}

/** Whether `readClients` leaves something out: it is damaged, or of a newer version. */
export function isPartlyRead(stored: string | undefined): boolean {
	return stored !== undefined && readClients(stored).length !== recordsIn(stored)?.length;
}

const isRecord = (one: unknown): one is ClientRecord => v.is(recordShape, one);

function recordsIn(stored: string): readonly unknown[] | undefined {
	const body = jsonIn(stored);
	const shape = v.looseObject({ v: v.literal(1), clients: v.array(v.unknown()) });
	return v.is(shape, body) ? body.clients : undefined;
}

/**
 * @param stored the text to replace; its unreadable records are kept
 * @throws if a newer version has stored it
 */
export function writeClients(clients: readonly ClientRecord[], stored = ''): string {
	const of = objectIn(stored)?.['v'];
	if (typeof of === 'number' && of > 1) throw new Error('A newer Keypool has stored the tokens.');
	const all = recordsIn(stored) ?? [];
	const others = all.filter((one) => !isRecord(one)).concat(all.filter(isRecord).slice(maxClients));
	return JSON.stringify({ v: 1, clients: [...clients, ...others] });
}
