import type { Disposable } from '../../common/dispose';
import type { KeyView, Project, Snapshot, EpochMs } from '../../pool/pool';
import type { Words } from '../../localization/words';
import { noFilter, type Filter } from '../shared/filter';
import { keepCurrent } from '../shared/keepCurrent';
import type { PoolView, ViewClock } from '../shared/poolView';
import { nextChangeMs } from '../shared/countdown';
import { keyOfRow, projectOfRow, rowsOf, type Row, type Rows } from '../shared/rows';
import { rowPresentation, type RowPresentation } from '../shared/rowPresentation';

/** What must be drawn anew: the header with some rows by id, or the tree where rows came, went or moved. */
export type Redraw = 'all' | readonly string[];

/** ms. The editor closes a row's hover when the row is drawn anew: while somebody may be reading it, its countdown stands still. */
const readingMs = 10_000;

/** The rows of the keys tree, kept current. Counts down only while somebody can see it. */
export class LiveRows implements Disposable {
	private rows: Rows = { top: [], byId: new Map() };
	private shown: ReadonlyMap<string, RowPresentation> = new Map();
	private seen: Snapshot | undefined;
	/** The row whose hover was opened last. */
	private read: { readonly id: string; readonly until: EpochMs } | undefined;
	/** The day on which the rows were drawn. */
	private drawnAt: EpochMs;
	private visible = false;
	private chosen: Filter = noFilter;
	/** Another filter was chosen since the last drawing. */
	private filtered = false;
	private readonly current: ReturnType<typeof keepCurrent>;
	/** Of keys, to compare. */
	private readonly texts = new WeakMap<KeyView, string>();

	constructor(
		private readonly pool: PoolView,
		private readonly words: Words,
		private readonly clock: ViewClock,
		/** Called while it is being made, too, where there are rows already. */
		private readonly redraw: (what: Redraw, snapshot: Snapshot, rows: LiveRows) => void,
	) {
		this.drawnAt = clock.now();
		this.current = keepCurrent(pool, clock, () => this.update());
	}

	/** Ids of the children of a row, or of the top. */
	childrenOf(id?: string): readonly string[] {
		return id === undefined ? this.rows.top : (this.rows.byId.get(id)?.children ?? []);
	}

	get(id: string): { readonly row: Row; readonly shown: RowPresentation } | undefined {
		const row = this.rows.byId.get(id);
		const shown = this.shown.get(id);
		return row && shown && { row, shown };
	}

	/** Also of a key that the filter hides: a notice, or *Why?*, names it all the same. */
	keyOf(id: unknown): KeyView | undefined {
		return keyOfRow(this.rows, id) ?? this.seen?.keys.find(({ key }) => key.id === id);
	}

	projectOf(id: unknown): Project | undefined {
		return projectOfRow(this.rows, id) ?? this.keyOf(id)?.project;
	}

	/** All rows that are shown now. */
	get all(): Rows {
		return this.rows;
	}

	/** Keys that the filter lets through. */
	get keyCount(): number {
		return [...this.rows.byId.values()].filter(({ kind }) => kind === 'key').length;
	}

	get filter(): Filter {
		return this.chosen;
	}

	set filter(filter: Filter) {
		this.chosen = filter;
		this.filtered = true;
		this.current.refresh();
	}

	/** The row whose hover opens. */
	rowToRead(id: string): Row | undefined {
		this.read = { id, until: this.clock.now() + readingMs };
		return this.rows.byId.get(id);
	}

	setVisible(visible: boolean): void {
		if (visible === this.visible) return;
		this.visible = visible;
		this.current.refresh();
	}

	dispose(): void {
		this.current.dispose();
	}

	/** @returns ms until a countdown moves, or the day may have turned; undefined while nobody looks. */
	private update(): number | undefined {
		const now = this.clock.now();
		const snapshot = this.pool.snapshot();
		const rows = rowsOf(snapshot, this.chosen, this.pool.nextInTurn(), this.pool.gateway?.());
		const shown = new Map<string, RowPresentation>();
		const changed: string[] = [];
		const { describeTime } = this.words;
		const isOtherDay = describeTime(this.drawnAt, now) !== describeTime(this.drawnAt, this.drawnAt);
		if (isOtherDay) this.drawnAt = now;
		for (const [id, row] of rows.byId) {
			// A hover tells more than its row, and days by their names; the editor keeps it until the row is drawn anew.
			const sameFacts = !isOtherDay && (snapshot === this.seen || this.tellsSame(row, this.rows.byId.get(id)));
			const before = this.shown.get(id);
			const beingRead = this.read?.id === id && now < this.read.until;
			const next = before && sameFacts && beingRead ? before : rowPresentation(row, this.words, now);
			if (!sameFacts || !same(next, before)) changed.push(id);
			shown.set(id, next);
		}
		const sameShape = !this.filtered && shapeOf(rows) === shapeOf(this.rows);
		this.filtered = false;
		// It stands over the rows, none of which need change with it.
		const sameModel = this.seen === undefined || this.seen.model === snapshot.model;
		this.seen = snapshot;
		this.rows = rows;
		this.shown = shown;
		if (!sameShape) this.redraw('all', snapshot, this);
		else if (changed.length > 0 || !sameModel) this.redraw(changed, snapshot, this);
		return this.visible ? nextChangeMs(snapshot, now) : undefined;
	}

	/** A key stands in the rows of all its models, with all of them: it is written down once for all. */
	private tellsSame(a: Row, b: Row | undefined): boolean {
		if (a.kind !== 'model' || b?.kind !== 'model') return same(a, b);
		return this.textOf(a.key) === this.textOf(b.key) && JSON.stringify(a.view) === JSON.stringify(b.view);
	}

	private textOf(key: KeyView): string {
		const text = this.texts.get(key) ?? JSON.stringify(key);
		this.texts.set(key, text);
		return text;
	}
}

function shapeOf({ top, byId }: Rows): string {
	return JSON.stringify([top, [...byId.values()].map(({ id, children }) => [id, children])]);
}

function same(a: Row | RowPresentation | undefined, b: Row | RowPresentation | undefined): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
