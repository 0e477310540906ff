import { DisposableStore, type Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { openServedPort } from '../common/servedPort';
import {
	budgetsOf,
	createGateway,
	logGateway,
	type Gateway,
	type GatewayParts,
	type GatewayRequest,
	type GatewayRules,
} from '../gateway/gateway';
import { pause, type LeaderElection } from '../pool/pool';
import type { Setting } from '../settings/settings';

/** How the gateway stands, seen from this window. */
export type ServingStatus =
	| { readonly state: 'off' }
	/** This window, or another one, is about to serve. */
	| { readonly state: 'starting' }
	| { readonly state: 'serving' }
	| { readonly state: 'servedElsewhere' }
	/** It is this window's turn, and it cannot have the port. */
	| { readonly state: 'portRefused'; readonly reason: 'inUse' | 'inUseByKeypool' | 'notAllowed' | 'failed' };

/** A port that is served. */
interface Served {
	/** Takes no further connection. Resolves when all answers have gone out. */
	stop(): Promise<void>;
	/** Ends at once, answers under way included. */
	close(): Promise<void>;
}

export interface ServedGatewayParts extends Omit<GatewayParts, 'rules' | 'doors'> {
	readonly rules: () => GatewayRules;
	readonly isEnabled: Setting<boolean>;
	readonly port: Setting<number>;
	readonly election: Pick<LeaderElection, 'campaign' | 'remoteRoles' | 'onDidChange' | 'owns'>;
	/** Rejects with an error whose `reason` is `inUse`, `notAllowed` or `failed`. */
	readonly serve: (options: {
		readonly port: number;
		readonly handle: (request: GatewayRequest, port: number) => Promise<Response>;
	}) => Promise<Served>;
	readonly log: { info(line: string): void; warn(line: string): void };
	/** Resolves when the tokens are known. */
	readonly ready: () => Promise<void>;
	/** Whether the Keypool of another editor has the port, which shares nothing with this one. */
	readonly isKeypoolAt: (port: number) => Promise<boolean>;
	/** Another program has the port: said once for each port. */
	readonly onPortRefused: (port: number, reason: unknown) => void;
}

/** ms between two tries to have the port: a window takes over within 5 s after the one that had it has ended. */
const retryMs = 1_000;
/** ms that answers under way have to end once the gateway is stopped: as long as one that comes whole may take. */
const longestDrainMs = 10 * 60_000;
/** Web pages and proxies are for a server; here programs of this computer ask. */
const noDoors = { hosts: [], origins: [] };

/** Serves the gateway from one of the windows, whenever the settings say so. */
export class ServedGateway implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly changed: Emitter<undefined>;
	private readonly gateways = new Set<Gateway>();
	/** Breaks off the answers that are still ending: the window closes. */
	private readonly draining = new Set<() => void>();
	private isDisposed = false;
	private resign: (() => void) | undefined;
	/** Stops telling other windows that this one has the port. */
	private resignPort: (() => void) | undefined;
	private own: Extract<ServingStatus, { state: 'serving' | 'portRefused' | 'starting' }> = { state: 'starting' };

	constructor(private readonly parts: ServedGatewayParts) {
		const { isEnabled, port, election, report, tokens, pool } = parts;
		this.changed = this.owned.add(new Emitter<undefined>(report));
		// In every window, because people look at budgets and raise them in any of them.
		const sayBudgets = (): void => pool.setClientBudgets(budgetsOf(tokens.list()));
		sayBudgets();
		this.owned.add(tokens.onDidChange(sayBudgets));
		this.owned.add(isEnabled.onDidChange(() => this.follow()));
		this.owned.add(port.onDidChange(() => this.follow()));
		this.owned.add({ dispose: election.onDidChange(() => this.changed.fire(undefined)) });
		this.follow();
	}

	get status(): ServingStatus {
		if (!this.parts.isEnabled.value) return { state: 'off' };
		if (this.own.state !== 'starting') return this.own;
		return this.parts.election.remoteRoles().includes('gatewayPort') ? { state: 'servedElsewhere' } : this.own;
	}

	/** As tools of this computer call it. */
	get address(): string {
		return `http://127.0.0.1:${this.parts.port.value}`;
	}

	onDidChange(listener: () => void): Disposable {
		return this.changed.event(listener);
	}

	/** What a client has under way, where this window serves. */
	underWayOf(client: string): number {
		return [...this.gateways].reduce((sum, gateway) => sum + gateway.usageOf(client).underWay, 0);
	}

	/** A window that closes breaks off its answers. */
	dispose(): void {
		this.isDisposed = true;
		this.resign?.();
		for (const end of this.draining) end();
		this.owned.dispose();
	}

	private follow(): void {
		const { isEnabled, port, election } = this.parts;
		this.resign?.();
		const wanted = port.value;
		this.resign = isEnabled.value ? election.campaign('gateway', () => this.open(wanted)) : undefined;
		this.changed.fire(undefined);
	}

	private open(wanted: number): () => void {
		const { log, clock, serve, report } = this.parts;
		const close = openServedPort(wanted, {
			open: () => Promise.resolve(this.create()),
			serve: async (port, gateway) => {
				const server = await serve({ port, handle: (request, at) => gateway.handle(request, { port: at }) });
				return { close: () => this.close(server, gateway) };
			},
			...{ clock, retryMs },
			serving: (port) => {
				log.info(`the gateway answers at http://127.0.0.1:${port}`);
				this.become({ state: 'serving' });
			},
			trouble: (port, error) => {
				const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
				log.warn(`the gateway cannot use port ${port}: ${error instanceof Error ? error.message : String(error)}`);
				this.refuse(port, reason === 'inUse' || reason === 'notAllowed' ? reason : 'failed').catch(report);
			},
		});
		return () => {
			close();
			this.become({ state: 'starting' });
		};
	}

	/** Says why the port cannot be had, unless it could after all. */
	private async refuse(port: number, reason: 'inUse' | 'notAllowed' | 'failed'): Promise<void> {
		const refused = { state: 'portRefused', reason } as const;
		this.become(refused);
		const isKeypool = reason === 'inUse' && (await this.parts.isKeypoolAt(port));
		if (this.own !== refused) return;
		const exact = isKeypool ? 'inUseByKeypool' : reason;
		this.become({ state: 'portRefused', reason: exact });
		this.parts.onPortRefused(port, exact);
	}

	/** Takes no further request, and lets answers under way end. */
	private async close(server: Served, gateway: Pick<Gateway, 'drain'>): Promise<void> {
		if (!this.isDisposed) {
			const over = new AbortController();
			const end = (): void => over.abort();
			this.draining.add(end);
			Promise.all([server.stop(), gateway.drain()]).then(end, end);
			await pause(this.parts.clock, longestDrainMs, over.signal);
			this.draining.delete(end);
		}
		await server.close();
	}

	private create(): Disposable & Pick<Gateway, 'handle' | 'drain'> {
		const { parts, gateways } = this;
		// Budgets are said above, in each window.
		const pool = { ...parts.pool, setClientBudgets: () => undefined };
		const gateway = createGateway({ ...parts, pool, doors: () => noDoors });
		const logging = logGateway(gateway, parts.log);
		// What a client has under way changes with each.
		gateway.onEvent(() => this.changed.fire(undefined));
		gateways.add(gateway);
		return {
			handle: async (...of) => {
				await parts.ready();
				return gateway.handle(...of);
			},
			drain: () => gateway.drain(),
			dispose: () => {
				gateways.delete(gateway);
				logging.dispose();
				gateway.dispose();
			},
		};
	}

	private become(status: typeof this.own): void {
		this.own = status;
		this.resignPort?.();
		const { election } = this.parts;
		this.resignPort = status.state === 'serving' ? election.campaign('gatewayPort', () => () => undefined) : undefined;
		this.changed.fire(undefined);
	}
}
