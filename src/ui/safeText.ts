/**
 * Every text that VS Code shows for us goes through here, whole. File names, symbol names, names of keys and models, titles
 * and service messages are untrusted, and VS Code reads markup in a text: `[x](command:…)` in a notification is a link that
 * runs a command with all rights, `$(name)` in a label is an icon.
 */

/** Characters of a message. VS Code cuts a notification after 1,000. */
export const maxMessage = 900;

/** Characters of a title, a label or a name. */
const maxLabel = 400;

/** Characters of the lines below a question. */
const maxDetail = 4_000;

/**
 * Control characters, direction marks, and what has no width. Joiners and variation selectors stay: emoji and several scripts
 * need them.
 */
const unseen = /(?:(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}])+/gu;

/** A text on one line, bounded, that cannot hide or reorder the text beside it. */
export function oneLine(text: string, max = maxLabel): string {
	return shortened(text, max).replace(/\s+/g, ' ').replace(unseen, '\ufffd').trim();
}

/** Letters of Hebrew, Arabic and their neighbours. */
const fromTheRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A label beside which another text stands: a number there would move to the other side of words that are read from the right. */
export function besideText(label: string): string {
	return fromTheRight.test(label) ? `${label}\u200e` : label;
}

/** For notifications, progress titles and the line below an input box: without links. */
export function messageText(text: string): string {
	return withoutLinks(oneLine(text, maxMessage));
}

/** For quick picks and the status bar, which show icons by name: without icons. */
export function labelText(text: string): string {
	return withoutIcons(oneLine(text));
}

/** For the line below an input box, which shows both links and icons, and for buttons. */
export function promptText(text: string): string {
	return withoutIcons(messageText(text));
}

/** For the lines below the question of a dialog: line breaks stay. */
export function detailText(text: string): string {
	return shortened(text, maxDetail)
		.split(/\r?\n/)
		.map((line) => oneLine(line, maxDetail))
		.join('\n');
}

/**
 * A link needs its brackets side by side. A space between them reads well, and unlike an invisible character it does no harm
 * in copied text.
 */
function withoutLinks(text: string): string {
	return text.replaceAll('](', '] (');
}

function withoutIcons(text: string): string {
	return text.replaceAll('$(', '$ (');
}

/** Cuts the middle, so that a long name in a sentence does not hide the rest of the sentence. */
function shortened(text: string, max: number): string {
	if (text.length <= max) return text;
	const half = Math.floor((max - 1) / 2);
	return `${text.slice(0, half)}…${text.slice(-half)}`;
}
