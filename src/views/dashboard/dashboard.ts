import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/dispose';
import type { Masker } from '../../masking/masking';
import type { Dispose, EpochMs } from '../../pool/pool';
import { ownSymbol } from '../../ui/ownSymbol';
import { Messages } from '../../webviews/messages';
import { openPage } from '../../webviews/page';
import type { DashboardAct, DashboardData, DashboardEvent, DashboardRequest } from '../../webviews/dashboardProtocol';
import { dashboardRequest } from '../../webviews/schema';
import type { WorkspaceFiles } from '../../workspaceFiles/workspaceFiles';
import type { Words } from '../../localization/words';
import { keepCurrent } from '../shared/keepCurrent';
import { teamFacts } from '../shared/teamView';
import type { PoolView, ViewClock } from '../shared/poolView';
import type { PriceListAge } from './costs';
import { dashboardData, type History } from './project';
import { exportUsage } from './saveExport';
import { dashboardStrings } from './strings';
import { dashboardType } from './type';

export interface DashboardParts {
	readonly extensionUri: vscode.Uri;
	readonly pool: PoolView;
	readonly history: History & { onDidChange(listener: () => void): Dispose };
	readonly words: Words;
	readonly clock: ViewClock;
	readonly mask: Masker;
	/** How old the list of prices is by then. */
	readonly prices: (now: EpochMs) => PriceListAge;
	/** Whether keys and answers are the simulator's. */
	readonly isSimulated: () => boolean;
	/** Unguessable, new at each call. */
	readonly newNonce: () => string;
	readonly files: Pick<WorkspaceFiles, 'replace'>;
	readonly report: (error: unknown) => void;
}

/** ms. What people see moves twice a second at the most. */
const settleMs = 500;
/** ms. Time moves on while nothing happens: the chart with it. */
const idleMs = 15_000;

const commands: Readonly<Record<DashboardAct, string>> = {
	addKey: 'keypool.addKey',
	ask: 'keypool.ask',
	showKeys: 'keypool.keys.focus',
	releaseClient: 'keypool.releaseClient',
	setPoolBudget: 'keypool.setPoolBudget',
};

/** The dashboard in an editor tab: one for each window. Its document comes and goes; it is told numbers while it shows. */
export class Dashboard implements Disposable {
	private panel: vscode.WebviewPanel | undefined;
	private opened: DisposableStore | undefined;

	constructor(private readonly parts: DashboardParts) {}

	/** Opens the tab, or brings it to the front. */
	open(): void {
		if (this.panel) this.panel.reveal();
		else {
			const title = vscode.l10n.t('Keypool Dashboard');
			this.adopt(vscode.window.createWebviewPanel(dashboardType, title, vscode.ViewColumn.Active));
		}
	}

	/** Fills a tab that was opened, or that came back with its window. */
	adopt(panel: vscode.WebviewPanel): void {
		if (this.panel) {
			panel.dispose();
			return this.panel.reveal();
		}
		const { parts } = this;
		const opened = new DisposableStore();
		// First: of a tab that was closed before our code was read it throws, and that one must not stand for a tab that is open.
		const { webview } = panel;
		this.panel = panel;
		this.opened = opened;
		let live: Disposable | undefined;
		const rest = (): void => {
			live?.dispose();
			live = undefined;
		};
		opened.add({ dispose: rest });
		const messages = opened.add(
			new Messages<DashboardRequest, DashboardEvent>(webview, {
				schema: dashboardRequest,
				handle: async (request) => {
					if (request.type === 'ready') {
						rest();
						live = this.follow((event) => void messages.notify(event));
					} else if (request.type === 'export') {
						const { pool, history, clock, mask, files, report } = parts;
						await exportUsage(() => ({ snapshot: pool.snapshot(), history, now: clock.now(), mask }), files, report);
					} else await vscode.commands.executeCommand(commands[request.act]);
				},
				failed: vscode.l10n.t('That failed. See Keypool’s log for the reason.'),
				onError: parts.report,
			}),
		);
		opened.add(panel.onDidChangeViewState(() => panel.visible || rest()));
		opened.add(
			panel.onDidDispose(() => {
				opened.dispose();
				this.panel = undefined;
			}),
		);
		const { extensionUri, newNonce } = parts;
		panel.iconPath = ownSymbol(extensionUri);
		openPage(webview, { extensionUri, title: panel.title, name: 'dashboard', nonce: newNonce() });
	}

	dispose(): void {
		this.opened?.dispose();
		this.panel?.dispose();
	}

	/** Tells a new document all at once, and after that what changes. */
	private follow(tell: (event: DashboardEvent) => void): Disposable {
		const { pool, history, words, clock } = this.parts;
		const both = {
			onDidChange: (listener: () => void): Dispose => {
				const offs = [pool.onDidChange(listener), history.onDidChange(listener)];
				return () => offs.forEach((off) => off());
			},
		};
		let isNew = true;
		const update = (): number => {
			const strings = isNew ? { locale: vscode.env.language, strings: dashboardStrings(words.t) } : undefined;
			isNew = false;
			const data = this.data();
			tell(strings ? { type: 'state', ...strings, data } : { type: 'data', data });
			return idleMs;
		};
		return keepCurrent(both, clock, update, settleMs);
	}

	private data(): DashboardData {
		const { pool, history, words, clock, mask, prices, isSimulated } = this.parts;
		const team = pool.team?.();
		const now = clock.now();
		return dashboardData(pool.snapshot(), history, now, words, mask, {
			...{ isSimulated: isSimulated(), prices: prices(now), next: pool.nextInTurn() },
			...(team && { team: teamFacts(team, words) }),
			gateway: pool.gateway?.(),
		});
	}
}
