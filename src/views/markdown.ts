/**
 * Text as Markdown that shows exactly this text: a label or a message of the service cannot become a link, an image or,
 * where the editor draws `$(name)`, an icon.
 */
export function plain(text: string): string {
	return text
		.replace(/\s+/g, ' ')
		.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('$', '&#36;');
}

/** Ten blocks, for instance `██████░░░░`; full only when nothing is left. */
export function bar(used: number, limit: number): string {
	const width = 10;
	const share = limit <= 0 ? 1 : Math.min(1, Math.max(0, used / limit));
	const filled = share === 1 ? width : Math.min(width - 1, Math.ceil(share * width));
	return '`' + '█'.repeat(filled) + '░'.repeat(width - filled) + '`';
}

/** Lines of one paragraph; empty ones are left out. */
export function lines(...parts: readonly (string | undefined)[]): string {
	return parts.filter((part) => part !== undefined && part !== '').join('  \n');
}

export function paragraphs(...parts: readonly (string | undefined)[]): string {
	return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}
