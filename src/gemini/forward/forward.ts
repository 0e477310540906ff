import type { Masker } from '../../masking/masking';
import { Failure, type Chunk, type FailureAction, type OpenStream, type ServiceTier } from '../../pool/pool';
import { openAbortScope } from '../abortScope';
import { unsent, type Access, maskAlso } from '../access';
import { serviceTierOf } from '../answer/metadata';
import { failureOf, thoughtSignature } from '../errors/failure';
import { short } from '../request/short';
import type { GeminiOptions } from '../gemini';
import { EventStream, tooLarge } from '../transport/eventStream';
import { checkedBody, guarded, readAtMost } from '../transport/guardedFetch';
import { jsonIn } from '../../common/json';
import { factsOf, type AnswerFacts } from './answerFacts';
import type { Forwarded, ForwardRequest } from './forwardRequest';
import { SeveralAnswers } from './severalAnswers';

/** Bytes of an answer: several pictures. */
const maxBody = 32 * 1024 * 1024;
/** Events that may come before any content. The service sends one or two. */
const maxHeld = 10_000;

/** Sends calls that somebody else has written, as they are: a thin reader tells the pool what it must know of the answer. */
export function createForward(
	access: Access,
	options: GeminiOptions,
): (request: ForwardRequest) => OpenStream<Forwarded> {
	const { mask, maskKeys = (text: string) => text, now = Date.now } = options;

	async function* pieces(
		request: ForwardRequest,
		on: Parameters<OpenStream<Forwarded>>[0],
		signal: AbortSignal,
	): AsyncGenerator<Chunk<Forwarded>> {
		const { key, model, replaceSignatures = false } = on;
		let used: string | undefined;
		const scope = openAbortScope(signal);
		const state = new ForwardState(request, model, mask);
		let isWhole = false;
		try {
			const { secret, baseUrl, fetch, patientFetch = fetch, isGateway = false } = await scope.orAborted(wayFor(key));
			used = secret;
			state.safe = maskAlso(mask, secret);
			state.isGateway = isGateway;
			const send = request.isStream || !request.hasFinish ? fetch : patientFetch;
			const response = await guarded(send, now, baseUrl.replace(/\/$/, '') + request.path(model), {
				method: request.method,
				headers: headersOf(request, secret),
				signal: scope.signal,
				...(request.body && { body: request.body(model, replaceSignatures) }),
			});
			state.serviceTier = serviceTierOf(response.headers);
			if (request.isStream && response.body !== null) {
				const events = new EventStream(response.body, maxBody);
				try {
					for (let some = await events.read(); some; some = await events.read()) {
						for (const text of some.map(maskKeys)) yield* state.read(text, jsonIn(text));
					}
					yield* state.end();
				} finally {
					await events.close();
				}
			} else {
				const text = await readAtMost(response, maxBody, tooLarge);
				const json = checkedBody(text);
				const safe = maskKeys(text);
				yield* state.read(safe, safe === text ? json : jsonIn(safe));
			}
			isWhole = true;
		} catch (thrown) {
			signal.throwIfAborted();
			if (state.isFinished) return;
			const failure = ofRequest(request, failureOf(thrown, state.safe, model, state.isGateway));
			if (!(await access.isReplaced(key, used, failure))) throw failure;
			// Of an answer that broke off the pool decides how it goes on.
			if (!state.hasContent) yield* pieces(request, on, signal);
		} finally {
			scope.end(isWhole);
		}
	}

	async function wayFor(key: Parameters<Access['secretFor']>[0]) {
		try {
			const secret = await access.secretFor(key);
			return { secret, ...access.wayOf(secret) };
		} catch (thrown) {
			throw unsent(thrown, mask);
		}
	}

	return (request) => (on, signal) => pieces(request, on, signal);
}

/** As the service's own are: no key looks like it. */
const codeWord = /^[A-Za-z_]{1,60}$/;

/** Reads the pieces of one answer in order. */
class ForwardState {
	isFinished = false;
	hasContent = false;
	/** A gateway of Keypool was asked. */
	isGateway = false;
	/** The one that answers, where the service tells. */
	serviceTier: ServiceTier | undefined;
	/** What has come before any content: while nothing has gone out, another call can take the place of this one. */
	private held: Forwarded[] = [];
	private readonly several: SeveralAnswers | undefined;

	constructor(
		private readonly request: ForwardRequest,
		private readonly model: string,
		/** Redacts the secret in use as well, as soon as there is one. */
		public safe: Masker,
	) {
		const { answers = 1, isStream } = request;
		if (isStream && answers > 1) this.several = new SeveralAnswers(answers);
	}

	read(text: string, json: unknown): readonly Chunk<Forwarded>[] {
		const { dialect, hasFinish } = this.request;
		if (!hasFinish) {
			this.isFinished = true;
			const { usage } = factsOf(dialect, json);
			return [{ output: { text, json }, finishReason: 'STOP', ...(usage && { usage }) }];
		}
		// A piece that was cut: what comes of it is told in its place.
		if (json === undefined) throw new SyntaxError('A piece of the answer is no JSON');
		const facts = factsOf(dialect, json);
		// Nothing has gone out yet: the call can be made again with other signatures.
		if (facts.finishReason === 'MISSING_THOUGHT_SIGNATURE' && !this.hasContent) {
			const received = this.chunkOf(facts, undefined);
			throw new Failure(thoughtSignature, true, facts.finishReason, 200, undefined, received);
		}
		this.hasContent ||= facts.hasContent;
		const finishReason = this.several ? this.several.add(json, facts.finishReason) : facts.finishReason;
		this.isFinished ||= finishReason !== undefined;
		const chunk = this.chunkOf(facts, finishReason);
		if (!this.hasContent && !this.isFinished) {
			if (this.held.push({ text, json }) > maxHeld) throw tooLarge();
			return [chunk];
		}
		return [...this.release(), { output: { text, json }, ...chunk }];
	}

	/** The service has ended its stream. */
	end(): readonly Chunk<Forwarded>[] {
		const finishReason = this.isFinished ? undefined : this.several?.end();
		if (finishReason === undefined) return [];
		this.isFinished = true;
		return [...this.release(), this.chunkOf({}, finishReason)];
	}

	private release(): readonly Chunk<Forwarded>[] {
		const held = this.held.map((output) => ({ output }));
		this.held = [];
		return held;
	}

	private chunkOf(
		{ usage, servedModel }: Pick<AnswerFacts, 'usage' | 'servedModel'>,
		finishReason: string | undefined,
	): Chunk<never> {
		const isAsked = servedModel === this.model;
		return {
			...(finishReason !== undefined && {
				finishReason: codeWord.test(finishReason) ? finishReason : short(finishReason, this.safe),
			}),
			...(usage !== undefined && { usage }),
			...(this.serviceTier !== undefined && { serviceTier: this.serviceTier }),
			// OpenAI's words may only say back what was asked.
			...(servedModel !== undefined &&
				!(isAsked && this.request.dialect === 'openai') && {
					servedModel: isAsked ? servedModel : short(servedModel, this.safe),
				}),
		};
	}
}

/**
 * Another project's file is refused as if the key might not use the model: the next key may be that project's, and this one is
 * not at fault. And a model may be missing only in this version of the API, or for this method.
 */
function ofRequest({ namesFile }: ForwardRequest, failure: Failure): Failure {
	const { action, sent, serviceMessage, status } = failure;
	const as = (changed: FailureAction): Failure => new Failure(changed, sent, serviceMessage, status);
	if (action.reason === 'noSuchModel') return as({ ...action, isForeign: true });
	return namesFile && action.type === 'denyModel' ? as({ ...action, forMs: 0 }) : failure;
}

function headersOf({ dialect, isStream, body, sdk }: ForwardRequest, secret: string): Record<string, string> {
	return {
		...(dialect === 'gemini' ? { 'x-goog-api-key': secret } : { authorization: `Bearer ${secret}` }),
		...(body && { 'content-type': 'application/json' }),
		...(sdk !== undefined && { 'x-goog-api-client': sdk }),
		accept: isStream ? 'text/event-stream' : 'application/json',
	};
}
