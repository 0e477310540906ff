import { usualTokens } from '../../gemini/request/requestSize';
import type { Gemini } from '../../gemini/gemini';
import { isAnswered, type Conversation, type Turn } from './conversation';
import type { PendingItem } from './pendingAttachments';
import { alone, exchange } from './prompt';

/** Estimates what the next question weighs, in tokens. What has not changed since the last time is not counted again. */
export class QuestionSize {
	private readonly turns = new WeakMap<Turn, number>();
	private last:
		| {
				readonly options: object;
				readonly items: object;
				readonly tokens: number;
		  }
		| undefined;

	/** @param cost of a prompt, with what the setting says */
	constructor(private readonly cost: Gemini['cost']) {}

	/** Without what is being typed: the conversation so far, its options, and what goes along. */
	tokens({ options, turns }: Pick<Conversation, 'options' | 'turns'>, items: readonly PendingItem[]): number {
		const before = turns.filter(isAnswered).reduce((sum, turn) => sum + this.ofTurn(turn), 0);
		return before + this.ofQuestion(options, items);
	}

	private ofQuestion(options: Conversation['options'], items: readonly PendingItem[]): number {
		if (this.last?.options === options && this.last.items === items) return this.last.tokens;
		const attachments = items.flatMap((item) => (item.type === 'code' ? [item.attachment] : []));
		const pictures = items.flatMap((item) => (item.type === 'picture' ? [item.picture] : []));
		const files = items.reduce((sum, item) => sum + (item.type === 'file' ? item.bytes : 0), 0);
		const { bytes, tokens } = this.cost(alone(options, { text: '', origin: 'chat', attachments, pictures }));
		const size = usualTokens({ bytes: bytes + files, tokens });
		this.last = { options, items, tokens: size };
		return size;
	}

	private ofTurn(turn: Turn): number {
		const known = this.turns.get(turn);
		if (known !== undefined) return known;
		// The options are counted once, with the question.
		const size = usualTokens(this.cost({ turns: exchange(turn) })) - usualTokens(this.cost({ turns: [] }));
		this.turns.set(turn, size);
		return size;
	}
}
