/** A part of a file that is sent with a question. */
export interface FilePiece {
	/** The path that the model reads: relative to the workspace, or the name alone. */
	readonly file: string;
	/** VS Code's language id. */
	readonly language: string;
	readonly text: string;
}

/** A part of a file as the model reads it. The fence is longer than any in the text, so that the text cannot close it. */
export function fenced({ file, language, text }: FilePiece): string {
	const longest = Math.max(0, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
	const fence = '`'.repeat(Math.max(3, longest + 1));
	const info = language.replace(/[^\w+#.-]/g, '');
	const name = file.replace(/[\r\n`]/g, ' ');
	return `File: ${name} (${info || 'plaintext'})\n${fence}${info}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}
