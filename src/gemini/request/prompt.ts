import type { JsonObject, PromptOptions } from '../../generation/options';

/** A prompt as plain data, without SDK types, so that chat, editor and batch can build and store it. */
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
	| ({ readonly type: 'image' } & InlineData)
	/** A PDF, sound or film. */
	| ({ readonly type: 'media' } & InlineData)
	/** A function that the model called in an earlier answer. */
	| ({ readonly type: 'call'; readonly args: JsonObject } & CallName & Signed)
	/** What came of that call. */
	| ({
			readonly type: 'result';
			readonly response: JsonObject;
			readonly media?: readonly InlineData[];
	  } & CallName)
	/** What the model signed at the end of an earlier answer without calls. */
	| ({ readonly type: 'signature' } & Signed & { readonly signature: string });

export interface InlineData {
	readonly mimeType: string;
	/** base64 without a prefix. */
	readonly data: string;
}

/** Ties a call to its result. */
interface CallName {
	readonly name: string;
	/** The service's own; empty: it gave none. */
	readonly id?: string;
}

/** A thought signature goes back as it came. It is good for the family of models that made it. */
interface Signed {
	readonly signature?: string;
	/** The model that made it; absent: not known. */
	readonly signedBy?: string;
}

/** One piece of an answer. */
export type Piece =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'thought'; readonly text: string }
	| ({ readonly type: 'call'; readonly args: unknown; readonly signature?: string } & CallName)
	/** A thought signature that belongs to the text around it. */
	| { readonly type: 'signature'; readonly signature: string }
	/** Code that the model wrote and the service ran. */
	| { readonly type: 'code'; readonly language: string; readonly code: string }
	/** The result of that code; `outcome` is the service's word, empty on success. */
	| { readonly type: 'codeResult'; readonly outcome: string; readonly output: string }
	/** A file, such as a picture that the code drew; only its type is kept. */
	| { readonly type: 'file'; readonly mimeType: string }
	| ({ readonly type: 'grounding' } & Grounding);

/** The sources of an answer. */
export interface Grounding {
	/** The search queries. */
	readonly queries: readonly string[];
	readonly sources: readonly Source[];
}

export interface Source {
	readonly title: string;
	/** As the service gives it; validated where it becomes a link. */
	readonly uri: string;
}
