import * as v from 'valibot';
import type { Key, KeyId, Project, ProjectId } from '../../pool/pool';
import { isProjectId, longestLabel, ownProject } from './ids';
import { nextLabel } from './labels';
import { isRank, lastRank, rankAfter } from './rank';
import type { KeyIndex } from './keyIndex';

/** What is stored beside a secret. The mask is not: it follows from the secret, and a stored one could be out of date. */
export interface KeyMetadata {
	readonly label?: string;
	readonly project?: ProjectId;
	readonly role: Key['role'];
	readonly weight: number;
	readonly rank?: string;
	readonly enabled: boolean;
	/** ms since 1970: the key was taken away, and can be brought back for a little while. */
	readonly removedAt?: number;
}

export type ProjectRecord = Omit<Project, 'id'>;

/** How a stored text was read. `damaged`: a field was put right. `newer`: by a later version, not to be written over. */
export interface Read<T> {
	readonly value: T;
	readonly was: 'whole' | 'damaged' | 'newer';
}

const version = 1;

const labelSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longestLabel), v.regex(/^\P{Cc}*$/u));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const limitsSchema = v.strictObject({
	rpm: v.exactOptional(count),
	tpm: v.exactOptional(count),
	rpd: v.exactOptional(count),
	tpd: v.exactOptional(count),
});

const metaSchema = v.object({
	label: v.exactOptional(labelSchema),
	project: v.exactOptional(v.custom<ProjectId>((value) => typeof value === 'string' && isProjectId(value))),
	role: v.optional(v.picklist(['primary', 'backup']), 'primary'),
	weight: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1_000)), 1),
	rank: v.exactOptional(v.pipe(v.string(), v.check(isRank))),
	enabled: v.optional(v.boolean(), true),
	removedAt: v.exactOptional(v.pipe(v.number(), v.finite(), v.minValue(0))),
});

const projectSchema = v.object({
	label: v.exactOptional(labelSchema),
	account: v.exactOptional(labelSchema),
	tier: v.optional(v.picklist(['free', 'paid']), 'free'),
	limits: v.exactOptional(v.record(v.pipe(v.string(), v.maxLength(100)), limitsSchema)),
	number: v.exactOptional(v.pipe(v.string(), v.regex(/^[\w-]{1,60}$/))),
	dailyCap: v.exactOptional(v.strictObject({ requests: v.exactOptional(count), tokens: v.exactOptional(count) })),
});

/** Reads what `written` made; a field that is damaged gets its default, and the others stay. */
export function readMeta(text: string): Read<KeyMetadata> {
	const { fields, was } = fieldsOf(text);
	const bad = damagedFields(v.safeParse(metaSchema, fields));
	return { value: v.parse(metaSchema, without(fields, bad)), was: bad.size > 0 && was === 'whole' ? 'damaged' : was };
}

/** As `readMeta`, for a project. */
export function readProject(text: string): Read<ProjectRecord> {
	const { fields, was } = fieldsOf(text);
	const bad = damagedFields(v.safeParse(projectSchema, fields));
	return {
		value: v.parse(projectSchema, without(fields, bad)),
		was: bad.size > 0 && was === 'whole' ? 'damaged' : was,
	};
}

/** Whether every value is one that would be read back. */
export function isWholeMeta(meta: KeyMetadata): boolean {
	return v.is(metaSchema, meta);
}

export function isWholeProject(project: unknown): project is ProjectRecord {
	return v.is(projectSchema, project);
}

/** 1 to 60 characters on one line, without white space around. */
export function isLabel(text: string): boolean {
	return text === text.trim() && v.is(labelSchema, text);
}

/** The text to store. */
export function serialize(record: KeyMetadata | ProjectRecord): string {
	return JSON.stringify({ v: version, ...record });
}

/** A key of which not all is known: a numbered label, a place at the end, a project of its own. */
export function complete(
	id: KeyId,
	mask: string,
	meta: Partial<KeyMetadata>,
	roster: Pick<KeyIndex, 'get' | 'labels' | 'lastRank'>,
	numbered: (n: number) => string,
): Key {
	const held = roster.get(id);
	return {
		id,
		project: meta.project ?? ownProject(id),
		label: meta.label ?? held?.label ?? nextLabel(roster.labels(id), numbered),
		mask,
		rank: meta.rank ?? held?.rank ?? rankAfter(roster.lastRank()) ?? lastRank,
		role: meta.role ?? 'primary',
		weight: meta.weight ?? 1,
		enabled: meta.enabled ?? true,
	};
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(text: string): { readonly fields: Fields; readonly was: Read<unknown>['was'] } {
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		raw = undefined;
	}
	const parsed = v.safeParse(v.looseObject({ v: v.pipe(v.number(), v.minValue(1)) }), raw);
	if (!parsed.success) {
		return { fields: {}, was: 'damaged' };
	}
	return { fields: parsed.output, was: parsed.output.v > version ? 'newer' : 'whole' };
}

function damagedFields(parsed: {
	readonly issues?: readonly v.BaseIssue<unknown>[] | undefined;
}): ReadonlySet<unknown> {
	return new Set(parsed.issues?.map((issue) => issue.path?.[0]?.key));
}

function without(fields: Fields, keys: ReadonlySet<unknown>): Fields {
	return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.has(key)));
}
