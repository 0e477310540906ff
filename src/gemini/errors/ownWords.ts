/** An apostrophe within a word quotes nothing. */
const quote = /["`“‘«]|(?<!\w)'/;

/**
 * Finds `words` where the service itself says them: before anything that it quotes. A request that is wrong is told by
 * quoting it, whatever it says: `Unknown name "API key not valid": Cannot find field.`
 */
export function ownWords(words: RegExp, message: string): RegExpExecArray | undefined {
	const found = words.exec(message);
	return found === null || quote.test(message.slice(0, found.index)) ? undefined : found;
}
