import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../dispose';
import type { Attempt, KeyId, KeyView, ModelView, Project } from '../pool/pool';
import type { Words } from '../words';
import type * as keyEdits from './editKey';
import type * as projectEdits from './editProject';
import type { Filter } from './filter';
import type { KeyActs } from './keyActs';
import { stepFor } from './order';
import type { PoolView, ViewClock } from './poolView';
import { choose } from './prompts';

/** What the commands ask of the tree: which key, project or model a row stands for. */
export interface RowLookup {
	keyOf(row: unknown): KeyView | undefined;
	projectOf(row: unknown): Project | undefined;
	modelOf(row: unknown): ModelView | undefined;
	filter: Filter;
}

export interface KeyActionsParts {
	readonly pool: PoolView;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly acts: KeyActs;
	readonly rows: RowLookup;
	/** The last failed call of a key, of one model where it is named. */
	readonly failureOf: (key: KeyId, model?: string) => Attempt | undefined;
}

/** Registers the commands on rows of the keys tree and on the pool. What asks a person is read on first use. */
export function registerKeyActions({ pool, words, clock, acts, rows, failureOf }: KeyActionsParts): Disposable {
	const store = new DisposableStore();
	const { t } = words;

	const command = (id: string, run: (row: unknown) => PromiseLike<unknown>) =>
		store.add(
			vscode.commands.registerCommand(id, async (row?: unknown) => {
				try {
					await run(row);
				} catch (error) {
					acts.failed(error);
				}
			}),
		);
	const onKey = (id: string, run: (view: KeyView, row: unknown) => PromiseLike<unknown>) =>
		command(id, async (row) => {
			const view = rows.keyOf(row) ?? (await pickKey(pool, words));
			if (view) await run(view, row);
		});
	const editKey = (id: string, edit: Exclude<keyof typeof keyEdits, 'projectName'>) =>
		onKey(id, async (view) => (await import('./editKey'))[edit]({ view, snapshot: pool.snapshot(), words, acts }));
	const editProject = (id: string, edit: keyof typeof projectEdits) =>
		command(id, async (row) => {
			const project = rows.projectOf(row) ?? (await pickKey(pool, words))?.project;
			const model = rows.modelOf(row)?.model;
			const more = { snapshot: pool.snapshot(), words, acts, ...(model !== undefined && { model }) };
			if (project) await (await import('./editProject'))[edit]({ project, ...more });
		});
	const step = (id: string, direction: 'up' | 'down') =>
		onKey(id, async ({ key }) => {
			const order = pool.snapshot().keys.map((view) => view.key.id);
			const move = stepFor(order, key.id, direction);
			if (move) await acts.move(move.keys, move.before);
		});

	editKey('keypool.renameKey', 'rename');
	editKey('keypool.setRole', 'setRole');
	editKey('keypool.setWeight', 'setWeight');
	editKey('keypool.setProject', 'setProject');
	editProject('keypool.renameProject', 'renameProject');
	editProject('keypool.setAccount', 'setAccount');
	editProject('keypool.setTier', 'setTier');
	editProject('keypool.setLimits', 'setLimits');
	editProject('keypool.setDailyCap', 'setDailyCap');
	step('keypool.moveKeyUp', 'up');
	step('keypool.moveKeyDown', 'down');
	onKey('keypool.toggleKey', ({ key }) => acts.update(key.id, { enabled: !key.enabled }));
	onKey('keypool.useAgain', ({ key }) => acts.useAgain(key.id));
	onKey('keypool.clearRest', ({ project }, row) =>
		vscode.window.withProgress({ location: { viewId: 'keypool.keys' } }, () =>
			acts.clearRest(project.id, rows.modelOf(row)?.model),
		),
	);
	onKey('keypool.explainKey', async (view, row) => {
		const { explain } = await import('./explain');
		const { showWhy } = await import('./showWhy');
		const model = rows.modelOf(row);
		const failure = failureOf(view.key.id, model?.model);
		await showWhy(explain(view, model, failure, words, clock.now()), view.key.id, t);
	});
	command('keypool.chooseStrategy', async () =>
		(await import('./editPool')).chooseStrategy({ snapshot: pool.snapshot(), words, acts }),
	);
	command('keypool.chooseModel', async () =>
		(await import('./editPool')).chooseModel({ snapshot: pool.snapshot(), words, acts }),
	);
	command('keypool.filterKeys', async () => {
		rows.filter = (await (await import('./editPool')).chooseFilter(rows.filter, words)) ?? rows.filter;
	});
	command('keypool.clearFilter', () => {
		rows.filter = { by: 'none' };
		return Promise.resolve();
	});
	command('keypool.resume', () => acts.resume());
	command('keypool.showLog', () => Promise.resolve(acts.showLog()));
	command('keypool.openSettings', () =>
		vscode.commands.executeCommand('workbench.action.openSettings', '@ext:keypool.keypool-gemini'),
	);
	return store;
}

/** From the palette no row is given. */
async function pickKey(pool: PoolView, words: Words): Promise<KeyView | undefined> {
	const { keys, at } = pool.snapshot();
	if (keys.length === 0) {
		const { text, action } = words.sayReason('noKeys');
		const chosen = await vscode.window.showInformationMessage(text, ...(action ? [action.title] : []));
		if (chosen !== undefined && action) await vscode.commands.executeCommand(action.command);
		return undefined;
	}
	const choices = keys.map((view) => ({
		label: view.key.label,
		description: `${view.key.mask} · ${words.speakStanding(view.standing, at)}`,
		value: view,
	}));
	return (await choose(words.t('Which key?'), choices))?.value;
}
