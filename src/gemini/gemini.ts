/** The face of the only room that knows the SDK. */
import type * as Sdk from '@google/genai/web';
import type { Masker, StreamMasker } from '../masking/masking';
import { Failure, type Chunk, type Cost, type KeyId, type Open } from '../pool/pool';
import { beginAttempt, type Attempt } from './abort';
import { AnswerReader } from './answer/answer';
import { validateBaseUrl, type BaseUrlCheck } from './request/baseUrl';
import { createClients } from './client';
import { costOf } from './request/cost';
import { failureOf } from './errors/failure';
import { describe } from './errors/network';
import { modelNameIn } from './request/modelName';
import { listModels, touchModels, type ModelInfo } from './models';
import { flawOf, parametersOf } from './request/parameters';
import type { Piece, Prompt } from './request/prompt';
import { maskAlso, sendable } from './request/secret';

export * from './request/prompt';
export { googleBaseUrl } from './request/baseUrl';
export type { ModelInfo } from './models';

export interface GeminiOptions {
	/** The keyring's: undefined where the key is gone. */
	readonly secretOf: (key: KeyId) => Promise<string | undefined>;
	/** Read before each call, so that a changed setting counts at once. */
	readonly baseUrl: () => string;
	readonly mask: Masker;
	/** Redacts held keys in the text of one answer, piece by piece. Absent: texts pass as they come. */
	readonly keyStream?: () => StreamMasker;
	/** The host's, so that its proxy settings are honoured. */
	readonly fetch: typeof globalThis.fetch;
	/** Whether keys may go to an address that is good in itself; asked right before each call. Absent: to all. */
	readonly mayReceive?: (address: Extract<BaseUrlCheck, { ok: true }>) => boolean;
	/** Who answers instead of the service, by secret: that one reaches nobody else, and no other secret reaches it. */
	readonly standIn?: (secret: string) => StandIn | undefined;
	/** ms since 1970, for dates that a host states; absent: the machine's clock. */
	readonly now?: () => number;
}

/** Another service for some secrets, such as the simulator for its own keys. */
export interface StandIn {
	readonly baseUrl: string;
	readonly fetch: typeof globalThis.fetch;
}

/**
 * The Gemini service. Every call throws `Failure` alone, with nothing unmasked in it, or the reason of the caller's own
 * signal once that is aborted.
 */
export interface Gemini {
	/** One streamed call. It ends without a `finished` chunk where the service's stream did: the caller decides what that means. */
	open(prompt: Prompt): Open<Piece>;
	/** What the prompt weighs before it is sent. */
	cost(prompt: Prompt): Cost;
	/** Resolves where the service knows the key. Costs no quota; does not prove that the key may call a model. */
	check(secret: string, signal: AbortSignal): Promise<void>;
	/** The models that can answer prompts, at most 1,000. */
	models(secret: string, signal: AbortSignal): Promise<readonly ModelInfo[]>;
}

export function createGemini(options: GeminiOptions): Gemini {
	const {
		secretOf,
		baseUrl,
		mask,
		keyStream,
		fetch,
		mayReceive = () => true,
		standIn = () => undefined,
		now = Date.now,
	} = options;
	const clients = createClients((secret) => standIn(secret) ?? { baseUrl: address(), fetch }, now);

	async function* answer(
		prompt: Prompt,
		{ key, model, written }: Parameters<Open<Piece>>[0],
		signal: AbortSignal,
	): AsyncGenerator<Chunk<Piece>> {
		const attempt = beginAttempt(signal);
		let safe = mask;
		let reader: AnswerReader | undefined;
		try {
			const { client, secret } = await prepare(attempt, prompt, model, key);
			safe = maskAlso(mask, secret);
			reader = new AnswerReader(model, safe, keyStream);
			const parameters = parametersOf(prompt, model, written, attempt.signal);
			for await (const response of await client.models.generateContentStream(parameters)) {
				yield* reader.read(response);
				if (reader.blocked) break;
			}
			yield* reader.rest();
		} catch (thrown) {
			signal.throwIfAborted();
			yield* reader?.rest() ?? [];
			if (reader?.finished !== true) {
				throw failureOf(thrown, safe, model);
			}
		} finally {
			attempt.end();
		}
	}

	/** Everything that can go wrong before a byte is sent. */
	async function prepare(attempt: Attempt, prompt: Prompt, model: string, key: KeyId): ReturnType<typeof clientOf> {
		const flaw = modelNameIn(model) === undefined ? 'That is no name of a model.' : flawOf(prompt);
		if (flaw !== undefined) {
			throw new Failure({ act: 'fail', why: 'badRequest' }, false, flaw);
		}
		try {
			return await attempt.orAborted(clientOf(key));
		} catch (thrown) {
			throw unsent(thrown, mask);
		}
	}

	async function clientOf(key: KeyId): Promise<{ readonly client: Sdk.GoogleGenAI; readonly secret: string }> {
		const secret = sendable(await secretOf(key));
		return { secret, client: await clients.of(key, secret) };
	}

	function address(): string {
		const url = baseUrl();
		const check = validateBaseUrl(url);
		if (!check.ok) {
			throw new Failure(
				{ act: 'fail', why: 'unexpected' },
				false,
				`The address of the service is refused: ${check.why}.`,
			);
		}
		if (!mayReceive(check)) throw new Failure({ act: 'fail', why: 'hostRefused' }, false, '');
		return url.trim();
	}

	/** A call on a secret that need not belong to a key yet. */
	async function once<T>(
		secret: string,
		signal: AbortSignal,
		call: (client: Sdk.GoogleGenAI, signal: AbortSignal, mask: Masker) => Promise<T>,
	): Promise<T> {
		const safe = maskAlso(mask, secret);
		const attempt = beginAttempt(signal);
		try {
			const client = await attempt.orAborted(clients.once(sendable(secret))).catch((thrown: unknown) => {
				throw unsent(thrown, safe);
			});
			return await call(client, attempt.signal, safe);
		} catch (thrown) {
			signal.throwIfAborted();
			throw failureOf(thrown, safe);
		} finally {
			attempt.end();
		}
	}

	return {
		open: (prompt) => (on, signal) => answer(prompt, on, signal),
		cost: costOf,
		check: (secret, signal) => once(secret, signal, touchModels),
		models: (secret, signal) => once(secret, signal, listModels),
	};
}

function unsent(thrown: unknown, mask: Masker): Failure {
	return thrown instanceof Failure
		? thrown
		: new Failure({ act: 'fail', why: 'unexpected' }, false, mask(describe(thrown)).slice(0, 1000));
}
