/** Identities and what a person configured: the pool reads these, the keyring makes them. No secret is ever in here. */

import type { Budget } from './spending';

declare const brand: unique symbol;
type Brand<B extends string> = string & { readonly [brand]: B };

export type KeyId = Brand<'key'>;
export type ProjectId = Brand<'project'>;
/** A bucket is project x resolved model; its id is made by `bucketId` alone. */
export type BucketId = Brand<'bucket'>;
export type LeaseId = Brand<'lease'>;

/** The kinds of quota the service counts: requests and input tokens a minute, requests and input tokens a Pacific day. */
export type Dimension = 'rpm' | 'tpm' | 'rpd' | 'tpd';
export type Limits = Readonly<Partial<Record<Dimension, number>>>;

export type Tier = 'free' | 'paid';

/** Where limits, tier and billing live: limits are per project, never per key (docs/FACTS.md 1). */
export interface Project {
	readonly id: ProjectId;
	/** Shown to people; absent for a project minted for a single key. */
	readonly label?: string;
	/** Google's number of it, where the service named it: the only sure sign that keys are of one project. */
	readonly number?: string;
	/** Projects of one billing account stop together when its credits run out. */
	readonly account?: string;
	readonly tier: Tier;
	/** The user's own limits by model; they win over learnt ones, until the service refuses calls under them. */
	readonly limits?: Readonly<Record<string, Limits>>;
	/** The same, as the settings name them: each holds where `limits` says nothing of its kind. */
	readonly presetLimits?: Readonly<Record<string, Limits>>;
	/** The most requests and tokens (of prompts and answers) that a person allows a Pacific day, over all models. */
	readonly dailyCap?: { readonly requests?: number; readonly tokens?: number };
	/** What a person allows to be spent on it. */
	readonly budget?: Budget;
}

export interface Key {
	readonly id: KeyId;
	readonly project: ProjectId;
	readonly label: string;
	/** Safe to show, for instance `AQ.A…x7Qz`. */
	readonly mask: string;
	/** Sorts the keys; compared as plain strings. */
	readonly sortOrder: string;
	readonly role: 'primary' | 'backup';
	/** Turns under weighted round robin; anything but a finite number above 0 counts as no turn. */
	readonly weight: number;
	readonly enabled: boolean;
}

export function bucketId(project: ProjectId, model: string): BucketId {
	return `${project}/${model}` as BucketId;
}

/** What `bucketId` was made of. */
export function partsOf(id: BucketId): readonly [project: string, model: string] {
	const slash = id.indexOf('/');
	return [id.slice(0, slash), id.slice(slash + 1)];
}
