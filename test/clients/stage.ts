import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createGemini } from '../../src/gemini/service';
import { createGateway, TokenRegistry, type GatewayEvent } from '../../src/gateway/gateway';
import { createWords } from '../../src/localization/words';
import { createMasker } from '../../src/masking/masking';
import { serveGateway } from '../../src/node/http/gatewayServer';
import { systemClock } from '../../src/node/systemClock';
import { ClientCounts, Pool, type ProjectId } from '../../src/pool/pool';
import { serve } from '../../src/simulator/http';
import { createService, systemClock as simulatorClock, type Fault, type Service } from '../../src/simulator/service';
import { aKey } from '../support/aKey';
import { memoryClients } from '../support/gateway/gatewayRig';
import { seeded } from '../support/simulator/stand';
import { InMemoryStore } from '../support/pool/inMemoryStore';

/** A gateway on a port, over keys whose service is a simulator on another: all by sockets, as a client has it. */
export interface Stage {
	/** `http://127.0.0.1:port`. */
	readonly url: string;
	readonly token: string;
	readonly service: Service;
	readonly events: readonly GatewayEvent[];
	close(): Promise<void>;
}

const models = ['gemini-3.8-flash', 'gemini-3.5-flash-lite'];
const quota = { rpm: 1_000, tpm: 10_000_000, rpd: 10_000 };

/** @param faults what each key meets, in their order; `every`: what all meet */
export async function openStage(faults: readonly (readonly Fault[])[], every: readonly Fault[] = []): Promise<Stage> {
	const names = faults.map((_, n) => `key-${n + 1}`);
	const secretOf = (name: string): string => `sim-clients-${name}-${'x'.repeat(20)}`;
	const service = createService({
		clock: simulatorClock,
		chance: seeded(1),
		pace: 2,
		projects: names.map((id) => ({
			id,
			tier: 'free',
			quotas: Object.fromEntries(models.map((name) => [name, quota])),
		})),
		keys: names.map((id, n) => ({ secret: secretOf(id), project: id, faults: faults[n] ?? [] })),
		faults: every,
	});
	const simulator = await serve(service);
	const masker = createMasker();
	for (const name of names) masker.learnKey(secretOf(name));
	const gemini = createGemini({
		secretOf: (key) => Promise.resolve(secretOf(key)),
		baseUrl: () => simulator.url,
		mask: masker.mask,
		maskKeys: masker.maskKeys,
		fetch: globalThis.fetch,
	});
	const store = new InMemoryStore(systemClock);
	const pool = new Pool({
		store,
		clock: systemClock,
		random: Math.random,
		check: (key, signal) => gemini.check(secretOf(key), signal),
	});
	pool.setKeys(
		names.map((id, index) => aKey(id, id, index)),
		names.map((id) => ({ id: id as ProjectId, tier: 'free' })),
	);
	// In order, so that a case knows which key comes first.
	pool.configure({ strategy: 'primaryBackup', model: models[0] ?? '' });
	const tokens = new TokenRegistry({
		storage: memoryClients(),
		now: systemClock.wall,
		newId: randomUUID,
		randomBytes,
		sha256: (text) => createHash('sha256').update(text).digest('hex'),
		learn: masker.learn,
		report: fail,
	});
	const { token } = await tokens.issue({ name: 'client' });
	const gateway = createGateway({
		pool,
		gemini,
		tokens,
		counts: new ClientCounts(store),
		words: createWords((text) => text, { language: 'en' }, systemClock.wall),
		rules: () => ({
			paidOnly: false,
			fallbackModels: [],
			maxWaitMs: 20_000,
			idle: { firstMs: 60_000, betweenMs: 30_000 },
		}),
		doors: () => ({ hosts: [], origins: [] }),
		blockedReason: () => Promise.resolve(undefined),
		clock: systemClock,
		newId: randomUUID,
		report: fail,
	});
	const events: GatewayEvent[] = [];
	gateway.onEvent((event) => events.push(event));
	const server = await serveGateway({ port: 0, handle: (request, port) => gateway.handle(request, { port }) });
	return {
		url: `http://127.0.0.1:${server.port}`,
		token,
		service,
		events,
		close: async () => {
			await server.close();
			gateway.dispose();
			pool.dispose();
			await store.close();
			await simulator.close();
		},
	};
}

function fail(error: unknown): void {
	console.error(error);
}
