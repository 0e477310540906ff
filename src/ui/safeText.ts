/**
 * Every text that VS Code shows for us goes through here, whole. File names, symbol names, names of keys and models,
 * titles and what the service says are written by others, and VS Code reads more than letters in a text: `[x](command:…)`
 * in a notification is a link that runs commands with all rights, `$(name)` in a label is an icon.
 */

/** Characters of a message. VS Code cuts a notification off after 1,000. */
export const maxMessage = 900;

/** Characters of a title, a label or a name. */
const maxLabel = 400;

/** Characters of the lines below a question. */
const maxDetail = 4_000;

/**
 * Controls, what turns the direction of the text around it, and what takes no room. Joiners and variation selectors
 * stay: emoji and several scripts need them.
 */
const unseen = /(?:(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}])+/gu;

/** A text on one line, bounded, that neither hides nor turns around what stands beside it. */
export function oneLine(text: string, max = maxLabel): string {
	return shortened(text, max).replace(/\s+/g, ' ').replace(unseen, '\ufffd').trim();
}

/** For notifications, titles of progress and what stands under an input box: it holds no link. */
export function messageText(text: string): string {
	return withoutLinks(oneLine(text, maxMessage));
}

/** For quick picks and the status bar, which show icons by name: it holds none. */
export function labelText(text: string): string {
	return withoutIcons(oneLine(text));
}

/** For what stands under an input box, which shows both links and icons, and for buttons. */
export function promptText(text: string): string {
	return withoutIcons(messageText(text));
}

/** For the lines below a question in a dialog, which keep their ends. */
export function detailText(text: string): string {
	return shortened(text, maxDetail)
		.split(/\r?\n/)
		.map((line) => oneLine(line, maxDetail))
		.join('\n');
}

/**
 * A link needs its brackets side by side; a space between them reads well, and what a person copies holds no character
 * that nobody sees.
 */
function withoutLinks(text: string): string {
	return text.replaceAll('](', '] (');
}

function withoutIcons(text: string): string {
	return text.replaceAll('$(', '$ (');
}

/** Both ends stay: a long name in the middle of a sentence leaves the sentence. */
function shortened(text: string, max: number): string {
	if (text.length <= max) return text;
	const half = Math.floor((max - 1) / 2);
	return `${text.slice(0, half)}…${text.slice(-half)}`;
}
