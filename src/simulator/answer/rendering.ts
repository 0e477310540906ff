import { render, renderBlocked, type AnswerFacts, type Chunk } from './chunks';

/** How an answer is worded: one event after the other, or whole. */
export interface Rendering {
	event(chunk: Chunk): unknown;
	whole(chunk: Chunk): unknown;
	/** The one event of a prompt that was not answered at all. */
	blocked(reason: string): unknown;
	/** What follows the last event of a stream; texts stand as they are. */
	after(last: Chunk): readonly unknown[];
}

export function geminiRendering(facts: AnswerFacts): Rendering {
	return {
		event: (chunk) => render(chunk, facts),
		whole: (chunk) => render(chunk, facts),
		blocked: (reason) => renderBlocked(reason, facts),
		after: () => [],
	};
}
