import { isGrowing, type ShownTurn } from '../state/model';
import { AnswerText, type TextTools } from './answerText';

/** Where the answers of a conversation are drawn, and what the model thought before them. */
export class Texts {
	private readonly texts = new Map<string, AnswerText>();

	/** @param tools for the words of the moment */
	constructor(private readonly tools: () => TextTools) {}

	answer(turn: string): HTMLElement {
		return this.at(turn).element;
	}

	thoughts(turn: string): HTMLElement {
		return this.at(thoughtsOf(turn)).element;
	}

	/** Draws what has come, and lets go of turns that are gone. */
	update(turns: readonly ShownTurn[]): void {
		for (const { id, text, thoughts, generation, answer } of turns) {
			this.at(id).update(text, generation, !isGrowing(answer));
			if (thoughts !== undefined) this.at(thoughtsOf(id)).update(thoughts, generation, !isGrowing(answer));
		}
		const known = new Set(turns.flatMap(({ id }) => [id, thoughtsOf(id)]));
		for (const [id, text] of this.texts) {
			if (known.has(id)) continue;
			text.dispose();
			this.texts.delete(id);
		}
	}

	private at(id: string): AnswerText {
		const text = this.texts.get(id) ?? new AnswerText(this.tools());
		this.texts.set(id, text);
		return text;
	}
}

/** What a turn's thoughts are called among the texts. */
function thoughtsOf(turn: string): string {
	return `thoughts of ${turn}`;
}
