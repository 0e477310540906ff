import type { EndedAnswer } from '../../../src/chat/model/answer';
import type { Question, Turn } from '../../../src/chat/model/conversation';
import type { Attempt, KeyId } from '../../../src/pool/pool';

/** The keyring alone mints ids; a test may pretend. */
export const keyId = (id: string): KeyId => id as KeyId;

export function attempt(label: string, outcome: Attempt['outcome']): Attempt {
	return {
		key: keyId(label),
		label,
		model: 'flash',
		sentAt: 0,
		ms: 100,
		outcome: outcome,
	};
}

export function question(text: string): Question {
	return { text, origin: 'chat', attachments: [] };
}

export function done(text: string): EndedAnswer {
	return {
		state: 'done',
		text,
		finishReason: 'STOP',
		summary: { ms: 1, attempts: [] },
	};
}

export function turn(id: string, asked: string, answer: Turn['answer']): Turn {
	return { id, askedAt: Number(id) || 0, question: question(asked), answer };
}
