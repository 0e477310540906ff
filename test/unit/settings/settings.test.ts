import assert from 'node:assert/strict';
import fc from 'fast-check';
import manifest from '../../../package.json';
import { changedBudgets, configurationSource } from '../../../src/settings/settings';
import { defaults, strategyNames } from '../../../src/pool/pool';
import { withBudget } from '../../../src/views/commands/withBudget';
import { settingsOf, Written } from '../../support/written';

function open(values: Record<string, unknown> = {}) {
	const source = new Written(values);
	const warnings: string[] = [];
	const failures: unknown[] = [];
	const settings = settingsOf(source, {
		invalid: (name) => warnings.push(name),
		listenerFailed: (error) => failures.push(error),
	});
	return { source, settings, warnings, failures };
}

const properties = manifest.contributes.configuration.properties;

describe('settings', () => {
	it('have the defaults of the design', () => {
		const { settings, warnings } = open();
		assert.deepEqual(settings.options, defaults);
		assert.deepEqual(settings.fallbackModels.value, ['gemini-3.5-flash-lite']);
		assert.deepEqual(
			[settings.maxWait.value, settings.firstTokenTimeout.value, settings.idleTimeout.value, settings.paidOnly.value],
			[120_000, 60_000, 30_000, false],
		);
		assert.equal(settings.baseUrl.value, 'https://generativelanguage.googleapis.com');
		assert.deepEqual(warnings, []);
	});

	it('convert seconds to ms, and trim texts', () => {
		const { settings } = open({
			baseDelay: 0.25,
			maxWait: 0,
			model: ' models/gemini-pro-latest ',
			fallbackModels: ['a', 'a', 'models/b'],
			baseUrl: ' http://127.0.0.1:8080 ',
		});
		assert.deepEqual([settings.baseDelay.value, settings.maxWait.value], [250, 0]);
		assert.equal(settings.model.value, 'gemini-pro-latest');
		assert.deepEqual(settings.fallbackModels.value, ['a', 'b']);
		assert.equal(settings.baseUrl.value, 'http://127.0.0.1:8080');
	});

	it('fall back to the default for an invalid value, and report each once', () => {
		const bad: Record<string, unknown> = {
			model: '',
			fallbackModels: 'gemini',
			strategy: 'fastest',
			paidKeys: null,
			whenExhausted: 3,
			maxRetries: 0,
			baseDelay: Number.NaN,
			maxWait: -1,
			batchWidth: 2.5,
			firstTokenTimeout: '60',
			idleTimeout: 1e9,
			baseUrl: '  ',
			limits: { Shop: { m: { rpm: -1 } } },
			generation: { temperature: 9 },
			'metrics.port': 70_000,
			rotation: 'weekly',
			'alerts.interval': 0,
			'alerts.smtp': 'smtp://user:password@host',
			'alerts.mailFrom': 'nobody',
			// Found by fuzzing: a control is no part of an address, nor of the head of a mail.
			'alerts.mailTo': ['a@b.c', 'a@b.c\0'],
		};
		const { source, settings, warnings } = open(bad);
		assert.deepEqual(settings.options, defaults);
		assert.deepEqual(warnings.sort(), Object.keys(bad).sort());
		source.write({ maxRetries: 99, model: 'a b' });
		assert.equal(warnings.length, Object.keys(bad).length);
		source.write({ maxRetries: 2 });
		source.write({ maxRetries: 99 });
		assert.equal(warnings.length, Object.keys(bad).length + 1);
	});

	it('are always valid, whatever is written', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...open().settings.names), fc.anything()), (values) => {
				const { settings } = open(values);
				const { options } = settings;
				assert.ok((strategyNames as readonly string[]).includes(options.strategy));
				assert.ok(options.maxRetries >= 1 && options.maxRetries <= 10 && Number.isInteger(options.maxRetries));
				assert.ok(options.batchConcurrency >= 1 && options.batchConcurrency <= 32);
				assert.ok(options.baseDelayMs >= 100 && options.baseDelayMs <= 30_000);
				assert.ok(options.model.length > 0 && settings.baseUrl.value.length > 0);
			}),
		);
	});

	it('report a change when all values are new, and nothing if nothing changed', () => {
		const { source, settings, failures } = open();
		const heard: string[] = [];
		settings.model.onDidChange((model) =>
			heard.push(`${model} ${settings.maxRetries.value} ${settings.options.maxRetries}`),
		);
		settings.idleTimeout.onDidChange(() => heard.push('idle'));
		settings.model.onDidChange(() => {
			throw new Error('a listener');
		});
		const all = settings.onDidChange(() => heard.push('any'));
		source.write({ model: 'other', maxRetries: 5 });
		assert.deepEqual(heard.splice(0), ['other 5 5', 'any']);
		assert.equal(failures.length, 1);
		source.write({ model: ' other ' });
		assert.deepEqual(heard.splice(0), []);
		all.dispose();
		settings.dispose();
		source.write({ model: 'third' });
		assert.deepEqual(heard, []);
	});

	it('bound an extension by its id, however that is written: VS Code tells who asks in small letters', () => {
		const clients = { 'lm:GitHub.copilot-chat': { day: 1 }, 'gateway:Cline': { day: 2 }, chat: { day: 3 } };
		const { settings } = open({ budgets: { clients } });
		assert.deepEqual(settings.budgets.value, {
			clients: { 'lm:github.copilot-chat': { day: 1 }, 'gateway:Cline': { day: 2 }, chat: { day: 3 } },
		});
	});

	it('keep the budgets of as many clients as there may be, where there are more', () => {
		const clients = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`gateway:${n}`, { day: n }]));
		const { settings, warnings } = open({ budgets: { clients } });
		assert.deepEqual(Object.entries(settings.budgets.value.clients ?? {}), Object.entries(clients).slice(0, 100));
		assert.deepEqual(warnings, ['budgets']);
	});

	it('keep what is not accepted where a budget beside it is set', () => {
		const clients = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`gateway:${n}`, { day: n }]));
		const written = { month: '50', clients: { ...clients, 'gateway:b': 7 } };
		const changed = changedBudgets(written, (budgets) => withBudget(budgets, 'chat', { day: 2 }));
		assert.deepEqual(changed, { month: '50', clients: { ...written.clients, chat: { day: 2 } } });
		assert.deepEqual(
			changedBudgets(undefined, (budgets) => withBudget(budgets, undefined, { day: 2 })),
			{ day: 2, clients: {} },
		);
	});

	it('keep the limits and budgets beside a wrong one', () => {
		const { settings, warnings } = open({
			budgets: { day: 5, month: '50', weekly: 3, clients: { 'gateway:a': { day: 1, month: -1 }, 'gateway:b': 7 } },
			limits: { Shop: { m: { rpm: 10, rpd: '9' }, n: 3 }, Home: [] },
			prices: { a: { input: 1, output: 2 }, b: { input: 1 } },
			generation: { temperature: 9, topK: 3 },
			maxRetries: '4',
		});
		assert.deepEqual(settings.budgets.value, { pool: { day: 5 }, clients: { 'gateway:a': { day: 1 } } });
		assert.deepEqual(settings.limits.value, { Shop: { m: { rpm: 10 } } });
		assert.deepEqual(settings.prices.value, { a: { input: 1, output: 2 } });
		assert.deepEqual(settings.generation.value, {});
		assert.equal(settings.maxRetries.value, 3);
		assert.deepEqual(warnings.sort(), ['budgets', 'generation', 'limits', 'maxRetries', 'prices']);
	});

	it('accept limits by project, model and kind, and nothing else', () => {
		const { source, settings, warnings } = open();
		const good = { Shop: { 'gemini-3.8-flash': { rpm: 10, rpd: 0 } }, 'Key 2': {} };
		source.write({ limits: good });
		assert.deepEqual(settings.limits.value, good);
		for (const [bad, rest] of [
			[{ Shop: 5 }, {}],
			[{ Shop: { m: { rps: 1 } } }, { Shop: { m: {} } }],
			[{ Shop: { m: { rpm: 1.5 } } }, { Shop: { m: {} } }],
			[{ Shop: { m: { rpm: '5' } } }, { Shop: { m: {} } }],
		]) {
			source.write({ limits: bad });
			assert.deepEqual(settings.limits.value, rest, JSON.stringify(bad));
			source.write({ limits: good });
		}
		assert.equal(warnings.length, 4);
	});

	it('give the pool one object until something changes', () => {
		const { source, settings } = open();
		assert.equal(settings.options, settings.options);
		const before = settings.options;
		source.write({ strategy: 'weighted' });
		assert.notEqual(settings.options, before);
		assert.equal(settings.options.strategy, 'weighted');
	});

	it('demand paid keys if any level demands them; no level can lift that', () => {
		for (const [levels, demanded] of [
			[[true, false], true],
			[[undefined, true, undefined], true],
			[[false, undefined], false],
			[['yes', 1], false],
			[['yes', true], true],
		] as const) {
			const { source, settings, warnings } = open();
			source.levels = [...levels];
			source.write({});
			assert.equal(settings.paidOnly.value, demanded);
			assert.equal(settings.options.paidOnly, demanded);
			// A demand that is misspelt is none, and said so.
			assert.equal(warnings.includes('paidOnly'), levels.includes('yes' as never) && !demanded);
		}
	});

	/** One window whose levels say what `inspected` holds, as VS Code names them. */
	const openLevels = (inspected: Readonly<Record<string, unknown>>, isTrusted = true) => {
		const never = () => ({ dispose: () => undefined });
		const workspace = {
			// As VS Code merges them: the remote machine and the workspace win over the user.
			getConfiguration: (_: string, scope?: object) => ({
				get: (name: string) => (name.startsWith('paidOnly') ? inspected['globalValue'] : undefined),
				inspect: () => {
					const { workspaceFolderValue, ...others } = inspected;
					return scope ? { ...others, workspaceFolderValue } : others;
				},
			}),
			isTrusted,
			onDidChangeConfiguration: never,
			onDidGrantWorkspaceTrust: never,
			onDidChangeWorkspaceFolders: never,
			workspaceFile: { path: 'both.code-workspace' },
			workspaceFolders: [{ uri: { path: 'one' } }],
		};
		return settingsOf(configurationSource(workspace as unknown as Parameters<typeof configurationSource>[0]));
	};
	const lifted = { defaultValue: false, globalRemoteValue: false, globalValue: false, workspaceValue: false };

	for (const level of [
		'defaultValue',
		'globalLocalValue',
		'globalRemoteValue',
		'globalValue',
		'workspaceValue',
		'workspaceFolderValue',
	]) {
		it(`demand paid keys if only this level of VS Code says so: ${level}`, () => {
			assert.equal(openLevels({ ...lifted, [level]: true }).options.paidOnly, true);
			assert.equal(openLevels({ ...lifted, [level]: true }).paidOnlyInRestrictedMode.value, true);
			assert.equal(openLevels({ ...lifted, [level]: true }, false).options.paidOnly, true);
			assert.equal(openLevels(lifted).options.paidOnly, false);
		});
	}

	it("demand paid keys only in Restricted Mode if the user wants that, whatever the machine's settings say", () => {
		const { source, settings } = open({ paidOnlyInRestrictedMode: false });
		source.restricted = true;
		source.readLevels = (name) => (name === 'paidOnlyInRestrictedMode' ? [false, true, false] : [false]);
		source.write({});
		assert.equal(settings.options.paidOnly, true);
		source.restricted = false;
		source.write({});
		assert.equal(settings.options.paidOnly, false);
	});

	it('demand paid keys if one folder of several does, also one that is added later', () => {
		const listeners = new Set<() => void>();
		const never = () => ({ dispose: () => undefined });
		const demanding = new Set(['secret']);
		const workspace = {
			getConfiguration: (_: string, scope?: { readonly path: string }) => ({
				get: () => undefined,
				inspect: () => ({ workspaceFolderValue: scope && demanding.has(scope.path) ? true : undefined }),
			}),
			isTrusted: true,
			onDidChangeConfiguration: never,
			onDidGrantWorkspaceTrust: never,
			onDidChangeWorkspaceFolders: (listener: () => void) => {
				listeners.add(listener);
				return { dispose: () => void listeners.delete(listener) };
			},
			workspaceFile: { path: 'both.code-workspace' },
			workspaceFolders: [{ uri: { path: 'open' } }],
		};
		const source = configurationSource(workspace as unknown as Parameters<typeof configurationSource>[0]);
		const settings = settingsOf(source);
		assert.equal(settings.paidOnly.value, false);
		workspace.workspaceFolders = [...workspace.workspaceFolders, { uri: { path: 'secret' } }];
		listeners.forEach((listener) => listener());
		assert.equal(settings.options.paidOnly, true);
		settings.dispose();
		assert.equal(listeners.size, 0);
	});

	it('demand paid keys in Restricted Mode if the user wants that, until the folder is trusted', () => {
		const { source, settings } = open();
		source.readLevels = (name) => (name === 'paidOnlyInRestrictedMode' ? [true] : [undefined]);
		source.write({});
		assert.equal(settings.paidOnly.value, false);
		source.restricted = true;
		source.write({});
		assert.equal(settings.paidOnly.value, true);
		source.readLevels = (name) => (name === 'paidOnlyInRestrictedMode' ? [true, false] : [false, false]);
		source.write({});
		assert.equal(settings.paidOnly.value, true);
		source.restricted = false;
		source.write({});
		assert.equal(settings.paidOnly.value, false);
	});
});

describe('the manifest', () => {
	it('declares exactly the settings that are read, with their defaults', () => {
		const declared = Object.entries(properties).map(
			([name, { default: value }]) => [name.replace('keypool.', ''), value] as const,
		);
		assert.deepEqual(declared.map(([name]) => name).sort(), [...open().settings.names].sort());
		const written = open(Object.fromEntries(declared));
		assert.deepEqual(written.warnings, []);
		assert.deepEqual(written.settings.options, open().settings.options);
		for (const name of ['fallbackModels', 'maxWait', 'firstTokenTimeout', 'idleTimeout', 'baseUrl'] as const) {
			assert.deepEqual(written.settings[name].value, open().settings[name].value);
		}
	});

	it("follow VS Code's effective values", () => {
		let model = 'first';
		let change: (what: object) => void = () => undefined;
		const never = () => ({ dispose: () => undefined });
		const workspace = {
			getConfiguration: () => {
				const values: Readonly<Record<string, unknown>> = { model };
				return { get: (name: string) => values[name], inspect: () => undefined };
			},
			isTrusted: true,
			onDidChangeConfiguration: (listener: typeof change) => {
				change = listener;
				return never();
			},
			onDidGrantWorkspaceTrust: never,
			onDidChangeWorkspaceFolders: never,
		};
		const source = configurationSource(workspace as unknown as Parameters<typeof configurationSource>[0]);
		const settings = settingsOf(source);
		assert.equal(settings.model.value, 'first');
		model = 'second';
		change({ affectsConfiguration: (section: string) => section === 'keypool' });
		assert.equal(settings.model.value, 'second');
	});

	it('lets each folder of a workspace demand paid keys', () => {
		assert.equal(properties['keypool.paidOnly'].scope, 'resource');
		assert.equal(properties['keypool.paidOnlyInRestrictedMode'].scope, 'resource');
	});

	it('opens a port of one computer alone: no other one that has the same settings by Settings Sync opens it, too', () => {
		const own = Object.entries(properties).filter(([, property]) => 'ignoreSync' in property);
		const names = ['keypool.gateway.enabled', 'keypool.gateway.port', 'keypool.metrics.port'];
		assert.deepEqual(own.map(([name]) => name).sort(), names);
	});

	it('names the same choices and bounds', () => {
		assert.deepEqual(properties['keypool.strategy'].enum, strategyNames);
		for (const [name, property] of Object.entries(properties)) {
			const setting = name.replace('keypool.', '');
			const choices: readonly unknown[] = 'enum' in property ? property.enum : [];
			const bounds = 'minimum' in property ? [property.minimum, property.maximum] : [];
			for (const value of [...choices, ...bounds]) {
				assert.deepEqual(open({ [setting]: value }).warnings, [], `${name} ${String(value)}`);
			}
			if ('minimum' in property) {
				assert.deepEqual(open({ [setting]: property.minimum - 1 }).warnings, [setting]);
				assert.deepEqual(open({ [setting]: property.maximum + 1 }).warnings, [setting]);
			}
		}
	});

	it('lets no workspace decide where keys and prompts go, and no untrusted one what is spent', () => {
		for (const name of ['keypool.baseUrl', 'keypool.limits'] as const) {
			assert.equal(properties[name].scope, 'application');
		}
		const { untrustedWorkspaces } = manifest.capabilities;
		assert.equal(untrustedWorkspaces.supported, 'limited');
		// A strategy can leave the order by money alone, so that a prompt goes to a key whose prompts people may read.
		const ofWorkspace = Object.entries(properties).filter(([, { scope }]) => scope !== 'application');
		const harmful = ofWorkspace.map(([name]) => name).filter((name) => !name.startsWith('keypool.paidOnly'));
		assert.deepEqual([...untrustedWorkspaces.restrictedConfigurations], [...harmful, 'keypool.baseUrl'].sort());
	});
});
