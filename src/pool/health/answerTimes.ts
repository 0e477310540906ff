/** Answers that count, the latest; and how many say something. */
const maxSamples = 15;
const minSamples = 3;
/** Models that are remembered; the one that was answered longest ago goes first. */
const maxModels = 32;

/** How long answers usually take, by resolved model. Each window learns it for itself: a store would write it with every answer. */
export class AnswerTimes {
	/** ms, the oldest first. */
	private readonly samples = new Map<string, readonly number[]>();

	/** @param ms from the send to the end of a whole answer */
	answered(model: string, ms: number): void {
		const samples = [...(this.samples.get(model) ?? []), ms].slice(-maxSamples);
		this.samples.delete(model);
		this.samples.set(model, samples);
		if (this.samples.size <= maxModels) return;
		for (const oldest of this.samples.keys()) {
			this.samples.delete(oldest);
			break;
		}
	}

	/** ms, the median; 0 while too few answers are known. */
	usualMs(model: string): number {
		const samples = this.samples.get(model) ?? [];
		if (samples.length < minSamples) return 0;
		return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
	}
}
