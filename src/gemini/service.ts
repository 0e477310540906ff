import type { GoogleGenAI } from '@google/genai/web';
import type { Masker } from '../masking/masking';
import { Failure, type Chunk, type KeyId, type OpenStream } from '../pool/pool';
import { openAbortScope, type AbortScope } from './abortScope';
import { AnswerReader } from './answer/answer';
import { createClients } from './client';
import { failureOf } from './errors/failure';
import { describe } from './errors/network';
import type { Gemini, GeminiOptions } from './gemini';
import { listModels, touchModels } from './models';
import { validateBaseUrl } from './request/baseUrl';
import { sizeOf } from './request/requestSize';
import { modelNameIn } from './request/modelName';
import { flawOf, parametersOf } from './request/parameters';
import type { Piece, Prompt } from './request/prompt';
import { maskAlso, sendable } from './request/secret';

export function createGemini(options: GeminiOptions): Gemini {
	const {
		secretOf,
		baseUrl,
		mask,
		keyStream,
		fetch,
		mayReceive = () => true,
		allowed = () => Promise.resolve(true),
		transportOverride: standIn = () => undefined,
		now = Date.now,
	} = options;
	const clients = createClients((secret) => standIn(secret) ?? { baseUrl: address(), fetch }, now);

	async function* answer(
		prompt: Prompt,
		{ key, model, written }: Parameters<OpenStream<Piece>>[0],
		signal: AbortSignal,
	): AsyncGenerator<Chunk<Piece>> {
		const attempt = openAbortScope(signal);
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

	async function clientOf(key: KeyId): Promise<{ readonly client: GoogleGenAI; readonly secret: string }> {
		if (!(await allowed({ key }))) throw hostRefused();
		const secret = sendable(await secretOf(key));
		return { secret, client: await clients.of(key, secret) };
	}

	function address(): string {
		const url = baseUrl();
		const check = validateBaseUrl(url);
		if (!check.ok) {
			throw new Failure(
				{ type: 'fail', reason: 'unexpected' },
				false,
				`The address of the service is refused: ${check.reason}.`,
			);
		}
		if (!mayReceive(check)) throw hostRefused();
		return url.trim();
	}

	async function clientOnce(secret: string): Promise<GoogleGenAI> {
		if (!(await allowed({ secret }))) throw hostRefused();
		return clients.once(sendable(secret));
	}

	/** A call on a secret that need not belong to a key yet. */
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
			throw failureOf(thrown, safe);
		} finally {
			attempt.end();
		}
	}

	return {
		open: (prompt) => (on, signal) => answer(prompt, on, signal),
		cost: sizeOf,
		check: (secret, signal) => once(secret, signal, touchModels),
		models: (secret, signal) => once(secret, signal, listModels),
	};
}

const hostRefused = (): Failure => new Failure({ type: 'fail', reason: 'hostRefused' }, false, '');

function unsent(thrown: unknown, mask: Masker): Failure {
	return thrown instanceof Failure
		? thrown
		: new Failure({ type: 'fail', reason: 'unexpected' }, false, mask(describe(thrown)).slice(0, 1000));
}
