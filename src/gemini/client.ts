import type * as Sdk from '@google/genai/web';
import { lazily } from '../common/lazily';
import type { KeyId } from '../pool/pool';
import { readSdk } from './readSdk';
import { guardedFetch } from './transport/guardedFetch';
import type { Send } from '../common/send';

/** Clients are cached, because constructing one takes 0.6 ms; the oldest go first. */
const maxHeld = 256;

/** Where a client sends, and the `fetch` it uses. */
interface Endpoint {
	readonly baseUrl: string;
	readonly fetch: Send;
}

/** SDK clients, one for each key and endpoint. The SDK (415 KB) is loaded on first use. */
export interface Clients {
	/** The key's client; a new one if its secret or endpoint has changed. */
	of(key: KeyId, secret: string): Promise<Sdk.GoogleGenAI>;
	/** A client that is not cached, for a secret that may never become a key. */
	once(secret: string): Promise<Sdk.GoogleGenAI>;
}

/**
 * @param endpointOf called before each call; if it throws, nothing is sent
 * @param now ms since 1970
 */
export function createClients(endpointOf: (secret: string) => Endpoint, now: () => number): Clients {
	const held = new Map<KeyId, Endpoint & { readonly secret: string; readonly client: Sdk.GoogleGenAI }>();
	const sdk = lazily(readSdk);

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
		once: async (secret) => made(secret, endpointOf(secret)),
		async of(key, secret) {
			const endpoint = endpointOf(secret);
			const known = held.get(key);
			held.delete(key);
			const entry =
				known?.secret === secret && known.baseUrl === endpoint.baseUrl && known.fetch === endpoint.fetch
					? known
					: { ...endpoint, secret, client: await made(secret, endpoint) };
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
