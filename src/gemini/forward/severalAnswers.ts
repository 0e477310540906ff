import { endsIn } from './answerFacts';

/** Follows a stream that holds several answers: it is whole when each of them is. */
export class SeveralAnswers {
	private readonly begun = new Set<number>();
	private readonly ended = new Set<number>();
	private finishReason: string | undefined;

	/** @param wanted as many as were asked for */
	constructor(private readonly wanted: number) {}

	/** The finish reason, once all that were asked for have ended. */
	add(json: unknown, finishReason: string | undefined): string | undefined {
		for (const [index, isEnd] of endsIn(json)) {
			this.begun.add(index);
			if (isEnd) this.ended.add(index);
		}
		this.finishReason = finishReason ?? this.finishReason;
		return this.ended.size >= this.wanted ? this.finishReason : undefined;
	}

	/** The finish reason at the stream's own end, by which the service may say that there are fewer. */
	end(): string | undefined {
		return this.ended.size === this.begun.size ? this.finishReason : undefined;
	}
}
