import type { GoogleGenAI } from '@google/genai/web';
import type { Masker } from '../masking/masking';
import { Failure, type Chunk, type KeyId, type OpenStream } from '../pool/pool';
import { openAbortScope, type AbortScope } from './abortScope';
import { createAccess, hostRefused, unsent, maskAlso, sendable } from './access';
import { AnswerReader } from './answer/answer';
import { createClients, type ResponseStream } from './client';
import { failureOf, unreadable } from './errors/failure';
import { createForward } from './forward/forward';
import type { Gemini, GeminiOptions, TransportOverride } from './gemini';
import { listModels, touchModels } from './models';
import { modelNameIn } from './request/address';
import { sizeOf } from './request/requestSize';
import { flawOf, parametersOf } from './request/parameters';
import type { Piece, Prompt } from './request/prompt';
import { HostWatch } from './transport/guardedFetch';

/** `Gemini` once it is loaded: it opens a stream at once. */
export interface LoadedGemini extends Gemini {
	open(prompt: Prompt): (...call: Parameters<OpenStream<Piece>>) => AsyncIterable<Chunk<Piece>>;
}

export function createGemini(options: GeminiOptions): LoadedGemini {
	const { baseUrl, mask, keyStream, allowed = () => Promise.resolve(true), now = Date.now } = options;
	const watch = new HostWatch(options.fetch, now);
	const access = createAccess({ ...options, fetch: watch.watched });
	const clients = createClients(access.wayOf, now);

	async function* answer(
		prompt: Prompt,
		on: Parameters<OpenStream<Piece>>[0],
		signal: AbortSignal,
	): AsyncGenerator<Chunk<Piece>> {
		const { key, model, written, replaceSignatures } = on;
		const attempt = openAbortScope(signal);
		let used: string | undefined;
		let safe = mask;
		let way: TransportOverride | undefined;
		let reader: AnswerReader | undefined;
		let hasBegun = false;
		let isWhole = false;
		let stream: ResponseStream | undefined;
		try {
			const { open, secret } = await prepare(attempt, prompt, model, key);
			used = secret;
			safe = maskAlso(mask, secret);
			way = access.wayOf(secret);
			const declared = new Set(prompt.options?.functionDeclarations?.map(({ name }) => name));
			reader = new AnswerReader(model, safe, keyStream, declared);
			const parameters = parametersOf(prompt, model, written, attempt.signal, replaceSignatures);
			stream = await open(parameters);
			let isBlocked = false;
			for (let some = await stream.read(); some; some = isBlocked ? undefined : await stream.read()) {
				hasBegun = true;
				for (const response of some) {
					yield* reader.read(response, stream.headers);
					isBlocked = reader.blocked;
					if (isBlocked) break;
				}
			}
			isWhole = !isBlocked;
			yield* reader.rest();
		} catch (thrown) {
			signal.throwIfAborted();
			yield* reader?.rest() ?? [];
			if (reader?.finished !== true) {
				const { baseUrl: address = baseUrl(), isGateway } = way ?? {};
				// A gateway lets the pages that it lists read all that it says.
				if (!hasBegun && isGateway !== true && (await watch.isUnreadable(thrown, address)))
					throw unreadable(thrown, safe);
				const failure = failureOf(thrown, safe, model, isGateway);
				if (!(await access.isReplaced(key, used, failure))) throw failure;
				// Of an answer that broke off the pool decides how it goes on.
				if (!hasBegun) yield* answer(prompt, on, signal);
			}
		} finally {
			await stream?.close();
			attempt.end(isWhole);
		}
	}

	/** Everything that can fail before a byte is sent. */
	async function prepare(attempt: AbortScope, prompt: Prompt, model: string, key: KeyId): ReturnType<typeof clientOf> {
		const flaw = modelNameIn(model) === undefined ? 'That is no name of a model.' : flawOf(prompt);
		if (flaw !== undefined) {
			throw new Failure({ type: 'fail', reason: 'badRequest' }, false, flaw);
		}
		try {
			return await attempt.orAborted(clientOf(key));
		} catch (thrown) {
			throw unsent(thrown, mask);
		}
	}

	async function clientOf(key: KeyId) {
		const secret = await access.secretFor(key);
		return { secret, open: await clients.of(key, secret) };
	}

	async function clientOnce(secret: string): Promise<GoogleGenAI> {
		if (!(await allowed({ secret }))) throw hostRefused();
		return clients.once(sendable(secret));
	}

	/** One call with a secret that need not be a key yet. */
	async function once<T>(
		secret: string,
		signal: AbortSignal,
		call: (client: GoogleGenAI, signal: AbortSignal, mask: Masker) => Promise<T>,
	): Promise<T> {
		const safe = maskAlso(mask, secret);
		const attempt = openAbortScope(signal);
		try {
			const client = await attempt.orAborted(clientOnce(secret)).catch((thrown: unknown) => {
				throw unsent(thrown, safe);
			});
			return await call(client, attempt.signal, safe);
		} catch (thrown) {
			signal.throwIfAborted();
			throw failureOf(thrown, safe, undefined, access.isGateway(secret));
		} finally {
			attempt.end();
		}
	}

	return {
		forward: createForward(access, options),
		open: (prompt) => (on, signal) => answer(prompt, on, signal),
		cost: sizeOf,
		check: (secret, signal) => once(secret, signal, touchModels),
		models: (secret, signal) => once(secret, signal, listModels),
	};
}
