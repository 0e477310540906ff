import Registry from 'prom-client/lib/registry';
import type { Masker } from '../../masking/masking';
import {
	oneDollar,
	type Attempt,
	type Clock,
	type ModelSupply,
	type Dispose,
	type PoolEvent,
	type Reason,
	type Snapshot,
	type SpendingView,
	type RequestRecord,
} from '../../pool/pool';
import { levelOf, worstSupply } from '../log/episodes';
import { reasonCategory } from '../log/reasonCategory';
import { onSettled, type WatchedPool } from '../log/poolWatch';
import { createFamilies, type Families } from './families';
import { LabelValues, other } from './labelValues';
import { CooldownCounter } from './cooldownCounter';

/** Different values of a label, so that a thousand keys do not make a hundred thousand series. */
const maxKeys = 100;
const maxModels = 20;
/** More than a team's gateway usually serves. */
const maxClients = 100;
/** Keys whose quotas are shown. */
const maxQuotas = 50;

const statuses = [
	'success',
	'rate_limited',
	'invalid_key',
	'server_error',
	'request_error',
	'blocked',
	'cancelled',
	'timeout',
] as const;
/** The label of each state in the metrics. */
const keyStates: Readonly<Record<keyof ModelSupply['states'], string>> = {
	usable: 'usable',
	barred: 'barred',
	coolingDown: 'cooling_down',
	halfOpen: 'half_open',
	unsupported: 'unsupported',
	quarantined: 'quarantined',
	disabled: 'disabled',
};
const poolStates = ['running', 'almost_exhausted', 'exhausted', 'paused', 'empty'] as const;
/** Always there, so that a rule about them finds a series before the first one. */
const commonReasons: readonly Reason[] = ['rpm', 'rpd', 'overloaded', 'badKey'];

/** Counts the pool's events from now on, in the format of Prometheus. */
export class Metrics {
	/** Of `text()`. */
	readonly contentType: string;
	private readonly registry = new Registry();
	private readonly families: Families;
	private readonly keys: LabelValues;
	private readonly models: LabelValues;
	private readonly clients: LabelValues;
	private readonly rests = new CooldownCounter();
	private readonly offs: readonly Dispose[];

	constructor(
		private readonly pool: WatchedPool,
		clock: Pick<Clock, 'after'>,
		mask: Masker,
		/** `own`: the other replicas on the store are scraped as well, and their sums are added up there. */
		private readonly counted: 'all' | 'own' = 'all',
	) {
		this.contentType = this.registry.contentType;
		this.families = createFamilies(this.registry);
		this.keys = new LabelValues(maxKeys, mask);
		this.models = new LabelValues(maxModels, mask);
		this.clients = new LabelValues(maxClients, mask);
		for (const status of statuses) this.families.requests.inc({ status }, 0);
		for (const reason of commonReasons) {
			this.families.fallbacks.inc({ reason }, 0);
			this.families.rests.inc({ reason }, 0);
			this.families.quarantines.inc({ reason }, 0);
		}
		this.look(pool.snapshot());
		this.offs = [pool.onEvent((event) => this.hear(event)), onSettled(pool, clock, () => this.look(pool.snapshot()))];
	}

	/** All families in Prometheus' text format, as they stand now. */
	text(): Promise<string> {
		const snapshot = this.pool.snapshot();
		this.look(snapshot);
		this.show(snapshot);
		return this.registry.metrics();
	}

	dispose(): void {
		for (const off of this.offs) off();
		this.registry.clear();
	}

	private hear(event: PoolEvent): void {
		if (event.type === 'attempt') this.sent(event.attempt, event.origin);
		if (event.type === 'keySetAside') this.families.fallbacks.inc({ reason: event.reason });
		if (event.type !== 'ended') return;
		const isOthers = event.in === 'another window';
		if (isOthers && this.counted === 'own') return;
		this.ended(event.record);
		// Of another window nothing is heard but the end.
		if (isOthers) {
			for (const attempt of event.record.attempts) this.sent(attempt, event.record.origin);
			for (const reason of event.record.timings?.switches ?? []) this.families.fallbacks.inc({ reason });
		}
	}

	private sent({ label, model, outcome, usage, cost, unsent }: Attempt, origin: string): void {
		if (unsent) return;
		// A name that the service does not know takes no other one's place.
		const on = { key: this.keys.of(label), model: outcome === 'noSuchModel' ? other : this.models.of(model) };
		this.families.attempts.inc({ ...on, outcome });
		if (cost !== undefined && cost > 0)
			this.families.cost.inc({ ...on, client: this.clients.of(origin) }, cost / oneDollar);
		if (!usage) return;
		this.families.tokens.inc({ ...on, direction: 'input' }, usage.input);
		this.families.tokens.inc({ ...on, direction: 'output' }, usage.output);
		this.families.tokens.inc({ ...on, direction: 'thoughts' }, usage.thoughts);
	}

	private ended({ outcome, timings: took }: RequestRecord): void {
		const isAnswered = outcome === 'answered';
		this.families.requests.inc({ status: isAnswered ? 'success' : reasonCategory(outcome) });
		if (!took) return;
		// What is refused at once would make answers look quick.
		if (isAnswered) this.families.duration.observe(took.ms / 1000);
		this.families.waiting.observe(took.waitedMs / 1000);
		if (took.firstMs !== undefined) this.families.firstToken.observe(took.firstMs / 1000);
	}

	private look(snapshot: Snapshot): void {
		const { rests, quarantines } = this.rests.begun(snapshot);
		for (const reason of rests) this.families.rests.inc({ reason });
		for (const reason of quarantines) this.families.quarantines.inc({ reason });
	}

	private show(snapshot: Snapshot): void {
		const { available, availableByModel, enabled, keys, queue, pool } = this.families;
		const worst = worstSupply(snapshot);
		available.set(worst.usable);
		availableByModel.reset();
		for (const { model, usable } of snapshot.supplies) availableByModel.set({ model: this.models.of(model) }, usable);
		enabled.set(snapshot.total);
		queue.set(snapshot.waiting);
		for (const [state, label] of Object.entries(keyStates)) {
			keys.set({ state: label }, worst.states[state as keyof ModelSupply['states']] ?? 0);
		}
		const now = poolState(snapshot);
		for (const state of poolStates) pool.set({ state }, state === now ? 1 : 0);
		this.showQuotas(snapshot);
		this.showSpending(snapshot);
	}

	private showSpending({ keys, spending, clients }: Snapshot): void {
		const { spent, budget, held } = this.families;
		spent.reset();
		budget.reset();
		held.set(clients.filter((client) => client.held).length);
		const show = (scope: string, name: string, of: SpendingView): void => {
			for (const period of ['day', 'month'] as const) {
				const { cost, limit } = of[period];
				// Two projects may have one name, and all beyond the bound have one.
				spent.inc({ scope, name, period }, cost / oneDollar);
				if (limit !== undefined) budget.inc({ scope, name, period }, limit / oneDollar);
			}
		};
		show('pool', '', spending);
		const seen = new Set<string>();
		for (const { key, project, spending: ofProject } of keys) {
			if (!ofProject || seen.has(project.id)) continue;
			seen.add(project.id);
			show('project', this.keys.of(project.label ?? key.label), ofProject);
		}
		for (const { client, spending: ofClient } of clients) {
			show('client', this.clients.of(client), ofClient);
		}
	}

	private showQuotas({ keys }: Snapshot): void {
		const { used, limit } = this.families;
		used.reset();
		limit.reset();
		const seen = new Set<string>();
		for (const { key, project, models } of keys) {
			// Keys of one project are one quota.
			if (seen.has(project.id) || seen.size >= maxQuotas) continue;
			seen.add(project.id);
			for (const { model, limitUsage } of models) {
				for (const [name, usage] of Object.entries(limitUsage)) {
					const labels = { key: this.keys.of(key.label), model: this.models.of(model), limit: name };
					used.inc(labels, usage.used);
					limit.inc(labels, usage.limit);
				}
			}
		}
	}
}

function poolState({ paused, total, supplies }: Snapshot): (typeof poolStates)[number] {
	if (paused) return 'paused';
	if (total === 0) return 'empty';
	// An overloaded model says nothing of how many keys are left.
	const levels = new Set(supplies.filter(({ isOverloaded }) => !isOverloaded).map(levelOf));
	if (levels.has('exhausted')) return 'exhausted';
	return levels.has('almost') ? 'almost_exhausted' : 'running';
}
