import type { Piece } from '../request/prompt';

/** A piece as Markdown. Code that the service ran, and its result, become code blocks. */
export function markdownOf(piece: Piece): string {
	switch (piece.type) {
		case 'text':
			return piece.text;
		case 'code':
			return block(piece.language, piece.code);
		case 'codeResult': {
			const text = [piece.outcome, piece.output].filter((part) => part !== '').join('\n');
			return text === '' ? '' : block('text', text);
		}
		case 'file':
			return `\n\n\`[${piece.mimeType.replace(/[^\w/+.-]/g, '')}]\`\n\n`;
		case 'thought':
		case 'call':
		case 'signature':
		case 'grounding':
			return '';
	}
}

/** The fence is longer than any in the code, so that the code cannot end it. */
function block(language: string, code: string): string {
	const longest = Math.max(0, ...(code.match(/`{3,}/g) ?? []).map(({ length }) => length));
	const fence = '`'.repeat(Math.max(3, longest + 1));
	return `\n\n${fence}${language.replace(/[^\w+#.-]/g, '')}\n${code}${code.endsWith('\n') ? '' : '\n'}${fence}\n\n`;
}
