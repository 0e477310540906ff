/** An apostrophe within a word is no quote. */
const quote = /["`“‘«]|(?<!\w)'/;

/**
 * Finds `words` in the service's own words, that is before any quote. Errors about a bad request quote it, for instance
 * `Unknown name "API key not valid": Cannot find field.`
 */
export function ownWords(words: RegExp, message: string): RegExpExecArray | undefined {
	const found = words.exec(message);
	return found === null || quote.test(message.slice(0, found.index)) ? undefined : found;
}
