import { DisposableStore } from '../common/dispose';
import type { Send } from '../common/send';
import {
	createGateway,
	isHost,
	isSameHash,
	logGateway,
	originOf,
	TokenRegistry,
	type ClientStorage,
	type Gateway,
	type GatewayDoors,
	type GatewayRequest,
} from '../gateway/gateway';
import { googleBaseUrl } from '../gemini/gemini';
import { createGemini } from '../gemini/service';
import { checkKey } from '../keys/check/checkKey';
import { causeInWords } from '../localization/clientInWords';
import { createWords } from '../localization/words';
import { createMasker } from '../masking/masking';
import { createLog, errorsTo, type LogChannel } from '../monitoring/log/log';
import { logPool } from '../monitoring/log/poolLog';
import { Metrics } from '../monitoring/metrics/metrics';
import {
	ClientCounts,
	clientOf,
	defaults,
	LeaderElection,
	Maintenance,
	Pool,
	SharedStore,
	startMaintenance,
	within,
	type Clock,
	type EpochMs,
	type KeyId,
	type Reason,
	type Snapshot,
	type SpendingScope,
	type StateStore,
	type StoreBackend,
	type StoreErrorReason,
} from '../pool/pool';
import { createPrices } from '../prices/priceList';
import type { ServePlan } from './arguments';
import type { EnvironmentKeys } from './environmentKeys';
import { isForTeam } from './listenPlan';
import { operatorResponse, type OperatorParts } from './operatorRoutes';
import type { ReplicaTeam } from './team';
import { english, forClients } from './words';

export interface HeadlessParts {
	readonly plan: ServePlan;
	readonly keys: EnvironmentKeys;
	/** Where the log goes, unmasked until here. */
	readonly channel: LogChannel;
	readonly clients: ClientStorage;
	readonly backend: StoreBackend;
	/** What replicas on several machines share, over the store of this one. */
	readonly team: ReplicaTeam | undefined;
	/** One monotonic clock for all processes of the machine. */
	readonly storeClock: Clock;
	/** Runs something after the events that have arrived by now. */
	readonly soon: (run: () => void) => void;
	readonly clock: Clock;
	readonly random: () => number;
	readonly newId: () => string;
	readonly randomBytes: (count: number) => Uint8Array;
	readonly sha256: (text: string) => string;
	readonly metricsToken: string | undefined;
	/** Who may use it beside programs of this computer. */
	readonly doors: GatewayDoors;
	readonly fetch: Send;
	/** The record of quotas cannot be opened, and is kept in memory only. */
	readonly onStoreError: (reason: StoreErrorReason) => void;
	/** Nobody is answered until a person has looked, because of what the service said of a key. */
	readonly onPaused: (reason: Reason, mask: string | undefined) => void;
	/** A tool is refused until a person has looked; why, as in "it …". */
	readonly onHeld: (name: string, why: string) => void;
}

export interface HeadlessGateway {
	readonly gateway: Gateway;
	readonly tokens: TokenRegistry;
	/** Answers one request: a client's, or the operator's. Never rejects. */
	handle(request: GatewayRequest, port: number): Promise<Response>;
	/** Asks the service about each key, one after the other, until one of them pauses the pool. */
	checkKeys(): Promise<void>;
	/** A person has looked: a pause ends, and keys, tiers and clients that were stopped go on. */
	resume(): Promise<void>;
	/** Tells of a pause and of tools that are stopped, also of what was so before. */
	watchStops(): Promise<void>;
	/** `/readyz` answers 503 from now on; requests are still answered. */
	leave(): void;
	/** Ends at once what is under way. */
	dispose(): Promise<void>;
}

/** ms in which answers that are cut must be counted. */
const settleMs = 2_000;
/** ms of silence that count as a broken stream. Nobody can allow more here, and a model may think for minutes first. */
const idle = { firstMs: 5 * 60_000, betweenMs: 30_000 };

/** The pool and its gateway in a process of their own, without an editor: what exists, and who knows whom. */
export function createHeadlessGateway(parts: HeadlessParts): HeadlessGateway {
	const { plan, keys, clock, random, newId, sha256 } = parts;
	const owned = new DisposableStore();
	const masker = createMasker();
	for (const secret of keys.all) masker.learnKey(secret);
	if (parts.metricsToken !== undefined) masker.learn(parts.metricsToken);
	const log = createLog(parts.channel, masker.mask);
	const report = errorsTo(log);
	const words = forClients(createWords(english, { language: 'en', isNamed: true }, () => store.now()));

	const secretOf = (id: KeyId): Promise<string | undefined> => Promise.resolve(keys.secretOf(id));
	const gemini = createGemini({
		secretOf,
		baseUrl: () => plan.baseUrl ?? googleBaseUrl,
		mask: masker.mask,
		keyStream: masker.keyStream,
		maskKeys: masker.maskKeys,
		fetch: parts.fetch,
		now: clock.wall,
	});
	const check = checkKey(secretOf, gemini);
	const machine = new SharedStore({
		backend: parts.backend,
		clock: parts.storeClock,
		soon: parts.soon,
		random,
		onStoreError: (reason, cause) => {
			parts.onStoreError(reason);
			if (cause !== undefined && reason !== 'missing') report(cause);
		},
		onError: report,
	});
	const team = parts.team?.open(machine);
	const store: StateStore = team ?? machine;
	const processId = newId();
	const pool = owned.add(
		new Pool({
			...{ store, clock, random, check, window: processId },
			pricing: () => Promise.resolve(createPrices(() => ({}))),
			onListenerError: report,
		}),
	);
	const { strategy, paidKeys, paidOnly, budget } = plan;
	pool.configure({ ...defaults, strategy, paidKeys, paidOnly, budgets: { pool: budget } });
	const applyKeys = (): void => {
		const list = keys.list();
		pool.setKeys(list.keys, list.projects);
		team?.setKeys(keys.forTeam);
	};
	applyKeys();
	owned.add({
		dispose: pool.onEvent((event) => {
			if (event.type === 'projectNamed' && keys.named(event.key, event.number)) applyKeys();
		}),
	});
	owned.add({ dispose: logPool(pool, clock, log) });
	const metrics = owned.add(new Metrics(pool, clock, masker.mask, 'own'));
	const election = owned.add(new LeaderElection(store, clock, processId));
	election.campaign('housekeeping', () => startMaintenance(new Maintenance(store, pool), clock, report));

	const tokens = owned.add(
		new TokenRegistry({
			storage: parts.clients,
			now: clock.wall,
			newId,
			randomBytes: parts.randomBytes,
			sha256,
			learn: masker.learn,
			report,
		}),
	);
	const gateway = owned.add(
		createGateway({
			...{ pool: parts.team?.poolOf(pool) ?? pool, gemini, tokens, words, clock, newId, report },
			counts: new ClientCounts(store),
			rules: () => ({ paidOnly, fallbackModels: plan.fallbackModels, maxWaitMs: plan.maxWaitMs, idle }),
			doors: () => parts.doors,
			blockedReason: () => Promise.resolve(undefined),
		}),
	);
	owned.add(logGateway(gateway, log));
	let isLeaving = false;
	const operator: OperatorParts = {
		notReady: () => {
			if (isLeaving) return 'leaving';
			if (parts.team?.clients.isKnown === false) return 'noToken';
			return hasKey(pool.snapshot()) ? undefined : 'noKey';
		},
		isForTeam: isForTeam(plan.listen),
		metrics: { contentType: metrics.contentType, text: () => metrics.text() },
		metricsToken: parts.metricsToken,
		isSame: (a, b) => isSameHash(sha256(a), sha256(b)),
		isTrusted: ({ headers }, port) => isHost(headers.get('host'), port, parts.doors) && headers.get('origin') === null,
	};

	return {
		gateway,
		tokens,
		handle: async (request, port) => {
			const response = await operatorResponse(request, port, operator);
			return response ?? gateway.handle(request, { port });
		},
		checkKeys: async () => {
			for (const { id, label } of keys.list().keys) {
				// A supervisor that restarts the process has looked at nothing: the pause holds.
				if (pool.snapshot().paused) return;
				const failure = await pool.check(id);
				if (failure) log.warn(`check failed: ${label} (${failure.action.reason})`);
			}
		},
		resume: async () => {
			const { keys: held, projects } = keys.list();
			await pool.execute({ type: 'resume' });
			for (const { id } of held) await pool.execute({ type: 'liftQuarantine', key: id });
			for (const { id } of projects) await pool.execute({ type: 'restoreTier', project: id });
			for (const { name } of tokens.list()) await pool.execute({ type: 'releaseClient', client: originOf(name) });
		},
		watchStops: async () => {
			let told: EpochMs | undefined;
			const heldSince = new Map<SpendingScope, EpochMs>();
			const tellPause = (): void => {
				const { paused } = store.replica().pool;
				if (paused?.since === told) return;
				told = paused?.since;
				const by = keys.list().keys.find(({ id }) => id === paused?.by);
				if (paused) parts.onPaused(paused.reason, by?.mask);
			};
			const tellHeld = (scope: SpendingScope): void => {
				const held = store.replica().spending.get(scope)?.activity?.held;
				if (held?.since === heldSince.get(scope)) return;
				if (!held) return void heldSince.delete(scope);
				const token = tokens.list().find(({ name }) => originOf(name) === clientOf(scope));
				if (!token) return;
				heldSince.set(scope, held.since);
				parts.onHeld(token.name, causeInWords(held.cause, words.t));
			};
			owned.add({ dispose: pool.onEvent(({ type }) => void (type === 'changed' && tellPause())) });
			const off = store.onDidChange((refs) => {
				for (const ref of refs) if (ref.kind === 'spending') tellHeld(ref.id);
			});
			owned.add({ dispose: off });
			// The store has been read once this resolves.
			await store.transact(() => undefined);
			tellPause();
			for (const scope of store.replica().spending.keys()) tellHeld(scope);
		},
		leave: () => {
			isLeaving = true;
		},
		dispose: async () => {
			await within(clock, settleMs, gateway.drain());
			owned.dispose();
			await team?.close();
			await machine.close();
		},
	};
}

/**
 * Whether some key answers, now or after a wait. Keys that cool down do not make a replica unready: replicas share their limits,
 * so a balancer would leave out all of them, and no client could wait in one or hear until when.
 */
function hasKey({ paused, keys }: Snapshot): boolean {
	const isOfUse = ({ key, isBarred, availability: { state } }: Snapshot['keys'][number]): boolean =>
		key.enabled && !isBarred && state !== 'quarantined' && state !== 'disabled';
	return paused === undefined && keys.some(isOfUse);
}
