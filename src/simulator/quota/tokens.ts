/**
 * A plausible and repeatable count: words and bytes weigh half each, which comes to about four bytes a token for English.
 * Only the simulator counts so; a client has to learn its own ratio.
 */
export function countTokens(text: string): number {
	// By their beginnings: a word of eight million letters is too long for the engine of expressions.
	const words = text.match(/(?<!\S)\S/gu)?.length ?? 0;
	return Math.ceil(words / 2 + utf8Length(text) / 6);
}

/** What one turn costs beside its text. */
export const tokensPerTurn = 3;

/** What one image costs, as the service's documentation gives it for small ones. */
export const tokensPerImage = 258;

function utf8Length(text: string): number {
	let bytes = text.length;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : code > 0x7f ? 1 : 0;
	}
	return bytes;
}
