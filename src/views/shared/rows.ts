import type {
	CapView,
	KeyId,
	KeyView,
	LimitUsage,
	ModelView,
	Project,
	ProjectId,
	Snapshot,
	SpendingView,
} from '../../pool/pool';
import { groupBy } from './groupBy';
import { noFilter, passes, type Filter } from './filter';
import { gatewayRows, type GatewayRow } from './gatewayRows';
import type { GatewayView } from './gatewayView';

/** What the keys tree shows, before words: pure, so that it is tested without an editor. */
export type Row = GatewayRow | KeyedRow;
type KeyedRow = { readonly id: string; readonly children: readonly string[] } & (
	| { readonly kind: 'paused'; readonly paused: NonNullable<Snapshot['paused']>; readonly isGone: boolean }
	/** A billing account that a person named; its projects and keys are below it. */
	| { readonly kind: 'account'; readonly account: string; readonly keys: number }
	/** A parent where a person named the project, or keys share a quota. */
	| {
			readonly kind: 'project';
			readonly project: Project;
			readonly keys: number;
			/** A person marked it as paid, and the service counts it as free. */
			readonly revoked?: NonNullable<KeyView['revoked']>;
			readonly spending?: SpendingView;
			readonly cap?: CapView;
	  }
	/** `isNext`: it is its turn. */
	| {
			readonly kind: 'key';
			readonly view: KeyView;
			readonly sharedBy: number;
			readonly isNext: boolean;
			/** Of the day's quota for the default model, or of a cap where less of that is left. */
			readonly today: UsedToday;
	  }
	| { readonly kind: 'model'; readonly key: KeyView; readonly view: ModelView }
);

/** Requests of the day; with a limit, those that count against it, also those that others sent. */
export interface UsedToday {
	readonly used: number;
	readonly limit?: number;
}

/** Rows by id. A row's id is the same through all revisions, so that expansion and selection last. */
export interface Rows {
	readonly top: readonly string[];
	readonly byId: ReadonlyMap<string, Row>;
}

/** More models of one key than anybody reads. */
const maxModels = 50;

/** @param next the key whose turn it is. @param gateway a team's, in place of keys. */
export function rowsOf(snapshot: Snapshot, filter: Filter = noFilter, next?: KeyId, gateway?: GatewayView): Rows {
	const byId = new Map<string, Row>();
	const top: string[] = [];
	const add = (row: Row): string => {
		byId.set(row.id, row);
		return row.id;
	};

	if (snapshot.paused) {
		const { paused, keys } = snapshot;
		const isGone = keys.every(({ key }) => key.label !== paused.by);
		top.push(add({ kind: 'paused', id: 'paused', paused, isGone, children: [] }));
	}
	if (gateway) {
		const [first] = gatewayRows(gateway, snapshot).map(add);
		return { top: first === undefined ? top : [...top, first], byId };
	}
	const sharing = groupBy(snapshot.keys, ({ project }) => project.id);
	const shown = snapshot.keys.filter((view) => passes(view, filter));
	const accounts = groupBy(snapshot.keys, accountOf);
	for (const [name, inAccount] of groupBy(shown, accountOf)) {
		const children = projectRows(inAccount, sharing, snapshot, next, add);
		const account = inAccount[0]?.project.account;
		if (account === undefined) top.push(...children);
		else {
			// As its projects count theirs: those that a filter hides are there.
			const keys = accounts.get(name)?.length ?? 0;
			top.push(add({ kind: 'account', id: `account:${account}`, account, keys, children }));
		}
	}
	return { top, byId };
}

/** Keys without an account each stand where their order puts them, as a group of their project's. */
function accountOf({ project }: KeyView): string {
	return project.account === undefined ? `project ${project.id}` : `account ${project.account}`;
}

function projectRows(
	keys: readonly KeyView[],
	sharing: ReadonlyMap<ProjectId, readonly KeyView[]>,
	{ resolvedModel }: Snapshot,
	next: KeyId | undefined,
	add: (row: Row) => string,
): readonly string[] {
	return [...groupBy(keys, ({ project }) => project.id).entries()].flatMap(([id, shown]) => {
		const sharedBy = sharing.get(id)?.length ?? shown.length;
		const project = shown[0]?.project;
		const children = shown.map((view) => {
			const today = usedToday(view, resolvedModel);
			return addKey(view, { sharedBy, isNext: view.key.id === next, today }, resolvedModel, add);
		});
		if (project === undefined || (sharedBy === 1 && project.label === undefined)) return children;
		const { revoked, spending, cap } = shown[0] ?? {};
		const tier = { ...(revoked && { revoked }), ...(spending && { spending }), ...(cap && { cap }) };
		return [add({ kind: 'project', id: projectRow(id), project, keys: sharedBy, ...tier, children })];
	});
}

function usedToday({ models, cap }: KeyView, resolvedModel: string): UsedToday {
	const model = models.find((one) => one.model === resolvedModel);
	const limits = [model?.limitUsage.rpd, cap?.limitUsage.rpd].filter((usage) => usage !== undefined);
	const left = ({ used, limit }: LimitUsage): number => limit - used;
	const [least] = limits.sort((a, b) => left(a) - left(b));
	return least ? { used: least.used, limit: least.limit } : { used: model?.sentToday ?? 0 };
}

/** A model that has quota left is of no use where the key is not, nor where something else stands against the model itself. */
function underKey(model: ModelView, { availability, cap }: KeyView, resolvedModel: string): ModelView {
	const isOut = availability.state === 'quarantined' || availability.state === 'disabled';
	if (!isOut && model.availability.state !== 'usable') return model;
	// That is said of all keys, with any model.
	const isThrottled = 'reason' in availability && availability.reason === 'throttled';
	const ofKey = isOut || isThrottled || model.model === resolvedModel ? availability : cap?.availability;
	return ofKey ? { ...model, availability: ofKey } : model;
}

function addKey(
	key: KeyView,
	more: Pick<Extract<Row, { kind: 'key' }>, 'sharedBy' | 'isNext' | 'today'>,
	resolvedModel: string,
	add: (row: Row) => string,
): string {
	const view = { ...key, models: key.models.map((model) => underKey(model, key, resolvedModel)) };
	const children = view.models
		.slice(0, maxModels)
		.map((model) =>
			add({ kind: 'model', id: modelRow(key.key.id, model.model), key: view, view: model, children: [] }),
		);
	return add({ kind: 'key', id: keyRow(view.key.id), view, ...more, children });
}

/** The key that a row stands for, where it does. */
export function keyOfRow(rows: Rows, id: unknown): KeyView | undefined {
	const row = typeof id === 'string' ? rows.byId.get(id) : undefined;
	if (row?.kind === 'key') return row.view;
	return row?.kind === 'model' ? row.key : undefined;
}

/** The project of a row: a project's own, or that of a key or model. */
export function projectOfRow(rows: Rows, id: unknown): Project | undefined {
	const row = typeof id === 'string' ? rows.byId.get(id) : undefined;
	return row?.kind === 'project' ? row.project : keyOfRow(rows, id)?.project;
}

/** The key's own id, because the editor hands a row's id to the commands on it, and those of other rooms expect a key's. */
function keyRow(id: KeyId): string {
	return id;
}

function projectRow(id: ProjectId): string {
	return `project:${id}`;
}

function modelRow(key: KeyId, model: string): string {
	return `model:${key}/${model}`;
}
