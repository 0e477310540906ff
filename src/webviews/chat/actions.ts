/** What a person can do in the chat; templates know nothing else of the document. */
export interface Actions {
	readonly send: () => void;
	readonly stop: () => void;
	readonly retry: (turn: string) => void;
	readonly anotherModel: () => void;
	readonly act: (turn: string) => void;
	readonly addKey: () => void;
	readonly openLink: (href: string) => void;
	readonly copyAnswer: (turn: string) => void;
	readonly toggleTrail: (turn: string) => void;
	readonly toEnd: () => void;
	readonly draft: (text: string) => void;
}
