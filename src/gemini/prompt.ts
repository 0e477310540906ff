/** What a surface asks: plain data, free of the SDK, so that chat, editor and batch can build and store it. */
export interface Prompt {
	/** Oldest first; the last one is the user's. */
	readonly turns: readonly Turn[];
	readonly options?: GenerationOptions;
}

export interface Turn {
	readonly role: 'user' | 'model';
	readonly content: readonly Content[];
}

export type Content =
	| { readonly type: 'text'; readonly text: string }
	/** base64 without a prefix. */
	| { readonly type: 'image'; readonly mimeType: string; readonly data: string };

export interface GenerationOptions {
	readonly system?: string;
	readonly temperature?: number;
	readonly topP?: number;
	readonly maxOutputTokens?: number;
	readonly stopSequences?: readonly string[];
	/** Level and budget together are refused by the service: one or neither. */
	readonly thinking?: { readonly level: 'minimal' | 'low' | 'medium' | 'high' } | { readonly budget: number };
	readonly safety?: readonly { readonly category: string; readonly threshold: string }[];
	/** Asks for JSON that follows this schema. */
	readonly jsonSchema?: unknown;
	/** Function declarations, handed through as they are. */
	readonly tools?: readonly unknown[];
}

/** One piece of an answer. */
export type Piece =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'thought'; readonly text: string }
	| { readonly type: 'call'; readonly name: string; readonly args: unknown };
