import type * as vscode from 'vscode';
import * as v from 'valibot';
import type { Disposable } from './dispose';
import { DisposableStore } from './dispose';
import { Emitter } from './emitter';
import type { Limits, Options, StrategyName } from './pool/pool';
import { defaults, strategyNames } from './pool/pool';

/** Where raw settings come from. Names are without `keypool.`. */
export interface SettingsSource {
	/** The value in force, just as somebody wrote it. */
	read(name: string): unknown;
	/** The values of every level (user, workspace, each of its folders): for a demand that no level may lift. */
	readLevels(name: string): readonly unknown[];
	/** Whether the window is in Restricted Mode. */
	isRestricted(): boolean;
	/** Some setting may have changed, or Restricted Mode ended. */
	onDidChange(listener: () => void): Disposable;
}

/** The configuration of VS Code as a source. */
export function configurationSource(
	workspace: Pick<
		typeof vscode.workspace,
		| 'getConfiguration'
		| 'onDidChangeConfiguration'
		| 'isTrusted'
		| 'onDidGrantWorkspaceTrust'
		| 'workspaceFolders'
		| 'onDidChangeWorkspaceFolders'
	>,
): SettingsSource {
	return {
		read: (name) => workspace.getConfiguration('keypool').get(name),
		readLevels: (name) => {
			const ofAll = workspace.getConfiguration('keypool').inspect(name);
			const ofFolders = (workspace.workspaceFolders ?? []).map(
				({ uri }): unknown => workspace.getConfiguration('keypool', uri).inspect(name)?.workspaceFolderValue,
			);
			return [ofAll?.globalValue, ofAll?.workspaceValue, ...ofFolders];
		},
		isRestricted: () => !workspace.isTrusted,
		onDidChange: (listener) => {
			const owned = new DisposableStore();
			owned.add(workspace.onDidGrantWorkspaceTrust(listener));
			owned.add(workspace.onDidChangeWorkspaceFolders(listener));
			owned.add(
				workspace.onDidChangeConfiguration((change) => {
					if (change.affectsConfiguration('keypool')) {
						listener();
					}
				}),
			);
			return owned;
		},
	};
}

/** Writes a setting where it counts: into the workspace where that one has it, else for the user. */
export function settingWriter(
	workspace: Pick<typeof vscode.workspace, 'getConfiguration'>,
): (name: string, value: string | readonly string[]) => Promise<void> {
	return async (name, value) => {
		const configuration = workspace.getConfiguration('keypool');
		const forUser = configuration.inspect(name)?.workspaceValue === undefined;
		await configuration.update(name, value, forUser);
	};
}

/** One setting: validated, and observable. A bad value counts as the default. */
export class Setting<T> {
	private readonly changed: Emitter<T>;
	private current: T;
	private bad = false;

	constructor(
		/** As in the manifest, without `keypool.`. */
		readonly name: string,
		private readonly read: () => unknown,
		private readonly schema: v.GenericSchema<unknown, T>,
		private readonly fallback: T,
		private readonly reports: SettingsReports,
	) {
		this.changed = new Emitter<T>(reports.failed);
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

	tell(): void {
		this.changed.fire(this.current);
	}

	/** Warns once of a bad setting, and again only after it had been good. */
	private validated(): T {
		const raw = this.read();
		const parsed = v.safeParse(this.schema, raw);
		const bad = !parsed.success && raw !== undefined;
		if (bad && !this.bad) {
			this.reports.bad(this.name, raw);
		}
		this.bad = bad;
		return parsed.success ? parsed.output : this.fallback;
	}
}

export interface SettingsReports {
	/** A setting holds what it does not take; the default counts instead. */
	readonly bad: (name: string, raw: unknown) => void;
	/** A listener threw. */
	readonly failed: (error: unknown) => void;
}

const modelName = v.pipe(
	v.string(),
	v.trim(),
	v.transform((name) => name.replace(/^models\//, '')),
	v.regex(/^[\w.-]{1,100}$/),
);
const modelNames = v.pipe(
	v.array(modelName),
	v.maxLength(10),
	v.transform((names): readonly string[] => [...new Set(names)]),
);
/** By the name of a project, then by model. */
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ofModel: v.GenericSchema<unknown, Limits> = v.strictObject({
	rpm: v.exactOptional(count),
	tpm: v.exactOptional(count),
	rpd: v.exactOptional(count),
	tpd: v.exactOptional(count),
});
const few = <T>(of: v.GenericSchema<unknown, T>) =>
	v.pipe(
		v.record(v.string(), of),
		v.check((all) => Object.keys(all).length <= 1_000),
	);
const limits = few(few(ofModel));

/** Only its being a text is judged here: what is no fit address is to be refused aloud, not replaced by another host. */
const address = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2_000));

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
/** Seconds as a person writes them, ms as the code reads them. */
const seconds = (least: number, most: number) =>
	v.pipe(
		v.number(),
		v.minValue(least),
		v.maxValue(most),
		v.transform((value) => Math.round(value * 1000)),
	);

/** Whether five fields are a cron expression is judged where it is read, aloud. */
const rotation = v.pipe(v.string(), v.trim(), v.maxLength(100), v.regex(/^(off|daily|\S+(\s+\S+){4})$/));

const minutes = (least: number, most: number) =>
	v.pipe(
		v.number(),
		v.minValue(least),
		v.maxValue(most),
		v.transform((value) => Math.round(value * 60_000)),
	);

const mailAddress = v.pipe(v.string(), v.trim(), v.maxLength(320), v.regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/));
const mailAddresses = v.pipe(
	v.array(mailAddress),
	v.maxLength(20),
	v.transform((all): readonly string[] => all),
);
/** Without a password, which belongs to the secret storage. */
const smtpAddress = v.pipe(
	v.string(),
	v.trim(),
	v.maxLength(500),
	v.regex(/^(|smtps?:\/\/([^\s/@:]+@)?(\[[\da-f:.]+\]|[^\s/@:?#[\]]+)(:\d{1,5})?\/?)$/i),
);

/** Wherever one level demands it, it is so. */
const demand = v.pipe(
	v.array(v.unknown()),
	v.transform((levels) => levels.includes(true)),
);

/** Every setting. The manifest says the same of each (a test compares them). */
export class Settings implements Disposable {
	readonly model: Setting<string>;
	readonly fallbackModels: Setting<readonly string[]>;
	readonly strategy: Setting<StrategyName>;
	readonly paidKeys: Setting<Options['paidKeys']>;
	/** True where the user, the workspace, one of its folders or Restricted Mode demands it: none lifts another's demand. */
	readonly paidOnly: Setting<boolean>;
	/** Whether Restricted Mode demands paid keys. */
	readonly paidOnlyInRestrictedMode: Setting<boolean>;
	/** Limits by the name of a project, then by model; what the view has set goes before. */
	readonly limits: Setting<Readonly<Record<string, Readonly<Record<string, Limits>>>>>;
	readonly whenExhausted: Setting<Options['whenExhausted']>;
	/** Sends a round: at most max(5, this x enabled keys). */
	readonly maxRetries: Setting<number>;
	/** ms before the first retry on the same key. */
	readonly baseDelay: Setting<number>;
	/** ms that a person's prompt waits for a key at most. */
	readonly maxWait: Setting<number>;
	/** Batch calls at the same time. */
	readonly batchWidth: Setting<number>;
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

	private readonly every: { readonly name: string; refresh(): boolean; tell(): void }[] = [];
	private readonly changed: Emitter<undefined>;
	private readonly owned = new DisposableStore();
	private pool: Options | undefined;

	constructor(source: SettingsSource, reports: SettingsReports) {
		const keep = <T>(setting: Setting<T>): Setting<T> => {
			this.every.push(setting);
			return setting;
		};
		/** `fallback` is written as the manifest has it. */
		const add = <I, T>(name: string, schema: v.GenericSchema<I, T>, fallback: NoInfer<I>): Setting<T> =>
			keep(new Setting(name, () => source.read(name), schema, v.parse(schema, fallback), reports));

		this.model = add('model', modelName, defaults.model);
		this.fallbackModels = add('fallbackModels', modelNames, ['gemini-3.5-flash-lite']);
		this.strategy = add('strategy', v.picklist(strategyNames), 'headroom');
		this.paidKeys = add('paidKeys', v.picklist(['last', 'mixed', 'first']), 'last');
		this.paidOnlyInRestrictedMode = add('paidOnlyInRestrictedMode', v.boolean(), false);
		const demands = (): readonly unknown[] => [
			...source.readLevels('paidOnly'),
			source.isRestricted() && source.read('paidOnlyInRestrictedMode'),
		];
		this.paidOnly = keep(new Setting('paidOnly', demands, demand, false, reports));
		this.limits = add('limits', limits, {});
		this.whenExhausted = add('whenExhausted', v.picklist(['fallbackModel', 'wait']), 'fallbackModel');
		this.maxRetries = add('maxRetries', whole(1, 10), 3);
		this.baseDelay = add('baseDelay', seconds(0.1, 30), 1);
		this.maxWait = add('maxWait', seconds(0, 3600), 120);
		this.batchWidth = add('batchWidth', whole(1, 32), 3);
		this.firstTokenTimeout = add('firstTokenTimeout', seconds(1, 600), 60);
		this.idleTimeout = add('idleTimeout', seconds(1, 600), 30);
		this.baseUrl = add('baseUrl', address, 'https://generativelanguage.googleapis.com');
		this.rotation = add('rotation', rotation, 'off');
		this.keepConversations = add('chat.keepConversations', v.boolean(), true);
		this.metricsPort = add('metrics.port', whole(0, 65_535), 0);

		this.alertInterval = add('alerts.interval', minutes(1, 1_440), 10);
		this.alertSmtp = add('alerts.smtp', smtpAddress, '');
		this.alertMailFrom = add('alerts.mailFrom', v.union([v.literal(''), mailAddress]), '');
		this.alertMailTo = add('alerts.mailTo', mailAddresses, []);

		this.changed = this.owned.add(new Emitter<undefined>(reports.failed));
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
			batchWidth: this.batchWidth.value,
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
			changes.forEach((setting) => setting.tell());
			this.changed.fire(undefined);
		}
	}
}
