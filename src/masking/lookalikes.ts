import type { Span } from './span';

/** The whole match is a secret: a Gemini key (docs/FACTS.md 3), or a token or client secret of Google. */
const tokens = [
	/AIza[\w-]{30,}/g,
	/AQ\.[\w.-]{40,}/g,
	/ya29\.[\w.-]{10,}/g,
	/(?<![\w/])1\/\/0[\w-]{20,}/g,
	/GOCSPX-[\w-]{10,}/g,
	// Tokens of our own gateway.
	/(?<![\w-])kp_[\w-]{30,}/g,
];

/** What follows the first group is a secret, whatever it looks like. Every repetition in a group is bounded. */
const named = [
	/((?:[?&]|%3f|%26)key(?:=|%3d))[^&\s"'`<>#,;)\\‹›]{5,}/gi,
	/(x-goog-api-key["'\\]{0,4}\s{0,8}[:=,]\s{0,8}["'\\]{0,4})[^\s"'`,;<>(){}[\]\\‹›]{5,}/gi,
	/(api_?key["'\\]{0,4}\s{0,8}[:=]\s{0,8}["'\\]{0,4})[^\s"'`,;<>(){}[\]\\‹›]{8,}/gi,
	/(bearer\s{1,8})[\w.~+/-]{20,}/gi,
];

/** The parts of `text` that look like a secret, whether known or not. */
export function* likelySecrets(text: string): Iterable<Span> {
	for (const pattern of tokens) {
		for (const match of text.matchAll(pattern)) {
			yield { start: match.index, end: match.index + match[0].length };
		}
	}
	for (const pattern of named) {
		for (const match of text.matchAll(pattern)) {
			yield { start: match.index + (match[1]?.length ?? 0), end: match.index + match[0].length };
		}
	}
}
