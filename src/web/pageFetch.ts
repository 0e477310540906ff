/** What the service allows to pages: with any other header the browser's question beforehand (CORS) is answered with 403. */
const allowed = ['authorization', 'content-type', 'x-goog-api-client', 'x-goog-api-key'];

/** The browser's `fetch`, with the headers that the service takes from pages and no other one, whatever the SDK adds. */
export function pageFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
	return (input, init) => {
		if (init?.headers === undefined) return fetch(input, init);
		const headers = new Headers(init.headers);
		for (const name of [...headers.keys()]) if (!allowed.includes(name)) headers.delete(name);
		return fetch(input, { ...init, headers });
	};
}
