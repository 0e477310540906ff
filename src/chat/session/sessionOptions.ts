import type { Ask } from '../../ask';
import type { Clock, KeyId } from '../../pool/pool';
import type { Conversation } from '../model/conversation';
import type { CountTokens } from '../model/prompt';
import type { ConversationStore } from '../storage/conversationStore';
import type { AnswerLock } from './answerLock';

/** What a session is made of. */
export interface ChatSessionOptions {
	readonly ask: Ask;
	readonly labelOf: (key: KeyId) => string;
	readonly clock: Clock;
	readonly newId: () => string;
	readonly library: Pick<
		ConversationStore,
		'open' | 'saveTurn' | 'saveAbout' | 'saveAll' | 'remove' | 'removeTurns' | 'prune' | 'isUnsaved' | 'letGo'
	>;
	readonly answering: Pick<AnswerLock, 'begin' | 'remoteTurns'>;
	/** The conversation to go on with; a new one where there is none. */
	readonly current?: Conversation | undefined;
	/** The most input tokens that a model takes; undefined: the setting's model. */
	readonly inputLimit: (model: string | undefined) => number;
	readonly weigh: CountTokens;
	/** Receives what a listener threw. */
	readonly onError: (error: unknown) => void;
}
