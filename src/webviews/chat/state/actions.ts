import type { GenerationOptions } from '../../../generation/options';

/** What a person can do in the chat; templates know nothing else of the document. */
export interface Actions {
	readonly send: () => void;
	readonly stop: () => void;
	readonly retry: (turn: string) => void;
	readonly anotherModel: () => void;
	readonly act: (turn: string) => void;
	/** What answers questions where there is no key. */
	readonly begin: (by: 'addKey' | 'trySimulator' | 'useTeamGateway') => void;
	readonly openLink: (href: string) => void;
	readonly copyAnswer: (turn: string) => void;
	readonly toggleAttempts: (turn: string) => void;
	readonly toEnd: () => void;
	/** The text in the input box has changed. */
	readonly typed: () => void;
	readonly attach: (what: 'selection' | 'files') => void;
	readonly attachPictures: (files: readonly File[]) => void;
	readonly detach: (chip: string) => void;
	readonly pickModel: () => void;
	readonly toggleDrawer: () => void;
	readonly setOptions: (options: GenerationOptions) => void;
	/** Says why something is not taken. */
	readonly refuse: (why: string) => void;
	/** Opens the drawer at a field. */
	readonly showOption: (name: string) => void;
	/** Moves in the list of suggestions, or closes it. */
	readonly suggest: (by: 1 | -1 | 'none') => void;
	/** Writes the chosen suggestion into the input box. */
	readonly complete: (at?: number) => void;
	/** Writes an older question into the input box, or a newer one; false where the box holds something else. */
	readonly recall: (by: 1 | -1) => boolean;
	readonly queued: (act: 'askNow' | 'remove', question: string) => void;
	/** Takes a question that waits back into the input box. */
	readonly takeBack: (question: string, text: string) => void;
	readonly openFind: () => void;
	readonly closeFind: () => void;
	readonly seek: (text: string) => void;
	readonly goToMatch: (by: 1 | -1) => void;
	readonly actOnBanner: () => void;
	readonly newConversation: () => void;
	/** Opens a question to be written anew. */
	readonly beginEdit: (turn: string) => void;
	/** The text of that question so far. */
	readonly writeEdit: (turn: string, text: string) => void;
	readonly cancelEdit: (turn: string) => void;
	readonly resend: (turn: string, text: string) => void;
}
