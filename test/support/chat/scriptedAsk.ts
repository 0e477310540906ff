import type { Ask, AskOptions, PromptFor } from '../../../src/ask';
import type { Piece, Prompt } from '../../../src/gemini/gemini';
import { PoolError, type Attempt, type StreamPart } from '../../../src/pool/pool';

/** One request whose parts come when a test says so. */
export class ScriptedRequest {
	readonly models: string[] = [];
	/** What the wanted model is sent. */
	readonly prompt: Prompt;
	readonly promptFor: PromptFor;
	readonly attempts: Attempt[] = [];
	private readonly steps: (() => IteratorResult<StreamPart<Piece>>)[] = [];
	private wake: (() => void) | undefined;

	constructor(
		prompt: Prompt | PromptFor,
		readonly options: AskOptions,
		readonly signal: AbortSignal,
	) {
		this.promptFor = typeof prompt === 'function' ? prompt : () => prompt;
		this.prompt = this.promptFor(options.model ?? 'flash');
		signal.addEventListener('abort', () => this.fail(new PoolError('cancelled', this.attempts)), { once: true });
	}

	send(part: StreamPart<Piece>): void {
		this.step(() => ({ done: false, value: part }));
	}

	text(text: string): void {
		this.send({ type: 'output', attempt: 1, value: { type: 'text', text } });
	}

	end(): void {
		this.step(() => ({ done: true, value: undefined }));
	}

	fail(error: Error): void {
		this.step(() => {
			throw error;
		});
	}

	useModel(model: string): void {
		this.models.push(model);
	}

	[Symbol.asyncIterator](): AsyncIterator<StreamPart<Piece>> {
		return {
			next: async () => {
				while (this.steps.length === 0) {
					await new Promise<void>((resolve) => (this.wake = resolve));
				}
				const step = this.steps.shift();
				return step ? step() : { done: true, value: undefined };
			},
		};
	}

	private step(step: () => IteratorResult<StreamPart<Piece>>): void {
		this.steps.push(step);
		this.wake?.();
	}
}

export class ScriptedAsk {
	readonly requests: ScriptedRequest[] = [];

	readonly ask: Ask = (prompt, options, signal) => {
		const request = new ScriptedRequest(prompt, options, signal);
		this.requests.push(request);
		return request;
	};

	get last(): ScriptedRequest {
		const last = this.requests.at(-1);
		if (!last) {
			throw new Error('Nothing was asked.');
		}
		return last;
	}
}

/** Lets every promise settle that needs no time. */
export async function settle(): Promise<void> {
	await new Promise<void>((resolve) => setImmediate(resolve));
}
