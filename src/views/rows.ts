import type { KeyId, KeyView, ModelView, Project, ProjectId, Snapshot } from '../pool/pool';

/** What the keys tree shows, before words: pure, so that it is tested without an editor. */
export type Row = { readonly id: string; readonly children: readonly string[] } & (
	| { readonly kind: 'paused'; readonly paused: NonNullable<Snapshot['paused']>; readonly by: string }
	/** A parent only where keys share a quota. */
	| { readonly kind: 'project'; readonly project: Project; readonly keys: number }
	| { readonly kind: 'key'; readonly view: KeyView; readonly sharedBy: number }
	| { readonly kind: 'model'; readonly key: KeyView; readonly view: ModelView }
);

/** Rows by id. A row's id is the same through all revisions, so that expansion and selection last. */
export interface Rows {
	readonly top: readonly string[];
	readonly byId: ReadonlyMap<string, Row>;
}

/** More models of one key than anybody reads. */
const mostModels = 50;

export function rowsOf(snapshot: Snapshot): Rows {
	const byId = new Map<string, Row>();
	const top: string[] = [];
	const add = (row: Row, to?: string[]) => {
		byId.set(row.id, row);
		to?.push(row.id);
	};

	if (snapshot.paused) {
		const { paused } = snapshot;
		const by = snapshot.keys.find(({ key }) => key.id === paused.by)?.key.label ?? paused.by;
		add({ kind: 'paused', id: 'paused', paused, by, children: [] }, top);
	}
	const byProject = new Map<ProjectId, KeyView[]>();
	for (const view of snapshot.keys) {
		byProject.set(view.project.id, [...(byProject.get(view.project.id) ?? []), view]);
	}
	for (const view of snapshot.keys) {
		const siblings = byProject.get(view.project.id) ?? [view];
		addKey(view, siblings.length, add);
		if (siblings.length === 1) {
			top.push(keyRow(view.key.id));
		} else if (siblings[0] === view) {
			const children = siblings.map(({ key }) => keyRow(key.id));
			const id = projectRow(view.project.id);
			add({ kind: 'project', id, project: view.project, keys: siblings.length, children }, top);
		}
	}
	return { top, byId };
}

function addKey(view: KeyView, sharedBy: number, add: (row: Row) => void): void {
	const models = view.models.slice(0, mostModels);
	const children = models.map(({ model }) => modelRow(view.key.id, model));
	add({ kind: 'key', id: keyRow(view.key.id), view, sharedBy, children });
	for (const model of models) {
		add({ kind: 'model', id: modelRow(view.key.id, model.model), key: view, view: model, children: [] });
	}
}

/** Enabled keys that wait for a person. */
export function needAttention(snapshot: Snapshot): readonly KeyView[] {
	return snapshot.keys.filter(({ key, standing }) => key.enabled && standing.is === 'benched');
}

/** The key that a row stands for, where it does. */
export function keyOfRow(rows: Rows, id: unknown): KeyView | undefined {
	const row = typeof id === 'string' ? rows.byId.get(id) : undefined;
	if (row?.kind === 'key') return row.view;
	return row?.kind === 'model' ? row.key : undefined;
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
