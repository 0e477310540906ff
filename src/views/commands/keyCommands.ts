import * as vscode from 'vscode';
import type { Attempt, KeyId, KeyView, ModelView, Project } from '../../pool/pool';
import { orTold, showInformation } from '../../ui/messages';
import type { Words } from '../../localization/words';
import type { ViewCommand } from './commandNames';
import { rename, setProject, setRole, setWeight, type EditKey } from './editKey';
import { chooseFallbackModels, chooseFilter, chooseModel, chooseStrategy } from './editPool';
import { renameProject, setAccount, setDailyCap, setLimits, setTier, type EditProject } from './editProject';
import { raiseBudget, releaseClient, setBudget, setPoolBudget } from './editBudget';
import { explain } from './explain';
import { atLimitOfZero, atTheirCap } from '../shared/attention';
import { noFilter, type Filter } from '../shared/filter';
import type { KeyOperations } from './keyOperations';
import type { PoolView, ViewClock, WhichKeys } from '../shared/poolView';
import type { Row, Rows } from '../shared/rows';
import { canClearRest } from '../shared/cooldowns';
import { orderAfterStep } from './orderAfterStep';
import { choose } from './prompts';
import { showWhy } from './showWhy';

/** What the commands ask of the tree: which key, project or model a row stands for. */
export interface RowLookup {
	keyOf(row: unknown): KeyView | undefined;
	projectOf(row: unknown): Project | undefined;
	modelOf(row: unknown): ModelView | undefined;
	/** The row that the keyboard is on, as `FocusedRow` knows it. */
	focusedRow(): Row | undefined;
	readonly shown: Pick<Rows, 'top'>;
	filter: Filter;
}

export interface KeyCommandsParts {
	readonly pool: PoolView;
	readonly words: Words;
	readonly clock: ViewClock;
	readonly acts: KeyOperations;
	readonly rows: RowLookup;
	readonly which: () => WhichKeys;
	/** The last failed call of a key, of one model where it is named. */
	readonly failureOf: (key: KeyId, model?: string) => Attempt | undefined;
}

type Action = (row?: unknown) => Promise<void>;

/** The commands on rows of the keys tree and on the pool. They get a row's id from the tree, and nothing from the palette. */
export function keyCommands(parts: KeyCommandsParts): Readonly<Record<ViewCommand, Action>> {
	const { pool, words, clock, acts, rows, failureOf } = parts;
	const pickKey = (isOffered?: (view: KeyView) => boolean) => pickFrom(parts, isOffered);

	const onKey = (run: (view: KeyView, row: unknown) => PromiseLike<unknown>, pick = () => pickKey()) =>
		worded(async (row) => {
			const view = rows.keyOf(row) ?? (await pick());
			if (view) await run(view, row);
		}, acts);
	const onProject = (edit: (parts: EditProject) => Promise<void>, pick = () => pickKey()) =>
		worded(async (row) => {
			const project = rows.projectOf(row) ?? (await pick())?.project;
			const model = rows.modelOf(row)?.model;
			const more = { snapshot: pool.snapshot(), words, acts, ...(model !== undefined && { model }) };
			if (project) await edit({ project, ...more });
		}, acts);
	/** A message about what a person allows leads to it, where one project alone is meant. */
	const alone = (meant: typeof atTheirCap) => async () => {
		const [first, second] = meant(pool.snapshot());
		return first && !second ? first : pickKey();
	};
	const editing = (edit: (parts: EditKey) => Promise<void>) =>
		onKey((view) => edit({ view, snapshot: pool.snapshot(), words, acts }));
	const stepping = (direction: 'up' | 'down') =>
		onKey(({ key }) => acts.arrange(() => orderAfterStep(pool.snapshot(), key.id, direction)));
	const onPool = (run: () => PromiseLike<void>) => worded(run, acts);
	const editPool = () => ({ snapshot: pool.snapshot(), words, acts });

	return {
		'keypool.renameFocusedRow': onPool(async () => {
			const row = rows.focusedRow();
			if (row?.kind === 'key') await vscode.commands.executeCommand('keypool.renameKey', row.id);
			if (row?.kind === 'project') await vscode.commands.executeCommand('keypool.renameProject', row.id);
		}),
		'keypool.removeFocusedRow': onPool(async () => {
			const row = rows.focusedRow();
			if (row?.kind !== 'key') return;
			for (const step of stepsAside(row.id, rows.shown.top)) await vscode.commands.executeCommand(step);
			await vscode.commands.executeCommand('keypool.removeKey', row.id);
		}),
		'keypool.renameKey': editing(rename),
		'keypool.setRole': editing(setRole),
		'keypool.setWeight': editing(setWeight),
		'keypool.setProject': editing(setProject),
		'keypool.renameProject': onProject(renameProject),
		'keypool.setAccount': onProject(setAccount),
		'keypool.setTier': onProject(setTier),
		'keypool.setLimits': onProject(setLimits, alone(atLimitOfZero)),
		'keypool.setDailyCap': onProject(setDailyCap, alone(atTheirCap)),
		'keypool.setBudget': onProject(setBudget),
		'keypool.setPoolBudget': onPool(() => setPoolBudget(editPool())),
		'keypool.raiseBudget': onPool(() => raiseBudget(editPool())),
		'keypool.releaseClient': worded((client) => releaseClient(editPool(), client), acts),
		'keypool.moveKeyUp': stepping('up'),
		'keypool.moveKeyDown': stepping('down'),
		'keypool.enableKey': onKey(({ key }) => acts.update(key.id, { enabled: true })),
		'keypool.disableKey': onKey(({ key }) => acts.update(key.id, { enabled: false })),
		'keypool.useAgain': onKey(({ key }) => acts.useAgain(key.id)),
		'keypool.clearRest': onKey(
			({ project }, row) => acts.clearRest(project.id, rows.modelOf(row)?.model),
			() => pickKey(canClearRest),
		),
		'keypool.explainKey': onKey((view, row) => {
			const model = rows.modelOf(row);
			const failure = failureOf(view.key.id, model?.model);
			const why = explain(view, model, failure, words, clock.now(), pool.snapshot().paused !== undefined);
			// A model rests by itself. All else is about its key, and commands of other rooms know keys alone.
			const isOfModel = model !== undefined && why.act?.command === 'keypool.clearRest';
			return showWhy(why, isOfModel ? row : view.key.id, words.t);
		}),
		'keypool.chooseStrategy': onPool(() => chooseStrategy(editPool())),
		'keypool.chooseModel': onPool(() => chooseModel(editPool())),
		'keypool.chooseFallbackModels': onPool(() => chooseFallbackModels(editPool())),
		'keypool.filterKeys': onPool(async () => {
			rows.filter = (await chooseFilter(rows.filter, words)) ?? rows.filter;
		}),
		'keypool.clearFilter': onPool(() => {
			rows.filter = noFilter;
			return Promise.resolve();
		}),
		'keypool.resume': onPool(() => acts.resume()),
		'keypool.showLog': onPool(() => Promise.resolve(acts.showLog())),
		'keypool.openSettings': onPool(() =>
			vscode.commands.executeCommand('workbench.action.openSettings', '@ext:keypool.keypool-gemini'),
		),
	};
}

/** The editor drops the keyboard's focus with its row, and begins at the top of the list again: it goes to a row beside it. */
function stepsAside(key: string, top: readonly string[]): readonly string[] {
	const isAboveAnother = top.includes(key) && top.at(-1) !== key;
	// Its models go with it.
	return isAboveAnother ? ['list.collapse', 'list.focusDown'] : ['list.focusUp'];
}

/** The same act; what goes wrong is worded. */
function worded(run: Action | (() => PromiseLike<void>), acts: KeyOperations): Action {
	return orTold(run, (error) => acts.failed(error));
}

async function pickFrom(
	{ pool, words, which, clock }: Pick<KeyCommandsParts, 'pool' | 'words' | 'which' | 'clock'>,
	isOffered: (view: KeyView) => boolean = () => true,
): Promise<KeyView | undefined> {
	const { keys } = pool.snapshot();
	if (keys.length === 0 && which() === 'reading') {
		void showInformation(words.t('Your keys are being read.'));
		return undefined;
	}
	if (keys.length === 0) {
		const { text, action } = words.describeReason(which() === 'locked' ? 'keysLocked' : 'noKeys');
		const chosen = await showInformation(text, ...(action ? [action.title] : []));
		if (chosen !== undefined && action) await vscode.commands.executeCommand(action.command);
		return undefined;
	}
	const choices = keys.filter(isOffered).map((view) => ({
		label: view.key.label,
		description: `${view.key.mask} · ${words.announceKey(view, clock.now())}`,
		value: view,
	}));
	return (await choose(words.t('Which key?'), choices, undefined, true))?.value;
}
