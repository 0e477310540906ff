const hostsOfSlack: readonly string[] = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * The browser's `fetch`, for alerts. Slack lets a page send no header that a browser asks about beforehand (CORS), as it does for
 * JSON; but it takes the same JSON in a form. Nor does anybody expect of a page that it says by itself what it is.
 */
export function alertFetch(
	fetch: typeof globalThis.fetch,
): (url: string, init: RequestInit) => ReturnType<typeof globalThis.fetch> {
	return (url, init) => {
		const headers = new Headers(init.headers);
		headers.delete('user-agent');
		const { body } = init;
		if (typeof body !== 'string' || !hostsOfSlack.includes(new URL(url).hostname))
			return fetch(url, { ...init, headers });
		headers.delete('content-type');
		return fetch(url, { ...init, headers, body: new URLSearchParams({ payload: body }) });
	};
}
