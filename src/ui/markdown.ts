import { oneLine } from './safeText';

declare const built: unique symbol;

/** Markdown that only this file makes: all text in it is escaped, and all links are ours. */
export type Markdown = string & { readonly [built]: true };

/** The commands that a hover may link to. */
export const linkedCommands = [
	'keypool.addKey',
	'keypool.checkAllKeys',
	'keypool.chooseStrategy',
	'keypool.keys.focus',
	'keypool.leaveSimulator',
	'keypool.openDashboard',
	'keypool.openSettings',
	'keypool.resume',
	'keypool.trySimulator',
] as const;

export type LinkedCommand = (typeof linkedCommands)[number];

/** Where a link leads. */
export type LinkTarget = { readonly command: LinkedCommand } | { readonly url: `https://${string}` };

/**
 * Plain text: it cannot become a link, an image, an icon, a table or anything else. Marks become numeric entities, because
 * VS Code makes a link of a bare address, and would include the backslashes that Markdown escapes with.
 */
export function plain(text: string): Markdown {
	return oneLine(text, 1_000).replace(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`) as Markdown;
}

export function bold(text: string): Markdown {
	const inner = plain(text);
	return (inner === '' ? '' : `**${inner}**`) as Markdown;
}

export function quoted(text: string): Markdown {
	return `> ${plain(text)}` as Markdown;
}

/** One of VS Code's icons by its name. */
export function icon(name: string): Markdown {
	return `$(${name.replace(/[^\w-]/g, '')})` as Markdown;
}

export function link(title: string, to: LinkTarget): Markdown {
	const address = 'command' in to ? `command:${to.command}` : encodeURI(to.url).replace(/[()]/g, encodeURIComponent);
	return `[${plain(title)}](${address})` as Markdown;
}

/** Ten blocks, for instance `██████░░░░`; full only if nothing is left. */
export function bar(used: number, limit: number): Markdown {
	const width = 10;
	const share = limit <= 0 ? 1 : Math.min(1, Math.max(0, used / limit));
	const filled = share === 1 ? width : Math.min(width - 1, Math.ceil(share * width));
	return `\`${'█'.repeat(filled)}${'░'.repeat(width - filled)}\`` as Markdown;
}

type Part = Markdown | undefined;

/** On one line, separated by `·`. */
export function listed(...parts: readonly Part[]): Markdown {
	return joined(parts, ' · ');
}

/** On one line, separated by spaces. */
export function beside(...parts: readonly Part[]): Markdown {
	return joined(parts, ' ');
}

/** Lines of one paragraph; empty ones are left out. */
export function lines(...parts: readonly Part[]): Markdown {
	return joined(parts, '  \n');
}

export function paragraphs(...parts: readonly Part[]): Markdown {
	return joined(parts, '\n\n');
}

function joined(parts: readonly Part[], between: string): Markdown {
	return parts.filter((part) => part !== undefined && part !== '').join(between) as Markdown;
}
