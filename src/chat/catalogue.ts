import type { ModelInfo } from '../gemini/gemini';

/** ms for which a list is good: models come and go over months. */
const freshMs = 3_600_000;

/** The models that the service offers, read when they are wanted and kept for a while. */
export class Catalogue {
	private models: readonly ModelInfo[] = [];
	private readAt: number | undefined;

	constructor(
		private readonly load: (signal: AbortSignal) => Promise<readonly ModelInfo[]>,
		/** ms, steady. */
		private readonly now: () => number,
	) {}

	/** What was read last; none before the first time. */
	get known(): readonly ModelInfo[] {
		return this.models;
	}

	/** The service's list; rejects as `load` does where none is known yet, else what is known is good enough. */
	async read(signal: AbortSignal): Promise<readonly ModelInfo[]> {
		if (this.readAt === undefined || this.now() - this.readAt > freshMs) {
			try {
				this.models = await this.load(signal);
				this.readAt = this.models.length > 0 ? this.now() : undefined;
			} catch (error) {
				if (this.models.length === 0) {
					throw error;
				}
			}
		}
		return this.models;
	}

	/** Input tokens that a model takes in; undefined where the service has not told. */
	inputLimit(model: string): number | undefined {
		return this.models.find(({ id }) => id === model)?.inputLimit;
	}
}
