/** A mention that is being typed. */
export interface TypedMention {
	readonly sign: '@' | '#';
	/** What stands between the sign and the caret. */
	readonly text: string;
	/** Where the sign is. */
	readonly start: number;
}

/** UTF-16 units: a longer word is no mention. */
const maxText = 100;

/** The mention in front of the caret: a sign at the beginning of a word, and what was typed of a name. */
export function mentionAt(text: string, caret: number): TypedMention | undefined {
	const before = text.slice(Math.max(0, caret - maxText - 2), caret);
	const [, sign, typed = ''] = /(?:^|\s)([@#])([^\s@#]*)$/.exec(before) ?? [];
	if ((sign !== '@' && sign !== '#') || typed.length > maxText) return undefined;
	return { sign, text: typed, start: caret - typed.length - 1 };
}
