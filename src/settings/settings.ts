import { isObject } from '../common/json';
import { DisposableStore, type Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { GenerationOptions } from '../generation/options';
import type { OwnPrice } from '../prices/ownPrices';
import type { Limits, Options, StrategyName } from '../pool/pool';
import { strategyNames } from '../pool/pool';
import type { Budget, Budgets } from '../pool/pool';
import { acceptedOf, accepts } from './accepts';
import type { SettingsSource } from './source';

export { configurationSource, userLevelOf, type SettingsSource } from './source';

/** One setting: validated and observable. An invalid value counts as the default, except for what is valid of an object. */
export class Setting<T> {
	private readonly changed: Emitter<T>;
	private current: T;
	private isInvalid = false;

	constructor(
		/** As in the manifest, without `keypool.`. */
		readonly name: string,
		private readonly read: () => unknown,
		/** The value as the code uses it; undefined if the setting does not accept it. */
		private readonly parse: (raw: unknown) => T | undefined,
		private readonly fallback: T,
		private readonly reports: SettingsReports,
		/** What an invalid value counts as; undefined: as the default. */
		private readonly salvage: (raw: unknown) => T | undefined = () => undefined,
	) {
		this.changed = new Emitter<T>(reports.listenerFailed);
		this.current = this.validated(false);
	}

	get value(): T {
		return this.current;
	}

	onDidChange(listener: (value: T) => void): Disposable {
		return this.changed.event(listener);
	}

	/** Reads again; returns whether the value changed. */
	refresh(): boolean {
		const next = this.validated(true);
		const differs = JSON.stringify(next) !== JSON.stringify(this.current);
		this.current = next;
		return differs;
	}

	notify(): void {
		this.changed.fire(this.current);
	}

	/** Reports an invalid value once, and again only after it was valid. */
	private validated(isChange: boolean): T {
		const raw = this.read();
		const judged = this.parse(raw);
		const bad = judged === undefined && raw !== undefined;
		if (bad && !this.isInvalid) {
			this.reports.invalid(this.name, raw, isChange);
		}
		this.isInvalid = bad;
		return judged ?? this.salvage(raw) ?? this.fallback;
	}
}

export interface SettingsReports {
	/** A setting has an invalid value; the default counts instead, or what is valid of an object. `isChange`: it had none before. */
	readonly invalid: (name: string, raw: unknown, isChange: boolean) => void;
	/** A listener threw. */
	readonly listenerFailed: (error: unknown) => void;
}

/** Limits by project name, then by model. */
export type NamedLimits = Readonly<Record<string, Readonly<Record<string, Limits>>>>;

const flag = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);
const count = (raw: unknown) => (typeof raw === 'number' ? raw : undefined);
/** A setting in seconds or minutes, as ms. */
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
/** Validated by the manifest's schema already. */
const limits = (raw: unknown): NamedLimits | undefined => (isNamedLimits(raw) ? raw : undefined);
const generation = (raw: unknown): GenerationOptions | undefined => (isGeneration(raw) ? raw : undefined);
const isGeneration = (raw: unknown): raw is GenerationOptions => isObject(raw);
/** The setting has the pool's budget beside those of the clients. */
const budgets = (raw: unknown): Budgets | undefined => {
	if (!isBudgets(raw)) return undefined;
	const { clients, ...pool } = raw;
	// VS Code gives an extension's id in small letters, and shows it as its makers write it.
	const named = Object.entries(clients ?? {}).map(
		([name, of]) => [name.replace(/^lm:.*/i, (id) => id.toLowerCase()), of] as const,
	);
	return { ...(Object.keys(pool).length > 0 && { pool }), ...(clients && { clients: Object.fromEntries(named) }) };
};
/** The setting after a change. What it does not accept stays as it stands. */
export const changedBudgets = (
	raw: unknown,
	change: (budgets: Budgets) => Budgets,
): Readonly<Record<string, unknown>> => {
	const { pool, clients } = change(budgets(raw) ?? {});
	return { ...pool, clients };
};
const isBudgets = (raw: unknown): raw is Budget & { readonly clients?: Readonly<Record<string, Budget>> } =>
	isObject(raw);
const ownPrices = (raw: unknown): Readonly<Record<string, OwnPrice>> | undefined =>
	isOwnPrices(raw) ? raw : undefined;
const isOwnPrices = (raw: unknown): raw is Readonly<Record<string, OwnPrice>> => isObject(raw);
const isNamedLimits = (raw: unknown): raw is NamedLimits => isObject(raw) && Object.values(raw).every(isObject);

/** The value at a path of fields; undefined if one is missing. */
function at(value: unknown, ...path: readonly string[]): unknown {
	return path.reduce((whole, name) => (isObject(whole) ? whole[name] : undefined), value);
}

/** True if one level is true; else an invalid value, so that it is reported; else false. */
function demandedBy(levels: readonly unknown[]): unknown {
	return levels.includes(true) || (levels.find((value) => value !== undefined && typeof value !== 'boolean') ?? false);
}

/** All settings. The manifest has what each accepts, and its default. */
export class Settings implements Disposable {
	readonly model: Setting<string>;
	readonly fallbackModels: Setting<readonly string[]>;
	readonly strategy: Setting<StrategyName>;
	readonly paidKeys: Setting<Options['paidKeys']>;
	/** True if any level of the settings, or Restricted Mode, demands it: no level can lift another's demand. */
	readonly paidOnly: Setting<boolean>;
	/** Whether Restricted Mode demands paid keys: true if any level says so. */
	readonly paidOnlyInRestrictedMode: Setting<boolean>;
	/** Limits by project name, then by model; limits set in the keys view come first. */
	readonly limits: Setting<NamedLimits>;
	/** What may be spent, over all and by client. */
	readonly budgets: Setting<Budgets>;
	/** Prices by model that go before the list. */
	readonly prices: Setting<Readonly<Record<string, OwnPrice>>>;
	/** Generation options, unless the conversation, the batch line or the command has its own. */
	readonly generation: Setting<GenerationOptions>;
	readonly whenExhausted: Setting<Options['whenExhausted']>;
	/** The same for requests of VS Code's own chat and of other extensions. */
	readonly languageModelWhenExhausted: Setting<Options['whenExhausted']>;
	/** A request is sent at most max(5, this x enabled keys) times. */
	readonly maxRetries: Setting<number>;
	/** ms before the first retry on the same key. */
	readonly baseDelay: Setting<number>;
	/** ms that a chat request waits for a key at most. */
	readonly maxWait: Setting<number>;
	/** Batch requests at the same time. */
	readonly batchConcurrency: Setting<number>;
	/** ms to the first piece of an answer. */
	readonly firstTokenTimeout: Setting<number>;
	/** ms between two pieces. */
	readonly idleTimeout: Setting<number>;
	readonly baseUrl: Setting<string>;
	/** False: conversations are lost when the window closes. */
	readonly keepConversations: Setting<boolean>;
	/** When the order of the keys rotates: `off`, `daily`, or a cron expression of five fields. */
	readonly rotation: Setting<string>;
	/** The loopback port of the metrics; 0: none. */
	readonly metricsPort: Setting<number>;
	/** Whether the gateway for other tools is on. */
	readonly gatewayEnabled: Setting<boolean>;
	/** Its loopback port. */
	readonly gatewayPort: Setting<number>;
	/** Models that may answer a tool in place of the wanted one. */
	readonly gatewayFallbackModels: Setting<readonly string[]>;

	/** ms between two alerts of the same kind. */
	readonly alertInterval: Setting<number>;
	/** The mail server, as `smtp://[user@]host[:port]` or `smtps://…`; empty: none. */
	readonly alertSmtp: Setting<string>;
	/** The sender of alerts by mail; empty: the first receiver. */
	readonly alertMailFrom: Setting<string>;
	readonly alertMailTo: Setting<readonly string[]>;

	private readonly every: { readonly name: string; refresh(): boolean; notify(): void }[] = [];
	private readonly changed: Emitter<undefined>;
	private readonly owned = new DisposableStore();
	private pool: Options | undefined;

	/** @param manifest the extension's `package.json`. Throws if it lacks a setting. */
	constructor(source: SettingsSource, manifest: unknown, reports: SettingsReports) {
		const keep = <T>(setting: Setting<T>): Setting<T> => {
			this.every.push(setting);
			return setting;
		};
		/** `read` converts a value that the manifest accepts; with `keepsRest`, also what is valid of an invalid object. */
		const add = <T>(name: string, read: (raw: unknown) => T | undefined, keepsRest = false): Setting<T> => {
			const rule = at(manifest, 'contributes', 'configuration', 'properties', `keypool.${name}`);
			const unset = at(rule, 'default');
			const fallback = read(unset);
			if (fallback === undefined) throw new Error(`The manifest has no keypool.${name}.`);
			const judge = (raw: unknown): T | undefined => (raw === unset || accepts(rule, raw) ? read(raw) : undefined);
			const salvage = (raw: unknown): T | undefined => (keepsRest ? read(acceptedOf(rule, raw)) : undefined);
			return keep(new Setting(name, () => source.read(name), judge, fallback, reports, salvage));
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
		// One wrong field must not lift the limits and budgets beside it.
		this.limits = add('limits', limits, true);
		this.budgets = add('budgets', budgets, true);
		this.prices = add('prices', ownPrices, true);
		this.generation = add('generation', generation);
		this.whenExhausted = add('whenExhausted', choice(['fallbackModel', 'wait']));
		this.languageModelWhenExhausted = add('languageModel.whenExhausted', choice(['fallbackModel', 'wait']));
		this.maxRetries = add('maxRetries', count);
		this.baseDelay = add('baseDelay', seconds);
		this.maxWait = add('maxWait', seconds);
		this.batchConcurrency = add('batchWidth', count);
		this.firstTokenTimeout = add('firstTokenTimeout', seconds);
		this.idleTimeout = add('idleTimeout', seconds);
		// An invalid address is refused with a message where it is used. A default would be another host.
		this.baseUrl = add('baseUrl', text);
		// An invalid cron expression is refused with a message where it is used.
		this.rotation = add('rotation', text);
		this.keepConversations = add('chat.keepConversations', flag);
		this.metricsPort = add('metrics.port', count);
		this.gatewayEnabled = add('gateway.enabled', flag);
		this.gatewayPort = add('gateway.port', count);
		this.gatewayFallbackModels = add('gateway.fallbackModels', modelNames);

		this.alertInterval = add('alerts.interval', minutes);
		this.alertSmtp = add('alerts.smtp', text);
		this.alertMailFrom = add('alerts.mailFrom', text);
		this.alertMailTo = add('alerts.mailTo', texts);

		this.changed = this.owned.add(new Emitter<undefined>(reports.listenerFailed));
		this.owned.add(source.onDidChange(() => this.refresh()));
	}

	/** Some setting changed; listeners of the settings themselves run first. */
	onDidChange(listener: () => void): Disposable {
		return this.changed.event(() => listener());
	}

	/** All names, as in the manifest without `keypool.`. */
	get names(): readonly string[] {
		return this.every.map((setting) => setting.name);
	}

	/** The options of the pool; the same object until something changes. */
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
			budgets: this.budgets.value,
		};
		return this.pool;
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** Reads all values before the first listener runs. */
	private refresh(): void {
		const changes = this.every.filter((setting) => setting.refresh());
		if (changes.length > 0) {
			this.pool = undefined;
			changes.forEach((setting) => setting.notify());
			this.changed.fire(undefined);
		}
	}
}
