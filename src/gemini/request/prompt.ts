import type { PromptOptions } from '../../generation/options';

/** What a surface asks: plain data, free of the SDK, so that chat, editor and batch can build and store it. */
export interface Prompt {
	/** Oldest first; the last one is the user's. */
	readonly turns: readonly Turn[];
	readonly options?: PromptOptions;
}

export interface Turn {
	readonly role: 'user' | 'model';
	readonly content: readonly Content[];
}

export type Content =
	| { readonly type: 'text'; readonly text: string }
	/** base64 without a prefix. */
	| { readonly type: 'image'; readonly mimeType: string; readonly data: string };

/** One piece of an answer. */
export type Piece =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'thought'; readonly text: string }
	| { readonly type: 'call'; readonly name: string; readonly args: unknown }
	/** Code that the model wrote and the service ran. */
	| { readonly type: 'code'; readonly language: string; readonly code: string }
	/** What came of it; `outcome` is the service's word, empty where it went well. */
	| { readonly type: 'codeResult'; readonly outcome: string; readonly output: string }
	/** A file, such as a picture that such code drew: only its type is kept. */
	| { readonly type: 'file'; readonly mimeType: string }
	| ({ readonly type: 'grounding' } & Grounding);

/** What an answer rests on. */
export interface Grounding {
	/** What was searched for. */
	readonly queries: readonly string[];
	readonly sources: readonly Source[];
}

export interface Source {
	readonly title: string;
	/** As the service gives it: judged where it becomes a link. */
	readonly uri: string;
}
