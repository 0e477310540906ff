/** What a test asks the other extension to do, and what it hears. */
export type Order =
	| { readonly do: 'select'; readonly selector?: Readonly<Record<string, string>> }
	| ({ readonly do: 'send' } & Sending)
	| { readonly do: 'count'; readonly model: string; readonly text?: string; readonly message?: Message }
	| { readonly do: 'invoke'; readonly tool: string };

export interface Sending {
	readonly model: string;
	readonly messages: readonly Message[];
	readonly tools?: readonly { readonly name: string; readonly description: string; readonly inputSchema?: object }[];
	readonly isToolRequired?: boolean;
	readonly modelOptions?: Readonly<Record<string, unknown>>;
	/** Cancels after so many parts. */
	readonly cancelAfter?: number;
}

export interface Message {
	/** 1: user, 2: assistant, 3: system. */
	readonly role: number;
	readonly parts: readonly Part[];
}

export type Part =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'data'; readonly mimeType: string; readonly base64: string }
	| { readonly type: 'call'; readonly callId: string; readonly name: string; readonly input: object }
	| { readonly type: 'result'; readonly callId: string; readonly content: readonly Part[] }
	| { readonly type: 'thinking'; readonly text: string; readonly metadata?: object }
	| { readonly type: 'unknown' };

export interface Heard {
	/** Neighbouring texts as one. */
	readonly parts: readonly Part[];
	readonly error?: { readonly name: string; readonly message: string; readonly code: string };
}

export interface Model {
	readonly id: string;
	readonly name: string;
	readonly family: string;
	readonly maxInputTokens: number;
}
