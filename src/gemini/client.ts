import type * as Sdk from '@google/genai/web';
import { fieldsOf, type Json } from '../common/json';
import { lazily } from '../common/lazily';
import type { Answer, Send } from '../common/send';
import type { KeyId } from '../pool/pool';
import { EventStream } from './transport/eventStream';
import { guarded, guardedFetch } from './transport/guardedFetch';

/** Clients are cached, because constructing one takes 0.6 ms; the oldest go first. */
const maxHeld = 256;

/** Where a client sends, and the `fetch` it uses. */
interface Endpoint {
	readonly baseUrl: string;
	readonly fetch: Send;
}

/** SDK clients, one for each key and endpoint. The SDK (59 KB of it are packed) is loaded on first use. */
export interface Clients {
	/** Sends with the key's client; with a new one if its secret or endpoint has changed. */
	of(key: KeyId, secret: string): Promise<(parameters: Sdk.GenerateContentParameters) => Promise<ResponseStream>>;
	/** A client that is not cached, for a secret that may never become a key. */
	once(secret: string): Promise<Sdk.GoogleGenAI>;
}

/**
 * @param endpointOf called before each call; if it throws, nothing is sent
 * @param now ms since 1970
 */
export function createClients(endpointOf: (secret: string) => Endpoint, now: () => number): Clients {
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
			return (parameters) => openStream(entry.client, parameters, (...call) => guarded(endpoint.fetch, now, ...call));
		},
	};
}

/** The answer to one call. */
export interface ResponseStream {
	readonly headers: Headers;
	/** The responses that have come since; undefined at the end. */
	read(): Promise<readonly Json[] | undefined>;
	/** Nothing more is wanted. */
	close(): Promise<void>;
}

/**
 * Sends what the SDK makes of the parameters, and reads the answer here: the SDK's own reader throws and catches an error for
 * each piece, makes a `Response` of it, and does not see all errors.
 */
async function openStream(
	{ models }: Pick<Sdk.GoogleGenAI, 'models'>,
	parameters: Sdk.GenerateContentParameters,
	send: Send,
): Promise<ResponseStream> {
	let answer: Answer | undefined;
	const keep: typeof fetch = async (...call) => {
		answer = await send(...call);
		return new Response(null);
	};
	await models.generateContentStream({ ...parameters, config: { ...parameters.config, httpOptions: { fetch: keep } } });
	if (!answer?.body) throw new Error('Response body is empty');
	const events = new EventStream(answer.body);
	return {
		headers: answer.headers,
		read: async () => (await events.read())?.map(responseIn),
		close: () => events.close(),
	};
}

/** Throws a `SyntaxError` for what is no JSON. */
function responseIn(event: string): Json {
	const parsed: unknown = JSON.parse(event);
	return fieldsOf(/:\s*(?:null\b|"")/.test(event) ? said(parsed) : parsed);
}

/**
 * The service leaves out what it does not say; gateways in front of it write null there, or nothing between quotes. A
 * function's arguments are the model's.
 */
function said(value: unknown): unknown {
	if (Array.isArray(value)) return value.filter((one) => one !== null).map(said);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, one]) =>
			one === null || one === '' ? [] : [[name, name === 'args' ? one : said(one)]],
		),
	);
}
