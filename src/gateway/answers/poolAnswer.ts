import { fieldsOf, isObject, listOf, textOf } from '../../common/json';
import { callDigest } from '../../common/callDigest';
import type { Forwarded, Gemini } from '../../gemini/gemini';
import { isForChat } from '../../gemini/request/forChat';
import type { Words } from '../../localization/words';
import {
	PoolError,
	type Attempt,
	type ClientCounts,
	type Clock,
	type Needs,
	type OpenStream,
	type Pool,
	type PoolRequest,
	type PoolStream,
	type Session,
	type StreamPart,
} from '../../pool/pool';
import { originOf, type ClientRecord } from '../clients/clientRecord';
import { PlaceTakenBack } from '../clients/clients';
import type { GatewayRules } from '../parts';
import { generationConfigOf } from '../requests/answerBounds';
import type { Call } from '../requests/call';
import type { SignatureMemory } from '../requests/signatures';
import { lastToolCalls } from '../requests/toolCalls';
import { framingOf } from './framing';
import { errorBody, type GatewayError } from './gatewayError';
import { fromRefusal } from './ownErrors';
import { fromPoolError } from './poolErrors';
import { OpenAiWords } from './openAiWords';
import { errorResponse, okResponse, wayHeaders } from './responses';

export interface PoolAnswerParts {
	readonly pool: Pick<Pool, 'stream' | 'noteToolCall'>;
	readonly gemini: Pick<Gemini, 'forward'>;
	readonly words: Pick<Words, 'describeError' | 't'>;
	readonly clock: Clock;
	readonly counts: Pick<ClientCounts, 'now'>;
	readonly signatures: SignatureMemory;
	readonly blockedReason: (isAsked: false) => Promise<'hostRefused' | 'keysLocked' | undefined>;
}

/** One request, as it goes to the pool. */
export interface Asked {
	readonly id: string;
	readonly client: ClientRecord;
	readonly call: Call;
	readonly session: Session;
	readonly needs: Needs;
	readonly priority: 'chat' | 'batch';
	readonly rules: GatewayRules;
	/** ms after which the client has left. */
	readonly timeoutMs: number | undefined;
	readonly signal: AbortSignal;
	/** Called once, when the request is over. */
	readonly ended: (status: number, isWhole: boolean, attempts: readonly Attempt[]) => void;
}

/** ms that an answer which comes whole may be silent. */
const wholeAnswerMs = 10 * 60_000;

/** Asks the pool, and answers in the client's own form. Nothing is sent before the first piece has come. */
export async function answerFromPool(asked: Asked, parts: PoolAnswerParts): Promise<Response> {
	const { call, ended } = asked;
	const answer = new PoolAnswer(asked, parts);
	try {
		const first = await answer.first();
		const framing = framingOf(call.dialect, call.form);
		if (call.form === 'whole') {
			const text = await answer.rest(first);
			const response = okResponse(text, framing.contentType, answer.headers());
			ended(200, true, answer.attempts);
			return response;
		}
		return okResponse(answer.stream(first), framing.contentType, answer.headers());
	} catch (thrown) {
		const error = errorOf(thrown, asked, parts);
		ended(error.status, false, answer.attempts);
		return errorResponse(call.dialect, error, answer.headers());
	}
}

class PoolAnswer {
	private readonly poolStream: PoolStream<Forwarded>;
	private readonly parts: AsyncIterator<StreamPart<Forwarded>>;
	private model: string;
	private waitedMs = 0;
	private waitsSince: number | undefined;
	private fallbacks = 0;
	private readonly words: OpenAiWords;

	constructor(
		private readonly asked: Asked,
		private readonly given: PoolAnswerParts,
	) {
		const { client, call, signal } = asked;
		this.model = call.model;
		this.words = new OpenAiWords(call);
		const forward = given.gemini.forward(call.forward(given.signatures.editsFor(client.id, call.body)));
		const open: OpenStream<Forwarded> = (on, stop) => {
			this.waitedMs = this.waited();
			this.waitsSince = undefined;
			this.model = on.model;
			return forward(on, stop);
		};
		const precheck = async (): Promise<PoolError | undefined> => {
			const reason = await given.blockedReason(false);
			return reason && new PoolError(reason, []);
		};
		this.poolStream = given.pool.stream(poolRequestOf(asked), open, signal, { precheck });
		this.parts = this.poolStream[Symbol.asyncIterator]();
	}

	/** The attempts so far. */
	get attempts(): readonly Attempt[] {
		return this.poolStream.attempts;
	}

	/** Headers that say how the answer came about so far. */
	headers(): Readonly<Record<string, string>> {
		const { model, fallbacks, asked } = this;
		return wayHeaders({ request: asked.id, model, waitedMs: this.waited(), fallbacks });
	}

	/** The first piece; whatever happens before it is invisible. Throws `PoolError`. */
	async first(): Promise<Forwarded> {
		const piece = await this.next();
		if (piece === undefined) throw new PoolError('emptyAnswer', []);
		return piece;
	}

	/** The last piece of an answer that comes whole. It replaces the earlier ones, whose attempts broke off. */
	async rest(first: Forwarded): Promise<string> {
		let text = first.text;
		for (let piece = await this.next(); piece !== undefined; piece = await this.next()) text = piece.text;
		return text;
	}

	stream(first: Forwarded): ReadableStream<Uint8Array> {
		const { call, ended } = this.asked;
		const framing = framingOf(call.dialect, call.form);
		const encoder = new TextEncoder();
		let waiting: Forwarded | undefined = first;
		let broken: Error | undefined;
		return new ReadableStream<Uint8Array>(
			{
				pull: async (controller) => {
					// The frame that says why went out first: an error at once would discard it.
					if (broken) throw broken;
					try {
						const piece = waiting ?? (await this.next());
						waiting = undefined;
						controller.enqueue(encoder.encode(piece === undefined ? framing.end() : framing.piece(piece.text)));
						if (piece !== undefined) return;
						controller.close();
						ended(200, true, this.attempts);
					} catch (thrown) {
						const error = errorOf(thrown, this.asked, this.given);
						broken = new Error('The answer could not be ended.');
						controller.enqueue(encoder.encode(framing.error(errorBody(call.dialect, error))));
						ended(200, false, this.attempts);
					}
				},
				cancel: async () => {
					await this.parts.return?.();
					ended(200, false, this.attempts);
				},
			},
			{ highWaterMark: 0 },
		);
	}

	/** The next piece that the client is to have; undefined at the end of a whole answer. Throws `PoolError`. */
	private async next(): Promise<Forwarded | undefined> {
		for (;;) {
			const next: IteratorResult<StreamPart<Forwarded>, unknown> = await this.parts.next();
			if (next.done === true) return this.ending();
			const part = next.value;
			switch (part.type) {
				case 'output': {
					const piece = this.inItsWords(part.value);
					if (this.learn(part.value)) return piece;
					break;
				}
				case 'waiting':
					this.waitsSince ??= this.given.clock.monotonic();
					break;
				case 'switched':
					this.fallbacks++;
					break;
				case 'done':
					// One more step of the store, beside the one in which the pool counts the request at its end.
					await this.noteToolCalls();
					break;
				// Only an answer that comes whole is retracted, and of that the last piece counts.
				case 'retract':
					break;
			}
		}
	}

	/** Reads what the gateway must know of a piece. False if it holds only the usage, which is sent at the end. */
	private learn({ json }: Forwarded): boolean {
		const { call, client } = this.asked;
		const { modelVersion, model = modelVersion, choices, usage } = fieldsOf(json);
		if (typeof model === 'string') this.model = model.replace(/^models\//, '');
		if (call.dialect !== 'openai' || call.type !== 'generate') return true;
		for (const choice of listOf(choices).map(fieldsOf)) {
			this.given.signatures.learn(client.id, fieldsOf(choice['delta'] ?? choice['message']));
		}
		return call.form === 'whole' || !isObject(usage) || listOf(choices).length > 0;
	}

	private inItsWords(piece: Forwarded): Forwarded {
		if (this.asked.call.dialect !== 'openai') return piece;
		return { ...piece, text: this.words.mended(piece.text, piece.json) };
	}

	private ending(): Forwarded | undefined {
		const text = this.words.ending();
		return text === undefined ? undefined : { text, json: undefined };
	}

	/** The pool holds a client whose model calls the same tool again and again, from its next request on. */
	private async noteToolCalls(): Promise<void> {
		const { call } = this.asked;
		for (const { name, args } of lastToolCalls(call.dialect, call.body)) {
			// While the store is away the count is lost; the answer is not.
			await this.given.pool.noteToolCall(originOf(this.asked.client.name), callDigest(name, args)).catch(() => false);
		}
	}

	/** ms, with the wait under way. */
	private waited(): number {
		return this.waitedMs + (this.waitsSince === undefined ? 0 : this.given.clock.monotonic() - this.waitsSince);
	}
}

function poolRequestOf(asked: Asked): PoolRequest {
	const { id, client, call, session, needs, priority, rules, timeoutMs } = asked;
	const { conversation, model } = call;
	// No silent downgrade: a conversation with tools keeps its model, vectors of two models do not compare, and the service takes
	// no cache with another model.
	const mayFallBack = call.type === 'generate' && !conversation.usesTools && !conversation.namesCache;
	const listed = client.rules.fallbackModels ?? rules.fallbackModels;
	const allowed = listed.filter((other) => other !== model && (client.rules.models?.includes(other) ?? true));
	return {
		id,
		origin: originOf(client.name),
		models: [model, ...(mayFallBack ? allowed : [])],
		priority,
		...(client.rules.batch && { isOfBatchClient: true }),
		size: call.size,
		...(call.serviceTier && { serviceTier: call.serviceTier }),
		needs,
		// An answer that comes whole has not been sent before it is complete.
		recovery: call.form === 'whole' ? 'retract' : 'fail',
		maxWaitMs: rules.maxWaitMs,
		...(timeoutMs !== undefined && { timeoutMs }),
		...(call.type === 'generate' && { session, canReplaceSignatures: conversation.hasCalls }),
		mayPause: conversation.usesTools || mayBeMedia(call),
		idle: {
			firstMs: call.form === 'whole' ? wholeAnswerMs : rules.idle.firstMs,
			betweenMs: rules.idle.betweenMs,
		},
	};
}

/** Whether a picture or sound may come, which Google sends in one piece. */
function mayBeMedia({ model, body }: Call): boolean {
	const config = generationConfigOf(body);
	const kinds = listOf(config['responseModalities'] ?? config['response_modalities']);
	return !isForChat(model) || kinds.some((kind) => textOf(kind)?.toUpperCase() !== 'TEXT');
}

/**
 * Why there is no answer. A client whose request the gateway has ended is told so, because it stopped nothing itself. A client
 * whose token is for paid keys is told of its token, not of a setting.
 */
export function errorOf(
	thrown: unknown,
	{ client, signal, call }: Pick<Asked, 'client' | 'signal'> & { readonly call?: Call },
	{ words, counts }: Pick<PoolAnswerParts, 'words' | 'counts'>,
): GatewayError {
	const error = ofFile(asPoolError(thrown), call);
	const ended: unknown = signal.reason;
	if (error.reason === 'cancelled' && ended instanceof PlaceTakenBack) return fromRefusal({ type: ended.why }, words.t);
	// The pool is closing, perhaps with its window, and the client is still there: another window answers in a moment.
	if (error.reason === 'cancelled' && !signal.aborted) return fromRefusal({ type: 'stopping' }, words.t);
	const hasNone = error.reason === 'noUsableKey' && error.attempts.length === 0;
	if (client.rules.keys === 'free' && hasNone) return fromRefusal({ type: 'noFreeKey' }, words.t);
	if (client.rules.keys !== 'paid') return fromPoolError(error, words, counts.now());
	if (error.reason === 'paidOnly') return fromRefusal({ type: 'noPaidKey' }, words.t);
	const { paidOnly: _, ...facts } = error.facts;
	return fromPoolError(new PoolError(error.reason, error.attempts, facts), words, counts.now());
}

/** No key may use a file or a cache that the request names. The service words that as if it were about the model. */
function ofFile(error: PoolError, call: Call | undefined): PoolError {
	const isFile = error.reason === 'modelDenied' && call?.conversation.namesFile === true;
	return isFile ? new PoolError('badRequest', error.attempts, error.facts) : error;
}

export function asPoolError(thrown: unknown): PoolError {
	return thrown instanceof PoolError ? thrown : new PoolError('unexpected', []);
}
