import { fieldsOf, isObject, listOf, textOf, type Json } from '../../common/json';
import type { Masker, StreamMasker } from '../../masking/masking';
import { Failure, type Chunk, type FailureAction, type Received } from '../../pool/pool';
import { emptyAnswer, malformedCall, thoughtSignature } from '../errors/failure';
import { geminiUsage, groundingOf, serviceTierOf, unfinished } from './metadata';
import { PieceMasker } from './pieceMasker';
import type { Piece } from '../request/prompt';
import { short } from '../request/short';

/** Of a function that nobody declared: the service hands it out, and nobody can call it. */
const unexpectedCall = 'UNEXPECTED_TOOL_CALL';
/** Finish reasons that are the model's fault, not the prompt's: without text, a retry may help. */
const failedToWrite = new Set([
	'STOP',
	'MALFORMED_RESPONSE',
	unexpectedCall,
	'TOO_MANY_TOOL_CALLS',
	'NO_IMAGE',
	'IMAGE_OTHER',
]);
/** Pieces that alone are no answer. */
const noAnswer: ReadonlySet<Piece['type']> = new Set(['thought', 'grounding', 'signature']);
/** The form of the service's finish reasons and languages, which no key has. */
const codeWord = /^[A-Z_]{1,60}$/;

/** Reads the responses of one stream, in order. A proxy can have written them: what is not as it should be counts as missing. */
export class AnswerReader {
	/** Whether text, a function call or code has come. Thoughts and sources alone are no answer. */
	private hasAnswer = false;
	private isFinished = false;
	private isBlocked = false;
	/** Calls of functions that were not declared, until the end says whether the service takes them for an answer. */
	private readonly doubtful: Piece[] = [];
	private readonly masker: PieceMasker;

	constructor(
		/** The name that was asked for. */
		private readonly model: string,
		private readonly mask: Masker,
		keyStream: (() => StreamMasker) | undefined,
		/** The names of its functions. */
		private readonly declared: ReadonlySet<unknown>,
	) {
		this.masker = new PieceMasker(keyStream);
	}

	/** True once a finish reason came: the answer is complete, whatever breaks afterwards. */
	get finished(): boolean {
		return this.isFinished;
	}

	/** True once the service has blocked the rest of the answer. */
	get blocked(): boolean {
		return this.isBlocked;
	}

	/** Throws `Failure` if there is nothing to show: a blocked prompt, or a finish reason without text. */
	read(response: Json, headers: Headers): readonly Chunk<Piece>[] {
		const candidate = fieldsOf(listOf(response['candidates'])[0]);
		const ending = textOf(candidate['finishReason']);
		const isDoubtful = (piece: Piece): boolean =>
			piece.type === 'call' && (ending === unexpectedCall || !this.declared.has(piece.name));
		const said = listOf(fieldsOf(candidate['content'])['parts']).flatMap(pieceOf);
		this.doubtful.push(...said.filter(isDoubtful));
		const come = said.filter((piece) => !isDoubtful(piece));
		const isOver = ending !== undefined && ending !== unfinished;
		// A caller that has declared functions can tell the model that there is none of that name.
		if (isOver && ending !== unexpectedCall && this.declared.size > 0) come.push(...this.doubtful.splice(0));
		come.push(...groundingOf(candidate));
		this.hasAnswer ||= come.some(({ type }) => !noAnswer.has(type));
		const usage = isObject(response['usageMetadata']) ? geminiUsage(response['usageMetadata']) : undefined;
		const servedModel = this.servedModel(textOf(response['modelVersion'])?.replace(/^models\//, '') ?? '');
		const serviceTier = serviceTierOf(headers);
		const received: Received = {
			...(usage !== undefined && { usage }),
			...(servedModel !== undefined && { servedModel }),
			...(serviceTier !== undefined && { serviceTier }),
		};
		const finished = this.finishOf(response, candidate, received);
		this.isFinished ||= finished !== undefined;
		const pieces = come.flatMap((piece) => this.masker.push(piece));
		if (finished !== undefined) pieces.push(...this.masker.end());

		const facts: Chunk<Piece> = {
			...(finished !== undefined && { finishReason: codeWord.test(finished) ? finished : short(finished, this.mask) }),
			...received,
		};
		const last = pieces.pop();
		return [...pieces.map(chunkOf), last === undefined ? facts : { ...chunkOf(last), ...facts }];
	}

	private servedModel(model: string): string | undefined {
		if (model === '') return undefined;
		return model === this.model ? model : short(model, this.mask);
	}

	/** What the masker held back, for a stream that ended without a finish reason. */
	rest(): readonly Chunk<Piece>[] {
		return this.masker.end().map(chunkOf);
	}

	private finishOf(response: Json, candidate: Json, received: Received): string | undefined {
		const feedback = fieldsOf(response['promptFeedback']);
		const blocked = textOf(feedback['blockReason']);
		if (blocked !== undefined && !this.hasAnswer) {
			throw this.nothingToShow('prompt blocked', blocked, received, textOf(feedback['blockReasonMessage']));
		}
		this.isBlocked ||= blocked !== undefined;
		// After some text, the block is the finish reason.
		const told = textOf(candidate['finishReason']) ?? blocked;
		// It has reached what one request may write, and nobody asks for more.
		const reason = told === 'CONTINUATION' ? 'MAX_TOKENS' : told;
		if (reason === undefined || reason === unfinished) {
			return undefined;
		}
		if (!this.hasAnswer && !this.isFinished && reason !== 'MAX_TOKENS') {
			throw this.nothingToShow('answer withheld', reason, received, textOf(candidate['finishMessage']));
		}
		return reason;
	}

	private nothingToShow(what: string, reason: string, received: Received, message = ''): Failure {
		const serviceMessage = this.mask([`${what}: ${reason}`, message].filter((text) => text !== '').join('. ')).slice(
			0,
			1000,
		);
		return new Failure(withoutText(reason), true, serviceMessage, 200, undefined, received);
	}
}

function chunkOf(output: Piece): Chunk<Piece> {
	return output.type === 'thought' ? { output, isPreliminary: true } : { output };
}

/** What a finish reason without text means. */
function withoutText(reason: string): FailureAction {
	switch (reason) {
		case 'MALFORMED_FUNCTION_CALL':
			return malformedCall;
		case 'MISSING_THOUGHT_SIGNATURE':
			return thoughtSignature;
		default:
			return failedToWrite.has(reason) ? emptyAnswer : { type: 'fail', reason: 'contentBlocked' };
	}
}

function pieceOf(part: unknown): Piece[] {
	const { text, thought, functionCall, executableCode, codeExecutionResult, inlineData, fileData, thoughtSignature } =
		fieldsOf(part);
	const signature = textOf(thoughtSignature);
	if (isObject(functionCall)) {
		const { name, args = {} } = functionCall;
		const id = textOf(functionCall['id']);
		return [
			{
				...{ type: 'call', name: textOf(name) ?? '', args },
				...(id !== undefined && { id }),
				...(signature !== undefined && { signature }),
			},
		];
	}
	if (isObject(executableCode)) {
		const language = textOf(executableCode['language']) ?? '';
		const code = textOf(executableCode['code']) ?? '';
		// In small letters a key would be none any more for what redacts it.
		return [{ type: 'code', language: codeWord.test(language) ? language.toLowerCase() : language, code }];
	}
	if (isObject(codeExecutionResult)) {
		const outcome = textOf(codeExecutionResult['outcome']) ?? '';
		return [
			{
				type: 'codeResult',
				outcome: outcome === 'OUTCOME_OK' ? '' : outcome,
				output: textOf(codeExecutionResult['output']) ?? '',
			},
		];
	}
	const file = inlineData ?? fileData;
	if (isObject(file)) return [{ type: 'file', mimeType: textOf(file['mimeType']) ?? '' }];
	const words = textOf(text);
	const pieces: Piece[] = words === undefined ? [] : [{ type: thought === true ? 'thought' : 'text', text: words }];
	return signature === undefined ? pieces : [...pieces, { type: 'signature', signature }];
}
