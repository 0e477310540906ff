import { ThemeIcon, TreeItem, type TreeView } from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import { originOf, type ClientRecord, type TokenRegistry } from '../../gateway/gateway';
import type { Words } from '../../localization/words';
import { settled, type ClientCounts, type Clock, type EpochMs, type Pool, type StateStore } from '../../pool/pool';
import { hover } from '../../ui/hover';
import { oneLine } from '../../ui/safeText';
import type { ServedGateway } from '../servedGateway';
import { statusInWords } from '../statusInWords';
import { describeUse, hoverOf, type ShownClient } from './clientRow';

export interface ClientsTreeParts {
	readonly view: Pick<TreeView<string>, 'description' | 'message'>;
	/** Draws one row anew, or all of them. */
	readonly redraw: (origin?: string) => void;
	readonly tokens: TokenRegistry;
	readonly counts: ClientCounts;
	readonly stateStore: Pick<StateStore, 'onDidChange'>;
	readonly served: ServedGateway;
	readonly pool: Pick<Pool, 'snapshot'>;
	readonly words: Words;
	readonly clock: Pick<Clock, 'after'>;
	readonly now: () => EpochMs;
	readonly port: () => number;
}

/** ms between two drawings. */
const drawMs = 250;
/** ms after which it is drawn again without news: a day ends, and so does the token of a terminal that is gone. */
const agingMs = 60_000;

/** The tools that may use the gateway, and what each of them used. Its elements are the clients' origins, which commands on what they spent know. */
export class ClientsTree implements Disposable {
	private readonly owned = new DisposableStore();
	private aging: (() => void) | undefined;
	/** What the rows were drawn of, by the clients' origins. */
	private drawn: ReadonlyMap<string, string> = new Map();

	constructor(private readonly parts: ClientsTreeParts) {
		const { tokens, stateStore, served } = parts;
		const { soon } = this.owned.add(settled(parts.clock, drawMs, () => this.draw()));
		this.owned.add(tokens.onDidChange(soon));
		this.owned.add({
			dispose: stateStore.onDidChange((refs) => {
				// What a client has used, and what it has spent and whether it is stopped, in whichever window.
				if (refs.some(({ kind }) => kind === 'client' || kind === 'spending')) soon();
			}),
		});
		this.owned.add(served.onDidChange(soon));
		this.owned.add({ dispose: () => this.aging?.() });
		soon();
	}

	children(): string[] {
		return this.clients().map(({ client }) => originOf(client.name));
	}

	itemOf(origin: string): TreeItem {
		const shown = this.shownOf(origin);
		const item = new TreeItem(oneLine(shown?.client.name ?? ''));
		item.id = shown?.client.id ?? origin;
		if (!shown) return item;
		const use = describeUse(shown, this.parts.words, this.parts.now());
		item.description = oneLine(use);
		item.contextValue = shown.isHeld ? 'tool;held' : 'tool';
		item.iconPath = new ThemeIcon(shown.client.isTransient ? 'terminal' : 'plug');
		item.accessibilityInformation = { label: `${shown.client.name}, ${use}` };
		return item;
	}

	withHover(item: TreeItem, origin: string): TreeItem {
		const shown = this.shownOf(origin);
		if (shown) item.tooltip = hover(hoverOf(shown, this.parts.words, this.parts.now()));
		return item;
	}

	clients(): readonly ShownClient[] {
		return this.shown(this.parts.tokens.list());
	}

	dispose(): void {
		this.owned.dispose();
	}

	/** Of all together it would be the square of their number for a tree. */
	private shownOf(origin: string): ShownClient | undefined {
		return this.shown(this.parts.tokens.list().filter(({ name }) => originOf(name) === origin))[0];
	}

	private shown(clients: readonly ClientRecord[]): readonly ShownClient[] {
		const { counts, served, pool, now } = this.parts;
		const known = new Map(pool.snapshot().clients.map((one) => [one.client, one]));
		return clients
			.filter(({ expiresAt = Infinity }) => expiresAt > now())
			.map((client) => {
				const { lastUsedAt, requests, input, output } = counts.of(originOf(client.id));
				const { spending, held } = known.get(originOf(client.name)) ?? {};
				const cost = { day: spending?.day.cost ?? 0, month: spending?.month.cost ?? 0 };
				const isHeld = held !== undefined;
				return { client, lastUsedAt, requests, input, output, cost, underWay: served.underWayOf(client.id), isHeld };
			});
	}

	private draw(): void {
		const { view, served, words, port, redraw, clock, now } = this.parts;
		this.aging?.();
		this.aging = clock.after(agingMs, () => this.draw());
		const { status } = served;
		const isServed = status.state === 'serving' || status.state === 'servedElsewhere';
		view.description = isServed ? `127.0.0.1:${port()}` : '';
		view.message = oneLine(statusInWords(status, port(), words.t));
		const before = this.drawn;
		const drawn = this.clients().map((shown): [string, string] => [
			originOf(shown.client.name),
			JSON.stringify([shown, describeUse(shown, words, now())]),
		]);
		this.drawn = new Map(drawn);
		// While the whole tree is redrawn, VS Code does not say which row a clicked button belongs to.
		if ([...before.keys()].join() !== [...this.drawn.keys()].join()) redraw();
		else for (const [origin, shown] of this.drawn) if (shown !== before.get(origin)) redraw(origin);
	}
}
