import assert from 'node:assert/strict';
import type { ModelInfo } from '../../../../src/gemini/gemini';
import { modelEntries } from '../../../../src/languageModel/models/modelEntries';
import { ModelList } from '../../../../src/languageModel/models/modelList';
import type { KeyView, ModelSupply, Snapshot } from '../../../../src/pool/pool';
import {
	keyView,
	model,
	modelView,
	noon,
	snapshotOf,
	standings,
	words,
	wordsAtGateway,
} from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';

const flash: ModelInfo = { id: model, label: 'Flash', inputLimit: 1_000, outputLimit: 100, thinks: true };
const offered: readonly ModelInfo[] = [
	flash,
	{ id: 'gemini-3.5-flash-lite', label: 'Lite' },
	{ id: 'gemma-3-27b-it', label: 'Gemma' },
	...[
		...['gemini-2.5-flash-preview-tts', 'gemini-3-pro-image', 'gemini-embedding-001', 'gemini-live-3'],
		// The service lists them as if they answered, too.
		...['antigravity-preview-05-2026', 'deep-research-max-preview-04-2026', 'gemini-omni-1.1-flash'],
		'nano-banana-pro-preview',
	].map((id) => ({ id, label: id })),
];
const supply = (more: Partial<ModelSupply>): ModelSupply => ({
	model,
	usable: 0,
	total: 2,
	states: {},
	isOverloaded: false,
	...more,
});
const rested = (...supplies: ModelSupply[]): Snapshot => snapshotOf([keyView('One', standings.usable)], { supplies });

describe('the models that the editor offers', () => {
	const entriesFor = (snapshot: Snapshot, models = offered) =>
		modelEntries({ models, configured: [model, 'gemini-3.5-flash-lite'], snapshot, words });

	it('are one for each that can chat, with what it takes in and can do, and one that follows the setting', () => {
		const entries = entriesFor(rested());
		assert.deepEqual(
			entries.map(({ id, name, family, detail }) => [id, name, family, detail]),
			[
				['default', 'Auto (Keypool)', 'keypool', 'Flash'],
				[model, 'Flash', model, undefined],
				['gemini-3.5-flash-lite', 'Lite', 'gemini-3.5-flash-lite', undefined],
				['gemma-3-27b-it', 'Gemma', 'gemma-3-27b-it', undefined],
			],
		);
		const [byDefault, own, , gemma] = entries;
		assert.deepEqual([own?.maxInputTokens, own?.maxOutputTokens], [1_000, 100]);
		assert.deepEqual([byDefault?.maxInputTokens, byDefault?.maxOutputTokens], [1_000, 100]);
		assert.deepEqual(own?.capabilities, { imageInput: true, toolCalling: true });
		assert.deepEqual(gemma?.capabilities, { imageInput: true, toolCalling: false });
		assert.ok(entries.every(({ warning }) => warning === undefined));
	});

	it('speak of no keys to somebody who has a team’s gateway', () => {
		const at = (snapshot: Snapshot) =>
			modelEntries({ models: offered, configured: [model], snapshot, words: wordsAtGateway })[1];
		assert.equal(at(rested())?.tooltip, `${model}, through your team’s gateway.`);
		const back = noon + 3_600_000;
		assert.equal(
			at(rested(supply({ back })))?.warning,
			'The team’s gateway cannot answer with this model until 13:00.',
		);
	});

	it('take in no more than the minute of the most generous key, where each key’s is known: an editor cuts a conversation by it', () => {
		const key = (label: string, tpm?: number, more: Parameters<typeof keyView>[2] = {}) => {
			const limitUsage = tpm === undefined ? {} : { tpm: { used: 0, limit: tpm, source: 'stated' as const } };
			return keyView(label, standings.usable, { models: [modelView(standings.usable, { limitUsage })], ...more });
		};
		const large = { id: model, label: 'Flash', inputLimit: 1_048_576 };
		const most = (keys: readonly KeyView[], more: Partial<Snapshot> = {}) =>
			entriesFor(snapshotOf(keys, more), [large]).map(({ maxInputTokens }) => maxInputTokens);
		assert.deepEqual(most([key('a', 250_000), key('b', 125_000)]), [250_000, 250_000]);
		// Nobody knows of it, it is larger than the model, or it is another model's.
		assert.deepEqual(most([key('a', 250_000), key('b')]), [1_048_576, 1_048_576]);
		assert.deepEqual(most([key('a', 250_000), keyView('b', standings.usable)]), [1_048_576, 1_048_576]);
		assert.deepEqual(most([key('a', 4_000_000)]), [1_048_576, 1_048_576]);
		assert.deepEqual(most([key('a', 0)]), [1_048_576, 1_048_576]);
		// Keys that cannot be asked say nothing.
		const none = [keyView('off', standings.disabled), keyView('bad', standings.leaked)];
		assert.deepEqual(most([key('a', 250_000), ...none]), [250_000, 250_000]);
		const paid = { project: { id: 'paid' as KeyView['project']['id'], tier: 'paid' as const } };
		assert.deepEqual(most([key('a'), key('b', 500_000, paid)], { paidOnly: true }), [500_000, 500_000]);
	});

	it('tell of a name what holds for the model that it stands for', () => {
		const limitUsage = { tpm: { used: 0, limit: 250_000, source: 'stated' as const } };
		const resting = keyView('a', standings.usable, { models: [modelView(standings.day, { limitUsage })] });
		const snapshot = snapshotOf([resting], {
			...{ model: 'gemini-2.5-pro', aliases: new Map([['gemini-flash-latest', model]]) },
		});
		const named = entriesFor(snapshot, [{ id: 'gemini-flash-latest', label: 'Latest' }])[1];
		assert.equal(named?.maxInputTokens, 250_000);
		assert.match(named.warning ?? '', /^All keys rest for this model until/);
	});

	it('call functions from Gemma 4 on', () => {
		const calls = (id: string) => entriesFor(rested(), [{ id, label: id }])[1]?.capabilities.toolCalling;
		assert.deepEqual(['gemma-4-31b-it', 'gemma-3n-e4b-it', 'gemma-10-1b-it'].map(calls), [true, false, true]);
	});

	it('are those that the settings name where the service could not be asked', () => {
		assert.deepEqual(
			entriesFor(rested(), []).map(({ id, name }) => [id, name]),
			[
				['default', 'Auto (Keypool)'],
				[model, model],
				['gemini-3.5-flash-lite', 'gemini-3.5-flash-lite'],
			],
		);
	});

	it('warn when no key can answer, with the time where it is known', () => {
		const warningOf = (snapshot: Snapshot) =>
			entriesFor(snapshot)
				.map(({ warning }) => warning)
				.slice(0, 3);
		const until = 'All keys rest for this model until 12:30.';
		assert.deepEqual(warningOf(rested(supply({ back: noon + 1_800_000 }))), [until, until, undefined]);
		const lite = supply({ model: 'gemini-3.5-flash-lite', back: noon + 1_800_000 });
		assert.deepEqual(warningOf(rested(supply({ usable: 1 }), lite)), [undefined, undefined, until]);
		assert.match(warningOf(rested(supply({})))[1] ?? '', /No key can answer/);
		assert.match(warningOf(rested(supply({ isOverloaded: true })))[1] ?? '', /overloaded/);
		// Nobody has asked for it in the last hour, and its day is used up on all keys that may be used.
		const spentModel = 'gemini-3.5-flash-lite';
		const spent = { models: [modelView(standings.day, { model: spentModel })] };
		const fresh = { models: [modelView(standings.usable, { model: spentModel })] };
		const over = (keys: readonly KeyView[], more: Partial<Snapshot> = {}) =>
			snapshotOf(keys, { supplies: [supply({ usable: 1 })], ...more });
		const [one, two] = [keyView('One', standings.usable, spent), keyView('Two', standings.usable, spent)];
		const off = keyView('Off', standings.disabled, fresh);
		assert.match(warningOf(over([one, two, off]))[2] ?? '', /All keys rest for this model until Wed 08:00\./);
		assert.equal(warningOf(over([one, keyView('Two', standings.usable)]))[2], undefined);
		// Nor by a project whose own cap for the day is used up.
		const cap = { availability: standings.day, limitUsage: {}, dayEndsAt: noon + 72_000_000 };
		assert.match(warningOf(over([keyView('Capped', standings.usable, { cap })]))[2] ?? '', /until Wed 08:00\./);
		const paidOnly = over([one, keyView('Two', standings.usable)], { paidOnly: true });
		assert.ok(
			warningOf(paidOnly).every((warning) => /^Only keys of paid projects may be used here/.test(warning ?? '')),
		);
		// The setting's model is an alias, and the first supply is that of what it stands for.
		const alias = { ...rested(supply({ model: 'gemini-flash-latest', back: noon + 1_800_000 })), resolvedModel: model };
		assert.equal(warningOf(alias)[1], until);
		const paused = { reason: 'leaked', by: 'One', since: noon } as const;
		assert.ok(warningOf(snapshotOf([], { paused })).every((warning) => /paused/.test(warning ?? '')));
	});
});

describe('the list of models', () => {
	function listOver(snapshot: Snapshot) {
		const clock = new VirtualClock(noon);
		const state = {
			snapshot,
			known: [] as readonly ModelInfo[],
			setting: model,
			isReadable: true,
			failure: undefined as Error | undefined,
		};
		const listeners: (() => void)[] = [];
		const reported: unknown[] = [];
		let reads = 0;
		const list = new ModelList({
			catalogue: {
				get known() {
					return state.known;
				},
				read: () => {
					reads++;
					if (state.failure !== undefined) return Promise.reject(state.failure);
					state.known = [flash];
					return Promise.resolve(state.known);
				},
			},
			configured: () => [state.setting],
			readKeys: () => Promise.resolve(state.isReadable),
			snapshot: () => state.snapshot,
			onDidChangePool: (listener) => {
				listeners.push(listener);
				return () => undefined;
			},
			onDidChangeSettings: (listener) => {
				listeners.push(listener);
				return { dispose: () => undefined };
			},
			words,
			after: clock.after,
			report: (error) => reported.push(error),
		});
		let changes = 0;
		list.onDidChange(() => changes++);
		const change = async (next: Partial<typeof state>): Promise<number> => {
			Object.assign(state, next);
			listeners.forEach((listener) => listener());
			await clock.until(new Promise<void>((resolve) => void clock.after(1_000, resolve)));
			return changes;
		};
		return { list, change, reported, reads: () => reads };
	}
	const { signal } = new AbortController();

	it('is empty, and asks nobody, without a key', async () => {
		for (const keys of [[], [keyView('Off', standings.disabled)]]) {
			const { list, reads } = listOver(snapshotOf(keys));
			assert.deepEqual([await list.read(signal), list.hasKeys, reads()], [[], false, 0]);
		}
	});

	it('stays where paid keys are demanded and there are free ones alone: who asks hears of it', async () => {
		const { list } = listOver(snapshotOf([keyView('Free', standings.usable)], { paidOnly: true }));
		assert.deepEqual([(await list.read(signal)).length, list.hasKeys], [2, true]);
	});

	it('tells what the settings name where the service does not answer, and why', async () => {
		const { list, change, reported } = listOver(rested());
		await change({ failure: new Error('offline') });
		assert.deepEqual(
			(await list.read(signal)).map(({ id }) => id),
			['default', model],
		);
		assert.equal(reported.length, 1);
	});

	it('tells of a change that shows, once, and of none that does not', async () => {
		const { list, change } = listOver(rested());
		assert.equal(await change({}), 0, 'nothing was handed out yet');
		await list.read(signal);
		assert.equal(await change({ snapshot: rested(supply({ usable: 1 })) }), 0);
		assert.equal(await change({ snapshot: rested(supply({ back: noon + 1_800_000 })) }), 1);
		await list.read(signal);
		assert.equal(await change({}), 1);
		assert.equal(await change({ setting: 'gemini-3.1-pro' }), 2);
		await list.read(signal);
		assert.equal(await change({ snapshot: snapshotOf([]) }), 3);
	});

	it('knows which model an entry asks', async () => {
		const { list, change } = listOver(rested());
		assert.deepEqual([list.modelOf('default'), list.modelOf('other')], [model, 'other']);
		await change({ setting: 'gemini-3.1-pro' });
		assert.equal(list.modelOf('default'), 'gemini-3.1-pro');
		await list.read(signal);
		assert.equal(list.infoOf(model)?.thinks, true);
	});
});
