import { DisposableStore, type Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { GenerationOptions } from '../generation/options';
import type { Limits, Options, StrategyName } from '../pool/pool';
import { strategyNames } from '../pool/pool';
import { accepts, isRecord } from './accepts';
import type { SettingsSource } from './source';

export { configurationSource, type SettingsSource } from './source';

/** One setting: validated, and observable. A bad value counts as the default. */
export class Setting<T> {
	private readonly changed: Emitter<T>;
	private current: T;
	private isInvalid = false;

	constructor(
		/** As in the manifest, without `keypool.`. */
		readonly name: string,
		private readonly read: () => unknown,
		/** The value as the code reads it; undefined where it is none that the setting takes. */
		private readonly parse: (raw: unknown) => T | undefined,
		private readonly fallback: T,
		private readonly reports: SettingsReports,
	) {
		this.changed = new Emitter<T>(reports.listenerFailed);
		this.current = this.validated();
	}

	get value(): T {
		return this.current;
	}

	onDidChange(listener: (value: T) => void): Disposable {
		return this.changed.event(listener);
	}

	/** Reads again; says whether the value is another one. */
	refresh(): boolean {
		const next = this.validated();
		const differs = JSON.stringify(next) !== JSON.stringify(this.current);
		this.current = next;
		return differs;
	}

	notify(): void {
		this.changed.fire(this.current);
	}

	/** Warns once of a bad setting, and again only after it had been good. */
	private validated(): T {
		const raw = this.read();
		const judged = this.parse(raw);
		const bad = judged === undefined && raw !== undefined;
		if (bad && !this.isInvalid) {
			this.reports.invalid(this.name, raw);
		}
		this.isInvalid = bad;
		return judged ?? this.fallback;
	}
}

export interface SettingsReports {
	/** A setting holds what it does not take; the default counts instead. */
	readonly invalid: (name: string, raw: unknown) => void;
	/** A listener threw. */
	readonly listenerFailed: (error: unknown) => void;
}

/** Limits by the name of a project, then by model. */
type NamedLimits = Readonly<Record<string, Readonly<Record<string, Limits>>>>;

const flag = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);
const count = (raw: unknown) => (typeof raw === 'number' ? raw : undefined);
/** What a person writes in seconds or minutes, in ms. */
const ms = (unit: number) => (raw: unknown) => (typeof raw === 'number' ? Math.round(raw * unit) : undefined);
const seconds = ms(1_000);
const minutes = ms(60_000);
const text = (raw: unknown) => (typeof raw === 'string' ? raw.trim() : undefined);
const texts = (raw: unknown): readonly string[] | undefined =>
	Array.isArray(raw) ? raw.flatMap((one) => text(one) ?? []) : undefined;
const choice =
	<T extends string>(names: readonly T[]) =>
	(raw: unknown): T | undefined =>
		names.find((name) => name === raw);
const modelName = (raw: unknown) => text(raw)?.replace(/^models\//, '');
const modelNames = (raw: unknown): readonly string[] | undefined =>
	Array.isArray(raw) ? [...new Set(raw.flatMap((one) => modelName(one) ?? []))] : undefined;
/** The manifest has judged what is in it. */
const limits = (raw: unknown): NamedLimits | undefined => (isNamedLimits(raw) ? raw : undefined);
const generation = (raw: unknown): GenerationOptions | undefined => (isGeneration(raw) ? raw : undefined);
const isGeneration = (raw: unknown): raw is GenerationOptions => isRecord(raw);
const isNamedLimits = (raw: unknown): raw is NamedLimits => isRecord(raw) && Object.values(raw).every(isRecord);

/** What stands at a path of fields; undefined where one is missing. */
function at(value: unknown, ...path: readonly string[]): unknown {
	return path.reduce((whole, name) => (isRecord(whole) ? whole[name] : undefined), value);
}

/** True where one level says so; else a value that is no answer, so that it is reported; else false. */
function demandedBy(levels: readonly unknown[]): unknown {
	return levels.includes(true) || (levels.find((value) => value !== undefined && typeof value !== 'boolean') ?? false);
}

/** Every setting. What each takes, and its default, is what the manifest says. */
export class Settings implements Disposable {
	readonly model: Setting<string>;
	readonly fallbackModels: Setting<readonly string[]>;
	readonly strategy: Setting<StrategyName>;
	readonly paidKeys: Setting<Options['paidKeys']>;
	/** True where any level of the settings or Restricted Mode demands it: none lifts another's demand. */
	readonly paidOnly: Setting<boolean>;
	/** Whether Restricted Mode demands paid keys: where any level says so. */
	readonly paidOnlyInRestrictedMode: Setting<boolean>;
	/** Limits by the name of a project, then by model; what the view has set goes before. */
	readonly limits: Setting<NamedLimits>;
	/** How answers are made where neither conversation, line nor command says so. */
	readonly generation: Setting<GenerationOptions>;
	readonly whenExhausted: Setting<Options['whenExhausted']>;
	/** Sends a round: at most max(5, this x enabled keys). */
	readonly maxRetries: Setting<number>;
	/** ms before the first retry on the same key. */
	readonly baseDelay: Setting<number>;
	/** ms that a person's prompt waits for a key at most. */
	readonly maxWait: Setting<number>;
	/** Batch calls at the same time. */
	readonly batchConcurrency: Setting<number>;
	/** ms of silence before the first piece of an answer. */
	readonly firstTokenTimeout: Setting<number>;
	/** ms of silence between two pieces. */
	readonly idleTimeout: Setting<number>;
	readonly baseUrl: Setting<string>;
	/** False: conversations of the chat are gone with the window. */
	readonly keepConversations: Setting<boolean>;
	/** When the key order is rotated: `off`, `daily`, or a cron expression of five fields. */
	readonly rotation: Setting<string>;
	/** The loopback port of the metrics; 0 where there is none. */
	readonly metricsPort: Setting<number>;

	/** ms between two alerts of the same kind. */
	readonly alertInterval: Setting<number>;
	/** The mail server, as `smtp://[user@]host[:port]` or `smtps://…`; empty where none is set. */
	readonly alertSmtp: Setting<string>;
	/** The sender of alerts by mail; empty: the first receiver. */
	readonly alertMailFrom: Setting<string>;
	readonly alertMailTo: Setting<readonly string[]>;

	private readonly every: { readonly name: string; refresh(): boolean; notify(): void }[] = [];
	private readonly changed: Emitter<undefined>;
	private readonly owned = new DisposableStore();
	private pool: Options | undefined;

	/** @param manifest the extension's `package.json`. Throws where it lacks a setting. */
	constructor(source: SettingsSource, manifest: unknown, reports: SettingsReports) {
		const keep = <T>(setting: Setting<T>): Setting<T> => {
			this.every.push(setting);
			return setting;
		};
		/** `read` makes of a value that the manifest takes what the code reads. */
		const add = <T>(name: string, read: (raw: unknown) => T | undefined): Setting<T> => {
			const rule = at(manifest, 'contributes', 'configuration', 'properties', `keypool.${name}`);
			const unset = at(rule, 'default');
			const fallback = read(unset);
			if (fallback === undefined) throw new Error(`The manifest has no keypool.${name}.`);
			const judge = (raw: unknown): T | undefined => (raw === unset || accepts(rule, raw) ? read(raw) : undefined);
			return keep(new Setting(name, () => source.read(name), judge, fallback, reports));
		};

		this.model = add('model', modelName);
		this.fallbackModels = add('fallbackModels', modelNames);
		this.strategy = add('strategy', choice(strategyNames));
		this.paidKeys = add('paidKeys', choice(['last', 'mixed', 'first']));
		const demand = (name: string, read: () => unknown) => keep(new Setting(name, read, flag, false, reports));
		const inRestrictedMode = (): unknown => demandedBy(source.readLevels('paidOnlyInRestrictedMode'));
		this.paidOnlyInRestrictedMode = demand('paidOnlyInRestrictedMode', inRestrictedMode);
		this.paidOnly = demand('paidOnly', () =>
			source.isRestricted() && inRestrictedMode() === true ? true : demandedBy(source.readLevels('paidOnly')),
		);
		this.limits = add('limits', limits);
		this.generation = add('generation', generation);
		this.whenExhausted = add('whenExhausted', choice(['fallbackModel', 'wait']));
		this.maxRetries = add('maxRetries', count);
		this.baseDelay = add('baseDelay', seconds);
		this.maxWait = add('maxWait', seconds);
		this.batchConcurrency = add('batchWidth', count);
		this.firstTokenTimeout = add('firstTokenTimeout', seconds);
		this.idleTimeout = add('idleTimeout', seconds);
		// What is no fit address is refused aloud where it is used, not replaced by another host.
		this.baseUrl = add('baseUrl', text);
		// Whether five fields are a cron expression is judged where it is read, aloud.
		this.rotation = add('rotation', text);
		this.keepConversations = add('chat.keepConversations', flag);
		this.metricsPort = add('metrics.port', count);

		this.alertInterval = add('alerts.interval', minutes);
		this.alertSmtp = add('alerts.smtp', text);
		this.alertMailFrom = add('alerts.mailFrom', text);
		this.alertMailTo = add('alerts.mailTo', texts);

		this.changed = this.owned.add(new Emitter<undefined>(reports.listenerFailed));
		this.owned.add(source.onDidChange(() => this.refresh()));
	}

	/** Something changed; each setting has told its own listeners before. */
	onDidChange(listener: () => void): Disposable {
		return this.changed.event(() => listener());
	}

	/** All names, as in the manifest without `keypool.`. */
	get names(): readonly string[] {
		return this.every.map((setting) => setting.name);
	}

	/** What the pool takes; the same object until something changes. */
	get options(): Options {
		this.pool ??= {
			strategy: this.strategy.value,
			model: this.model.value,
			maxRetries: this.maxRetries.value,
			baseDelayMs: this.baseDelay.value,
			paidOnly: this.paidOnly.value,
			paidKeys: this.paidKeys.value,
			whenExhausted: this.whenExhausted.value,
			batchConcurrency: this.batchConcurrency.value,
		};
		return this.pool;
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** All values are new before anybody hears of one. */
	private refresh(): void {
		const changes = this.every.filter((setting) => setting.refresh());
		if (changes.length > 0) {
			this.pool = undefined;
			changes.forEach((setting) => setting.notify());
			this.changed.fire(undefined);
		}
	}
}
