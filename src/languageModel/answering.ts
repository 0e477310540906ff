import type { Piece } from '../gemini/gemini';
import type { Words } from '../localization/words';
import type { PoolStream } from '../pool/pool';
import { promptText } from '../ui/safeText';
import type { AnswerPart, AnswerParts } from './conversation/answerParts';
import { failureOfFinish, type HostFailure } from './failures';

/** What the words of a wait need. */
export interface Waits {
	readonly words: Words;
	/** ms since 1970. */
	readonly now: () => number;
}

/**
 * Hands an answer to the editor part by part, and says what it waits for. Nothing can be taken back there: what comes after
 * a break after text is an error. Returns why the answer is not whole, though the service ended it; throws `PoolError`.
 */
export async function handOver(
	stream: PoolStream<Piece>,
	wanted: string,
	parts: AnswerParts,
	report: (part: AnswerPart) => void,
	{ words, now }: Waits,
): Promise<HostFailure | undefined> {
	let model = wanted;
	let told = '';
	for await (const part of stream) {
		switch (part.type) {
			case 'output':
				for (const one of parts.of(part.value, model)) report(one);
				break;
			case 'switched':
				model = part.to.model;
				break;
			case 'waiting': {
				// An editor shows it as Markdown. Other extensions read it: it names no key.
				const text = promptText(words.describeWait(part.on.model, part, now()));
				if (text !== told) report({ type: 'thinking', text: `${text}\n` });
				told = text;
				break;
			}
			case 'retract':
				break;
			case 'done':
				for (const one of parts.end(model)) report(one);
				return failureOfFinish(part.finishReason, words);
		}
	}
	return undefined;
}
