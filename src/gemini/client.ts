import type * as Sdk from '@google/genai/web';
import { lazily } from '../lazily';
import type { KeyId } from '../pool/pool';
import { guardedFetch } from './guardedFetch';

/** Construction costs 0.6 ms, so clients are kept; the oldest go first. */
const maxHeld = 256;

/** SDK clients, one for each key and base URL. The SDK is loaded on first use: it is 415 KB. */
export interface Clients {
	/** The key's client; a new one where its secret or the base URL has changed. */
	of(key: KeyId, secret: string, baseUrl: string): Promise<Sdk.GoogleGenAI>;
	/** A client that is not kept, for a secret that may never become a key. */
	once(secret: string, baseUrl: string): Promise<Sdk.GoogleGenAI>;
}

export function createClients(fetch: typeof globalThis.fetch): Clients {
	const held = new Map<
		KeyId,
		{ readonly secret: string; readonly baseUrl: string; readonly client: Sdk.GoogleGenAI }
	>();
	const guarded = guardedFetch(fetch);
	const sdk = lazily(() => import('@google/genai/web'));

	async function once(secret: string, baseUrl: string): Promise<Sdk.GoogleGenAI> {
		const { GoogleGenAI } = await sdk();
		return new GoogleGenAI({
			apiKey: secret,
			vertexai: false,
			apiVersion: 'v1beta',
			// Without retryOptions: the pool retries. Without timeout: it would cover the whole stream.
			httpOptions: { baseUrl, fetch: guarded },
		});
	}

	return {
		once,
		async of(key, secret, baseUrl) {
			const known = held.get(key);
			held.delete(key);
			const entry =
				known?.secret === secret && known.baseUrl === baseUrl
					? known
					: { secret, baseUrl, client: await once(secret, baseUrl) };
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
