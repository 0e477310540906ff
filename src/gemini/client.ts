import type * as Sdk from '@google/genai/web';
import { lazily } from '../common/lazily';
import type { KeyId } from '../pool/pool';
import { guardedFetch } from './transport/guardedFetch';

/** Construction costs 0.6 ms, so clients are kept; the oldest go first. */
const maxHeld = 256;

/** Where a client sends, and with what. */
interface Endpoint {
	readonly baseUrl: string;
	readonly fetch: typeof globalThis.fetch;
}

/** SDK clients, one for each key and way. The SDK is loaded on first use: it is 415 KB. */
export interface Clients {
	/** The key's client; a new one where its secret or its way has changed. */
	of(key: KeyId, secret: string): Promise<Sdk.GoogleGenAI>;
	/** A client that is not kept, for a secret that may never become a key. */
	once(secret: string): Promise<Sdk.GoogleGenAI>;
}

/**
 * A client goes the way of its secret for good. `wayOf` is asked at each call; it may throw, and nothing is sent then. `now`
 * gives ms since 1970.
 */
export function createClients(wayOf: (secret: string) => Endpoint, now: () => number): Clients {
	const held = new Map<KeyId, Endpoint & { readonly secret: string; readonly client: Sdk.GoogleGenAI }>();
	const sdk = lazily(() => import('@google/genai/web'));

	async function made(secret: string, { baseUrl, fetch }: Endpoint): Promise<Sdk.GoogleGenAI> {
		const { GoogleGenAI } = await sdk();
		return new GoogleGenAI({
			apiKey: secret,
			vertexai: false,
			apiVersion: 'v1beta',
			// Without retryOptions: the pool retries. Without timeout: it would cover the whole stream.
			httpOptions: { baseUrl, fetch: guardedFetch(fetch, now) },
		});
	}

	return {
		once: async (secret) => made(secret, wayOf(secret)),
		async of(key, secret) {
			const way = wayOf(secret);
			const known = held.get(key);
			held.delete(key);
			const entry =
				known?.secret === secret && known.baseUrl === way.baseUrl && known.fetch === way.fetch
					? known
					: { ...way, secret, client: await made(secret, way) };
			held.set(key, entry);
			for (const oldest of held.keys()) {
				if (held.size <= maxHeld) {
					break;
				}
				held.delete(oldest);
			}
			return entry.client;
		},
	};
}
