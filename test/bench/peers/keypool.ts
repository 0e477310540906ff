import { createGemini } from '../../../src/gemini/service';
import { systemClock } from '../../../src/node/systemClock';
import { Pool, type Clock, type KeyId, type Limits, type ProjectId } from '../../../src/pool/pool';
import { patienceMs } from './load';
import type { Peer, Place } from './peer';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

interface Surroundings {
	readonly clock: Clock;
	readonly random: () => number;
	readonly fetch: typeof globalThis.fetch;
	/** What the person has told of each project's quotas; absent: nothing. */
	readonly limits?: Readonly<Record<string, Limits>>;
}

interface Keypool extends Peer {
	/** Over once the SDK is loaded, which takes real time. Sends one list of models. */
	ready(): Promise<void>;
}

/** The pool as the extension makes it, with every option as it comes and nothing known of any quota. */
export function keypool(
	{ baseUrl, keys, model }: Place,
	{ clock, random, fetch, limits = {} }: Surroundings = {
		clock: systemClock,
		random: Math.random,
		fetch: globalThis.fetch,
	},
): Keypool {
	const secrets = new Map(keys.map(({ secret }, n) => [`k${n}`, secret]));
	const gemini = createGemini({
		secretOf: (key) => Promise.resolve(secrets.get(key)),
		baseUrl: () => baseUrl,
		mask: (text) => text,
		fetch,
		now: () => clock.wall(),
	});
	const pool = new Pool({
		store: new InMemoryStore(clock),
		clock,
		random,
		check: (key, signal) => gemini.check(secrets.get(key) ?? '', signal),
	});
	pool.setKeys(
		keys.map(({ project, weight }, n) => ({
			id: `k${n}` as KeyId,
			project: project as ProjectId,
			label: `Key ${n}`,
			mask: '…',
			sortOrder: String(n).padStart(3, '0'),
			role: 'primary',
			weight,
			enabled: true,
		})),
		[...new Set(keys.map(({ project }) => project))].map((id) => {
			return { id: id as ProjectId, tier: 'free', ...(limits[id] && { limits: { [model]: limits[id] } }) };
		}),
	);
	pool.configure({ model });
	return {
		ready: () => gemini.check(secrets.get('k0') ?? '', new AbortController().signal),
		async *ask(question, signal) {
			const prompt = { turns: [{ role: 'user', content: [{ type: 'text', text: question }] }] } as const;
			const parts = pool.stream(
				{
					id: crypto.randomUUID(),
					origin: 'chat',
					models: [model],
					priority: 'chat',
					size: gemini.cost(prompt),
					needs: {},
					recovery: 'retract',
					maxWaitMs: patienceMs,
					timeoutMs: patienceMs,
					idle: { firstMs: 60_000, betweenMs: 30_000 },
				},
				gemini.open(prompt),
				signal,
			);
			for await (const part of parts) {
				if (part.type === 'retract') yield { forget: true };
				else if (part.type === 'output' && part.value.type === 'text') yield { text: part.value.text };
			}
		},
		close: () => {
			pool.dispose();
			return Promise.resolve();
		},
	};
}
