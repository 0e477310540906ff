import type { Gemini, Piece, Prompt } from './gemini/gemini';
import { PoolError, type Pool, type PoolStream, type Reason, type Request } from './pool/pool';
import type { Settings } from './settings';

/** What a surface says beside the prompt; everything else (fallbacks, waits, paid-only, cost) is decided behind `Ask`, once. */
export interface AskOptions {
	/** The surface: `chat`, `palette`, `selection`, `batch`. */
	readonly origin: string;
	/** Absent: the setting's model. */
	readonly model?: string;
	/** Absent: `chat`. */
	readonly priority?: 'chat' | 'batch';
	/** What the surface can bear when a stream breaks after text was shown; absent: `retract`. */
	readonly recovery?: 'retract' | 'continue' | 'fail';
}

/** The one door from a surface to the pool. Iterating throws `PoolError` only. */
export type Ask = (prompt: Prompt, options: AskOptions, signal: AbortSignal) => PoolStream<Piece>;

export interface AskParts {
	readonly pool: Pool;
	readonly gemini: Pick<Gemini, 'open' | 'cost'>;
	readonly settings: Settings;
	/** Resolves to what stands between the keys and the service, if anything; asks the user where that is needed. */
	readonly obstacle: () => Promise<'hostRefused' | 'keysLocked' | undefined>;
	/** Unique ids for requests. */
	readonly newId: () => string;
}

/** ms that a batch waits for a key at most. */
const batchWaitMs = 15 * 60_000;

export function createAsk({ pool, gemini, settings, obstacle, newId }: AskParts): Ask {
	return (prompt, options, signal) => {
		const request = requestOf(prompt, options, settings, gemini, newId());
		const stream = pool.stream(request, gemini.open(prompt), signal);
		const look = async (): Promise<Reason | undefined> => {
			const why = await obstacle();
			if (why !== undefined) pool.refuse(request, why);
			return why;
		};
		return guarded(stream, look);
	};
}

function requestOf(
	prompt: Prompt,
	{ origin, model = '', priority = 'chat', recovery = 'retract' }: AskOptions,
	settings: Settings,
	gemini: Pick<Gemini, 'cost'>,
	id: string,
): Request {
	const wanted = model === '' ? settings.model.value : model;
	return {
		id,
		origin,
		models: [wanted, ...settings.fallbackModels.value.filter((other) => other !== wanted)],
		priority,
		cost: gemini.cost(prompt),
		needs: settings.paidOnly.value ? { paid: true } : {},
		recovery,
		maxWaitMs: priority === 'chat' ? settings.maxWait.value : batchWaitMs,
		idle: { firstMs: settings.firstTokenTimeout.value, betweenMs: settings.idleTimeout.value },
	};
}

/** Nothing is sent before it is clear that the keys are there, and that this host may have them. */
function guarded(stream: PoolStream<Piece>, look: () => Promise<Reason | undefined>): PoolStream<Piece> {
	return {
		get trail() {
			return stream.trail;
		},
		useModel: (model) => stream.useModel(model),
		[Symbol.asyncIterator]: () => {
			const parts = stream[Symbol.asyncIterator]();
			let looked: Promise<Reason | undefined> | undefined;
			return {
				next: async () => {
					looked ??= look();
					const why = await looked;
					if (why !== undefined) throw new PoolError(why, []);
					return parts.next();
				},
				return: async () => (await parts.return?.()) ?? { done: true, value: undefined },
			};
		},
	};
}
