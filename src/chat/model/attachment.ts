/** A piece of the editor that goes along with a question. */
export interface Attachment {
	/** Shown to people, for instance `parser.ts, lines 3–10`. */
	readonly label: string;
	/** Path as the model is told it: relative to the workspace, or the bare name. */
	readonly file: string;
	/** VS Code's language id. */
	readonly language: string;
	readonly text: string;
}

/** A picture that goes along with a question. */
export interface Picture {
	/** Shown to people. */
	readonly label: string;
	readonly mimeType: string;
	/** base64 without a prefix. */
	readonly data: string;
}

/** Bytes of what base64 text holds. */
export function bytesOfBase64(data: string): number {
	return Math.floor((data.replace(/={1,2}$/, '').length * 3) / 4);
}

/** UTF-8 bytes. */
export function bytesOf(text: string): number {
	return new TextEncoder().encode(text).length;
}
