import { usualTokens } from './gemini/request/requestSize';
import type { Gemini, Piece, Prompt } from './gemini/gemini';
import { merged } from './generation/merged';
import type { GenerationOptions } from './generation/options';
import {
	PoolError,
	type RequestSize,
	type OpenStream,
	type Pool,
	type PoolFacts,
	type PoolStream,
	type PoolRequest,
} from './pool/pool';
import type { Settings } from './settings/settings';

/**
 * What a surface says beside the prompt; everything else (fallbacks, waits, paid-only, cost, options of the setting) is
 * decided behind `Ask`, once.
 */
export interface AskOptions {
	/** The surface: `chat`, `palette`, `selection`, `batch`. */
	readonly origin: string;
	/** Absent: the setting's model. */
	readonly model?: string;
	/** Models that may answer instead; absent: the setting's. */
	readonly fallbackModels?: readonly string[];
	/** Absent: `chat`. */
	readonly priority?: 'chat' | 'batch';
	/** The conversation that the prompt belongs to: the key that answered it last is preferred. */
	readonly session?: string;
	/** Whether the model goes on where it stopped to call a tool. */
	readonly isInTurn?: boolean;
	/** What the surface can bear when a stream breaks after text was shown; absent: `retract`. */
	readonly recovery?: 'retract' | 'continue' | 'fail';
}

/** The prompt as a model can take it in; never larger than for the model that is wanted. */
export type PromptFor = (model: string) => Prompt;

/**
 * The one door from a surface to the pool. Iterating throws `PoolError` only. What a model cannot take in is not sent to
 * it: no fallback that is too small is asked, and a prompt that is too long for the wanted model ends as `promptTooLong`.
 */
export type Ask = (prompt: Prompt | PromptFor, options: AskOptions, signal: AbortSignal) => PoolStream<Piece>;

export interface Models {
	/** Input tokens that a model takes in; undefined where the service has not told. */
	inputLimit(model: string): number | undefined;
}

export interface AskParts {
	readonly pool: Pool;
	readonly gemini: Pick<Gemini, 'open' | 'cost'>;
	readonly settings: Settings;
	readonly models: Models;
	/** Resolves to what stands between the keys and the service, if anything; asks the user where that is needed. */
	readonly blockedReason: () => Promise<'hostRefused' | 'keysLocked' | undefined>;
	/** Unique ids for requests. */
	readonly newId: () => string;
}

/** ms that a batch waits for a key at most. */
const batchWaitMs = 15 * 60_000;

export function createAsk(parts: AskParts): Ask {
	const { pool, gemini, blockedReason } = parts;
	return (prompt, options, signal) => {
		const defaults = parts.settings.generation.value;
		const promptFor = (model: string): Prompt =>
			withDefaults(typeof prompt === 'function' ? prompt(model) : prompt, defaults);
		const request = requestOf(promptFor, options, parts);
		const [wanted] = request.models;
		const open: OpenStream<Piece> = (on, stop) => gemini.open(promptFor(on.model))(on, stop);
		// Nothing is sent before it is clear that nothing stands in the way: a look at the keys, and at who may have them.
		const precheck = async (): Promise<PoolError | undefined> => {
			const excess = contextOverflow(request.size, wanted, parts.models);
			const reason = excess ? 'promptTooLong' : await blockedReason();
			return reason && new PoolError(reason, [], excess);
		};
		return pool.stream(request, open, signal, precheck);
	};
}

/** The prompt as it is sent: what it does not say itself, the setting says. */
export function withDefaults(prompt: Prompt, defaults: GenerationOptions): Prompt {
	return { ...prompt, options: merged(prompt.options ?? {}, defaults) };
}

function requestOf(
	promptFor: PromptFor,
	{
		origin,
		model = '',
		fallbackModels,
		priority = 'chat',
		session,
		isInTurn = false,
		recovery = 'retract',
	}: AskOptions,
	parts: AskParts,
): PoolRequest {
	const { settings, gemini, newId } = parts;
	const wanted = model === '' ? settings.model.value : model;
	const prompt = promptFor(wanted);
	const fallbacks = fallbackModels ?? settings.fallbackModels.value;
	const fits = (other: string): boolean =>
		parts.models.inputLimit(other) === undefined ||
		contextOverflow(gemini.cost(promptFor(other)), other, parts.models) === undefined;
	return {
		id: newId(),
		origin,
		models: [wanted, ...fallbacks.filter((other) => other !== wanted && fits(other))],
		priority,
		size: gemini.cost(prompt),
		needs: settings.paidOnly.value ? { paid: true } : {},
		recovery,
		...(session !== undefined && { session: { id: session, isInTurn } }),
		canReplaceSignatures: prompt.turns.some(({ content }) => content.some(({ type }) => type === 'call')),
		maxWaitMs: priority === 'chat' ? settings.maxWait.value : batchWaitMs,
		idle: { firstMs: settings.firstTokenTimeout.value, betweenMs: settings.idleTimeout.value },
	};
}

/** By how much a prompt is too long for a model; undefined where it is not, as far as is known. */
export function contextOverflow(cost: RequestSize, model: string, models: Models): PoolFacts | undefined {
	const limit = models.inputLimit(model);
	const size = usualTokens(cost);
	return limit !== undefined && size > limit ? { size, limit, model } : undefined;
}
