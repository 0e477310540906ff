/** A request, whichever way it was handed over. */
export interface Incoming {
	readonly method: string;
	readonly url: URL;
	readonly headers: Headers;
	readonly body: string;
	readonly signal: AbortSignal;
	/** What the caller wants done about a redirect. */
	readonly redirect: 'error' | 'follow' | 'manual';
}

/** Reads what `fetch` was called with. The signal is taken as given: one derived by `Request` can be collected too early. */
export async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<Incoming> {
	const { signal, ...rest } = init;
	const request = new Request(input, rest);
	return {
		method: request.method,
		url: new URL(request.url),
		headers: request.headers,
		body: request.body === null ? '' : await request.text(),
		signal: signal ?? (input instanceof Request ? input.signal : new AbortController().signal),
		redirect: request.redirect,
	};
}

/** The key of a request, from the header that it belongs in or else from the address, and how many credentials came beside it. */
export function credentialsOf(
	{ headers, url }: Incoming,
	dialect: 'gemini' | 'openai',
): { readonly secret: string; readonly others: number } {
	const bearer = headers.get('authorization');
	const all = [
		headers.get('x-goog-api-key'),
		url.searchParams.get('key'),
		dialect === 'openai' ? bearer?.replace(/^Bearer /, '') : bearer,
	].filter((one) => one !== null && one !== undefined && one !== '');
	return { secret: all[0] ?? '', others: Math.max(0, all.length - 1) };
}
