import { usualTokens } from './gemini/request/requestSize';
import type { Gemini, Piece, Prompt } from './gemini/gemini';
import { merged } from './generation/merged';
import type { GenerationOptions } from './generation/options';
import {
	isProgram,
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
 * What a surface passes besides the prompt. `Ask` decides everything else once: fallbacks, waits, paid-only, size and default
 * options.
 */
export interface AskOptions {
	/** The surface: `chat`, `palette`, `selection`, `batch`. */
	readonly origin: string;
	/** Default: the setting's model. */
	readonly model?: string;
	/** Models that may answer instead; absent: the setting's. */
	readonly fallbackModels?: readonly string[];
	/** Default: `chat`. */
	readonly priority?: 'chat' | 'batch';
	/** The conversation that the prompt belongs to: the key that answered it last is preferred. */
	readonly session?: string;
	/** Whether the model goes on where it stopped to call a tool. */
	readonly isInTurn?: boolean;
	/** How the surface handles a stream that breaks after text was shown. Default: `retract`. */
	readonly recovery?: 'retract' | 'continue' | 'fail';
}

/** The prompt, trimmed to what a model takes; never larger than for the wanted model. */
export type PromptFor = (model: string) => Prompt;

/**
 * The only way from a surface to the pool. Iterating throws only `PoolError`. A model is not sent what it cannot take: too
 * small fallbacks are skipped, and a prompt that is too long for the wanted model fails with `promptTooLong`.
 */
export type Ask = (prompt: Prompt | PromptFor, options: AskOptions, signal: AbortSignal) => PoolStream<Piece>;

export interface Models {
	/** A model's limit of input tokens; undefined if unknown. */
	inputLimit(model: string): number | undefined;
}

export interface AskParts {
	readonly pool: Pool;
	readonly gemini: Pick<Gemini, 'open' | 'cost'>;
	readonly settings: Settings;
	readonly models: Models;
	/** Resolves to why nothing may be sent now, if there is a reason. May ask the user. */
	readonly blockedReason: () => Promise<'hostRefused' | 'keysLocked' | undefined>;
	/** Asks the user about a request that is over budget. Default: it fails. */
	readonly overBudget?: OverBudget;
	/** Unique ids for requests. */
	readonly newId: () => string;
}

/** What the user decides about a request over budget: send it again, let it wait for at most `ms`, or stop. */
export type BudgetAnswer =
	| { readonly type: 'again' }
	| { readonly type: 'wait'; readonly ms: number }
	| { readonly type: 'stop' };
export type OverBudget = (facts: PoolFacts, signal: AbortSignal) => Promise<BudgetAnswer>;

/** ms. Maximum wait of a batch request. */
const batchWaitMs = 15 * 60_000;

export function createAsk(parts: AskParts): Ask {
	const { pool, gemini, blockedReason, overBudget, newId } = parts;
	return (prompt, options, signal) => {
		const defaults = parts.settings.generation.value;
		const promptFor = (model: string): Prompt =>
			withDefaults(typeof prompt === 'function' ? prompt(model) : prompt, defaults);
		const request = requestOf(promptFor, options, parts);
		const [wanted] = request.models;
		const open: OpenStream<Piece> = (on, stop) => gemini.open(promptFor(on.model))(on, stop);
		// Nothing is sent before the keys are loaded and the host is confirmed.
		const precheck = async (): Promise<PoolError | undefined> => {
			const excess = contextOverflow(request.size, wanted, parts.models);
			const reason = excess ? 'promptTooLong' : await blockedReason();
			return reason && new PoolError(reason, [], excess);
		};
		const retry = async ({ facts }: PoolError): Promise<PoolRequest | undefined> => {
			if (!facts.shortage || isProgram(options.origin) || !overBudget) return undefined;
			const answer = await overBudget(facts, signal);
			if (answer.type === 'stop' || signal.aborted) return undefined;
			const { maxWaitMs } = request;
			return { ...request, id: newId(), maxWaitMs: answer.type === 'wait' ? answer.ms : maxWaitMs };
		};
		return pool.stream(request, open, signal, { precheck, retry });
	};
}

/** The prompt as it is sent, with the setting's options as defaults. */
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
	const { serviceTier, functionDeclarations } = prompt.options ?? {};
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
		...(serviceTier && { serviceTier }),
		needs: settings.paidOnly.value ? { paid: true } : {},
		recovery,
		...(session !== undefined && { session: { id: session, isInTurn } }),
		canReplaceSignatures: prompt.turns.some(({ content }) =>
			content.some(({ type }) => type === 'call' || type === 'signature'),
		),
		maxWaitMs: priority === 'chat' ? settings.maxWait.value : batchWaitMs,
		idle: { firstMs: settings.firstTokenTimeout.value, betweenMs: settings.idleTimeout.value },
		mayPause: functionDeclarations !== undefined,
	};
}

/** The facts of a prompt that is too long for a model; undefined if it is not, or the limit is unknown. */
export function contextOverflow(cost: RequestSize, model: string, models: Models): PoolFacts | undefined {
	const limit = models.inputLimit(model);
	const size = usualTokens(cost);
	return limit !== undefined && size > limit ? { size, limit, model } : undefined;
}
