/** The prefix of the gateway's tokens. No key of Google's begins with it. */
const tokenPrefix = 'kp_';
const tokenBytes = 32;

/** @param randomBytes returns that many unpredictable bytes */
export function newToken(randomBytes: (count: number) => Uint8Array): string {
	const bytes = String.fromCharCode(...randomBytes(tokenBytes));
	return tokenPrefix + btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Compares hashes of the same length in constant time. */
export function isSameHash(a: string, b: string): boolean {
	let difference = a.length ^ b.length;
	for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at % Math.max(1, b.length));
	return difference === 0;
}

/** The credentials of a request, each once: the header of Gemini's clients, `key` in the query, a bearer token. */
export function credentialsIn(headers: Headers, query: URLSearchParams): readonly string[] {
	const bearer = /^bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
	const all = [headers.get('x-goog-api-key'), query.get('key'), bearer];
	return [...new Set(all.flatMap((one) => (one === null || one === undefined ? [] : [one.trim()])))].filter(
		(one) => one !== '' && one.length <= 512,
	);
}
