/** `openai`: Google's own translation of OpenAI's API, below `/v1beta/openai`. */
export type Dialect = 'gemini' | 'openai';

/** A call that somebody else has written: the pool chooses the key and, where it may, another model. */
export interface ForwardRequest {
	readonly dialect: Dialect;
	readonly method: 'GET' | 'POST';
	/** Below the base URL, with its query, without any credential. */
	readonly path: (model: string) => string;
	/** JSON, as text or its bytes; absent for GET. `replaceSignatures`: with the documented sentinel in place of thought signatures. */
	readonly body?: (model: string, replaceSignatures: boolean) => string | Uint8Array<ArrayBuffer>;
	/** Whether events are asked for. */
	readonly isStream: boolean;
	/** Answers that were asked for; absent: one. */
	readonly answers?: number;
	/** Whether it names an uploaded file, a store of files or a cache, which belong to one project: a refusal of those is no verdict on a key. */
	readonly namesFile: boolean;
	/** Google's own SDK, where it has written the call: the service lets it have longer answers that are not streamed. */
	readonly sdk?: string;
	/** Whether a finish reason ends the answer; else a body that has come whole does. */
	readonly hasFinish: boolean;
}

/** A piece of the answer: the JSON of one event of a stream, or of the whole body. */
export interface Forwarded {
	/** As the service wrote it, held keys redacted. */
	readonly text: string;
	/** The same, read. */
	readonly json: unknown;
}
