import type { GenerationOptions } from '../../../generation/options';

/** What a person can do in the chat; templates know nothing else of the document. */
export interface Actions {
	readonly send: () => void;
	readonly stop: () => void;
	readonly retry: (turn: string) => void;
	readonly anotherModel: () => void;
	readonly act: (turn: string) => void;
	readonly addKey: () => void;
	readonly trySimulator: () => void;
	readonly openLink: (href: string) => void;
	readonly copyAnswer: (turn: string) => void;
	readonly toggleAttempts: (turn: string) => void;
	readonly toEnd: () => void;
	readonly draft: (text: string) => void;
	readonly attach: (what: 'selection' | 'files') => void;
	readonly attachPictures: (files: readonly File[]) => void;
	readonly detach: (chip: string) => void;
	readonly pickModel: () => void;
	readonly toggleDrawer: () => void;
	readonly setOptions: (options: GenerationOptions) => void;
	/** Moves in the list of commands, or closes it. */
	readonly suggest: (by: 1 | -1 | 'none') => void;
	/** Writes the chosen command into the input box. */
	readonly complete: (at?: number) => void;
	readonly actOnBanner: () => void;
	readonly newConversation: () => void;
	/** Opens a question to be written anew. */
	readonly beginEdit: (turn: string) => void;
	readonly cancelEdit: () => void;
	readonly resend: (turn: string, text: string) => void;
}
