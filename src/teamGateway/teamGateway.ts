import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { TransportOverride } from '../gemini/gemini';
import { refusable, type SecretStore } from '../keys/keyring/keyring';
import type { Clock, Dispose, EpochMs, Key, KeyId, Pool, Project } from '../pool/pool';
import { isToken, readRecord, writeRecord, type GatewayRecord } from './gatewayRecord';
import { correctionsOf } from './corrections';
import { gatewayIds, recordName } from './names';
import type { StatusAnswer } from './askStatus';
import type { ToldStatus } from './toldStatus';

/** What is known of the gateway in use. */
export interface GatewayShown {
	readonly host: string;
	/** Absent until it has told something. */
	readonly told?: ToldStatus;
	readonly trouble?: Extract<StatusAnswer, { trouble: unknown }>['trouble'];
}

export interface TeamGatewayParts {
	readonly secrets: SecretStore;
	/** The host's own: a gateway takes one header that the service does not. */
	readonly fetch: typeof globalThis.fetch;
	/** For an answer that comes whole after minutes; absent if `fetch` waits that long. */
	readonly patientFetch?: typeof globalThis.fetch | undefined;
	readonly ask: (record: GatewayRecord, signal: AbortSignal) => Promise<StatusAnswer>;
	readonly clock: Pick<Clock, 'after' | 'wall'>;
	/** Hears the token, for the masker. */
	readonly learn: (token: string) => void;
	readonly report: (error: unknown) => void;
}

/** ms that the gateway waits for a key before it says when to retry. The countdown is then shown here. */
const maxWaitMs = '5000';
/** ms between two reads of its status; one more follows each request of the pool. */
const pollMs = 60_000;
const soonMs = 1_000;
/** The headers that a gateway allows a web page, beside the one below. */
const headersSent = ['content-type', 'x-goog-api-key', 'x-goog-api-client', 'authorization'];

/**
 * The team's gateway as the source of all answers. The engine sees one key, whose secret is the token: it goes to the gateway
 * and nowhere else, and no other secret goes there. Address and token lie in SecretStorage, so that all windows follow.
 */
export class TeamGateway implements Disposable {
	private readonly changed: Emitter<undefined>;
	private readonly following: Disposable;
	private record: GatewayRecord | undefined;
	private ids: ReturnType<typeof gatewayIds> | undefined;
	private transport: TransportOverride | undefined;
	private shownNow: GatewayShown | undefined;
	private loading: Promise<void> | undefined;
	/** Readings and changes that have begun, and the one that is followed. */
	private readings = 0;
	private followedReading = 0;
	private asking: AbortController | undefined;
	private timer: Dispose | undefined;
	/** Whether the pool has sent a request since the last read of the status. */
	private hasMoved = false;
	private isEnded = false;
	readonly onDidChange: Emitter<undefined>['event'];

	constructor(private readonly parts: TeamGatewayParts) {
		this.changed = new Emitter(parts.report);
		this.onDidChange = this.changed.event;
		this.following = parts.secrets.onDidChange(({ key }) => {
			if (key === recordName) this.readAgain();
		});
	}

	get isOn(): boolean {
		return this.record !== undefined;
	}

	get shown(): GatewayShown | undefined {
		return this.shownNow;
	}

	/** The address in use. */
	get address(): string | undefined {
		return this.record?.address;
	}

	/** Reads what is stored, once; rejects where the storage is locked. */
	load(): Promise<void> {
		this.loading ??= this.read().catch((error: unknown) => {
			this.loading = undefined;
			throw error;
		});
		return this.loading;
	}

	/** For every window. */
	async use(record: GatewayRecord): Promise<void> {
		await refusable(() => this.parts.secrets.store(recordName, writeRecord(record)));
		this.follows(record);
		this.readAgain();
	}

	async stop(): Promise<void> {
		await refusable(() => this.parts.secrets.delete(recordName));
		// Before it is read back: if that is refused, prompts would still go to the gateway.
		this.follows(undefined);
		this.readAgain();
	}

	secretOf(id: KeyId): string | undefined {
		return id === this.ids?.key ? this.record?.token : undefined;
	}

	/** Whether a call uses the token. */
	has(by: { readonly key: KeyId } | { readonly secret: string }): boolean {
		return 'key' in by ? by.key === this.ids?.key : by.secret === this.record?.token;
	}

	/** For every token, also of an earlier gateway: none goes to Google, or to another gateway than its own. */
	readonly transportOverride = (secret: string): TransportOverride | undefined => {
		if (secret === this.record?.token) return this.transport;
		return isToken(secret) ? nowhere : undefined;
	};

	/** The pool's keys while a gateway is used; undefined while none is. */
	source(): { readonly keys: readonly Key[]; readonly projects: readonly Project[] } | undefined {
		const { shownNow, ids } = this;
		if (shownNow === undefined || ids === undefined) return undefined;
		const { host, told } = shownNow;
		const key: Key = {
			...{ id: ids.key, project: ids.project, label: host, mask: '', sortOrder: 'a' },
			...{ role: 'primary', weight: 1, enabled: true },
		};
		// A token that may use free keys counts as free: nothing that demands paid keys is sent there.
		const tier = told?.keys === 'paid' ? 'paid' : 'free';
		// And one that may use paid keys, as it may until the gateway has told, serves no request for free keys.
		const mayCost = told?.keys !== 'free' && ({ mayCost: true } as const);
		return { keys: [key], projects: [{ id: ids.project, label: host, tier, ...mayCost }] };
	}

	/**
	 * Asks the gateway how it stands soon after the pool has asked it something, and not for each answer; and makes the pool
	 * unlearn what it was answered before, where the gateway tells otherwise since. Call it once the pool has its keys of here.
	 */
	follow(pool: Pick<Pool, 'onEvent' | 'snapshot' | 'execute'>): Disposable {
		const off = pool.onEvent(({ type }) => {
			if (type !== 'attempt' || this.record === undefined || this.hasMoved) return;
			// The timer is not restarted: with request after request it would never fire.
			this.hasMoved = true;
			if (this.asking === undefined) this.arm(soonMs);
		});
		const told = this.onDidChange(() => {
			const { ids, shownNow } = this;
			const all = ids && shownNow ? correctionsOf(ids, shownNow, pool.snapshot()) : [];
			for (const one of all) pool.execute(one).catch(this.parts.report);
		});
		return {
			dispose: () => {
				off();
				told.dispose();
			},
		};
	}

	dispose(): void {
		this.isEnded = true;
		this.following.dispose();
		this.timer?.();
		this.asking?.abort();
		this.asking = undefined;
		this.changed.dispose();
	}

	/** Another window may have stored something else meanwhile. */
	private readAgain(): void {
		this.read().catch(this.parts.report);
	}

	private async read(): Promise<void> {
		const reading = ++this.readings;
		this.follows(readRecord(await this.parts.secrets.get(recordName)), reading);
	}

	private follows(record: GatewayRecord | undefined, reading = ++this.readings): void {
		// A read that began later has the newer state.
		if (this.isEnded || reading < this.followedReading) return;
		this.followedReading = reading;
		if (record?.address === this.record?.address && record?.token === this.record?.token) return;
		this.asking?.abort();
		this.asking = undefined;
		this.timer?.();
		this.record = record;
		this.ids = record && gatewayIds(record);
		this.transport = record && this.transportTo(record.address);
		this.shownNow = record && { host: new URL(record.address).host };
		if (record) this.parts.learn(record.token);
		this.changed.fire(undefined);
		void this.refresh();
	}

	private async refresh(): Promise<void> {
		const { record, shownNow } = this;
		if (record === undefined || shownNow === undefined) return;
		const asking = new AbortController();
		this.asking = asking;
		this.hasMoved = false;
		const answer = await this.ask(record, asking.signal);
		if (this.asking !== asking) return;
		this.asking = undefined;
		// The last status stays shown while the gateway cannot be reached, or while something else answers in its place.
		const { host, told } = shownNow;
		const isAway = 'trouble' in answer && answer.trouble !== 'badToken';
		this.shownNow = isAway && told ? { host, told, trouble: 'unreachable' } : { host, ...answer };
		this.changed.fire(undefined);
		this.arm(this.nextMs());
	}

	private async ask(record: GatewayRecord, signal: AbortSignal): Promise<StatusAnswer> {
		try {
			return await this.parts.ask(record, signal);
		} catch (error) {
			// Its code cannot be loaded while the editor replaces the extension: it is tried again later.
			this.parts.report(error);
			return { trouble: 'unreachable' };
		}
	}

	/** Reads the status again after a request, when a wait that it told ends, and at the latest after a minute. */
	private nextMs(): number {
		if (this.hasMoved) return soonMs;
		const now: EpochMs = this.parts.clock.wall();
		const waits = (this.shownNow?.told?.models ?? []).flatMap(({ backAt = now }) =>
			backAt > now ? [backAt - now] : [],
		);
		return Math.max(soonMs, Math.min(pollMs, ...waits));
	}

	private arm(ms: number): void {
		this.timer?.();
		this.timer = this.parts.clock.after(ms, () => void this.refresh());
	}

	private transportTo(baseUrl: string): TransportOverride {
		const { fetch, patientFetch = fetch } = this.parts;
		return { baseUrl, fetch: withMaxWait(fetch), patientFetch: withMaxWait(patientFetch), isGateway: true };
	}
}

/** Sends the headers that a gateway takes, and for how long it may wait for a key. */
const withMaxWait =
	(send: typeof globalThis.fetch): typeof globalThis.fetch =>
	(input, init) => {
		const given = new Headers(init?.headers);
		const kept = headersSent.flatMap((name): [string, string][] => {
			const value = given.get(name);
			return value === null ? [] : [[name, value]];
		});
		return send(input, { ...init, headers: [...kept, ['x-keypool-max-wait-ms', maxWaitMs]] });
	};

const nowhere: TransportOverride = {
	baseUrl: 'https://gateway.invalid',
	fetch: () => Promise.reject(new TypeError('The gateway is not used any more.')),
};
