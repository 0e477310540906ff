import type { Key, KeyView, ModelView, Project, Snapshot, SpendingView, Availability } from '../../../src/pool/pool';
import type { PoolView } from '../../../src/views/shared/poolView';
import { createWords, type Translate } from '../../../src/localization/words';

export const noon = Date.UTC(2026, 10, 24, 12);
export const minute = 60_000;
export const hour = 60 * minute;
export const model = 'gemini-3.8-flash';

export const translate: Translate = (message, ...values) =>
	message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));

export const words = createWords(translate, { language: 'en', zone: 'UTC' }, () => noon);

/** The same of somebody who has a team's gateway in place of keys. */
export const wordsAtGateway = createWords(
	translate,
	{ language: 'en', zone: 'UTC' },
	() => noon,
	() => true,
);

export const standings = {
	usable: { state: 'usable' },
	disabled: { state: 'disabled' },
	minute: { state: 'coolingDown', reason: 'rpm', until: noon + 42_000 },
	// Midnight in California, seen from noon UTC.
	day: { state: 'coolingDown', reason: 'rpd', until: Date.UTC(2026, 10, 25, 8) },
	leaked: {
		state: 'quarantined',
		reason: 'leaked',
		since: noon - hour,
		serviceMessage: 'Your API key was reported as leaked.',
	},
} as const satisfies Record<string, Availability>;

export function keyView(
	label: string,
	availability: Availability,
	more: Partial<KeyView> & { project?: Project } = {},
): KeyView {
	const project = more.project ?? { id: `project of ${label}` as Project['id'], tier: 'free' };
	const key: Key = {
		id: `id of ${label}` as Key['id'],
		project: project.id,
		label,
		mask: 'AQ.A…x7Qz',
		sortOrder: label,
		role: 'primary',
		weight: 1,
		enabled: availability.state !== 'disabled',
	};
	return {
		key,
		project,
		isBarred: false,
		availability,
		score: 100,
		lastUsed: 0,
		success: 0,
		fail: 0,
		tokens: { input: 0, output: 0 },
		isVerified: true,
		models: [],
		...more,
	};
}

export function modelView(availability: Availability, more: Partial<ModelView> = {}): ModelView {
	const sentToday = more.sentToday ?? more.requestsToday ?? 0;
	const counts = { requestsToday: 0, sentToday, tokensToday: 0, requestsThisMinute: 0, tokensThisMinute: 0 };
	const ends = { minuteEndsAt: noon, dayEndsAt: standings.day.until };
	return { model, availability, ...counts, ...ends, limitUsage: {}, inFlight: 0, ...more };
}

/** Of noon. */
export const monthEndsAt = Date.UTC(2026, 11, 1, 8);

/** So much today and this month, of budgets where there are any. */
export function spendingOf(day: number, month: number, limits: { day?: number; month?: number } = {}): SpendingView {
	return {
		day: { ...nothingSpent.day, cost: day, ...(limits.day !== undefined && { limit: limits.day }) },
		month: { ...nothingSpent.month, cost: month, ...(limits.month !== undefined && { limit: limits.month }) },
	};
}

const nothingSpent: SpendingView = {
	day: { cost: 0, reserved: 0, endsAt: standings.day.until },
	month: { cost: 0, reserved: 0, endsAt: monthEndsAt },
};

export function snapshotOf(keys: readonly KeyView[], more: Partial<Snapshot> = {}): Snapshot {
	const views = more.paidOnly ? keys.map((view) => ({ ...view, isBarred: view.project.tier === 'free' })) : keys;
	const enabled = keys.filter(({ key }) => key.enabled);
	return {
		rev: 1,
		at: noon,
		keys: views,
		usable: enabled.filter(({ availability }) => availability.state === 'usable').length,
		total: enabled.length,
		resolvedModel: more.model ?? model,
		aliases: new Map(),
		supplies: [],
		model,
		paidOnly: false,
		spending: nothingSpent,
		clients: [],
		waiting: 0,
		strategy: 'headroom',
		...more,
	};
}

/** A pool whose snapshot is set by the test. */
export class SettablePool implements PoolView {
	/** The key whose turn it is. */
	next: Key['id'] | undefined;
	private readonly listeners = new Set<() => void>();

	constructor(private current: Snapshot) {}

	nextInTurn(): Key['id'] | undefined {
		return this.next;
	}

	snapshot(): Snapshot {
		return this.current;
	}

	onDidChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	set(snapshot: Snapshot): void {
		this.current = snapshot;
		for (const listener of this.listeners) listener();
	}
}
