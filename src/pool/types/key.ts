/** Identities and what the user configured. The keyring makes them, the pool reads them. They never hold a secret. */

import type { Budget } from './spending';

declare const brand: unique symbol;
type Brand<B extends string> = string & { readonly [brand]: B };

export type KeyId = Brand<'key'>;
export type ProjectId = Brand<'project'>;
/** A bucket is project x resolved model. Only `bucketId` makes its id. */
export type BucketId = Brand<'bucket'>;
export type LeaseId = Brand<'lease'>;

/** The quotas that the service counts: requests and input tokens per minute and per Pacific day. */
export const dimensions = ['rpm', 'tpm', 'rpd', 'tpd'] as const;
export type Dimension = (typeof dimensions)[number];
export type Limits = Readonly<Partial<Record<Dimension, number>>>;

export type Tier = 'free' | 'paid';

/** Holds limits, tier and billing: limits are per project, never per key (docs/FACTS.md 1). */
export interface Project {
	readonly id: ProjectId;
	/** For display; absent for a project that was made for a single key. */
	readonly label?: string;
	/** Google's project number, once the service named it: the only sure sign that two keys share a project. */
	readonly number?: string;
	/** Billing account. Its projects stop together when its credits run out. */
	readonly account?: string;
	readonly tier: Tier;
	/** Whatever its tier, a call may cost money: behind a team's gateway stand keys of others. */
	readonly mayCost?: true;
	/** The user's limits by model. They override learnt limits until the service refuses calls below them. */
	readonly limits?: Readonly<Record<string, Limits>>;
	/** Limits from the settings; each applies where `limits` has no value of its kind. */
	readonly presetLimits?: Readonly<Record<string, Limits>>;
	/** The most requests and tokens (of prompts and answers) that a person allows a Pacific day, over all models. */
	readonly dailyCap?: { readonly requests?: number; readonly tokens?: number };
	/** What a person allows to be spent on it. */
	readonly budget?: Budget;
}

/** Whether it may serve a request that must cost nothing. */
export function isFreeOfCost({ tier, mayCost }: Project): boolean {
	return tier !== 'paid' && mayCost !== true;
}

export interface Key {
	readonly id: KeyId;
	readonly project: ProjectId;
	readonly label: string;
	/** Safe to show, for instance `AQ.A…x7Qz`. */
	readonly mask: string;
	/** Sort key; compared as a plain string. */
	readonly sortOrder: string;
	readonly role: 'primary' | 'backup';
	/** Weight under weighted round robin; anything but a finite number above 0 means no turn. */
	readonly weight: number;
	readonly enabled: boolean;
}

export function bucketId(project: ProjectId, model: string): BucketId {
	return `${project}/${model}` as BucketId;
}

/** The project and model in a bucket's id. */
export function partsOf(id: BucketId): readonly [project: string, model: string] {
	const slash = id.indexOf('/');
	return [id.slice(0, slash), id.slice(slash + 1)];
}
