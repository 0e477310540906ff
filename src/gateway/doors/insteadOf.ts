const generate = '/v1beta/models/{model}:generateContent';
const chat = '/v1/chat/completions';

/** Embeddings, which exist here below another base URL. Many in one request are no batch. */
const embedding = /(?<!^\/v1(?:beta)?)\/models\/[\w.-]+:(?:embedContent|batchEmbedContents)$/;

/** What the gateway lacks on purpose, by its path, and what it has in its place. */
const missing: readonly (readonly [path: RegExp, what: string, use: string])[] = [
	[embedding, 'embeddings at this address', '/v1beta/models/{model}:embedContent'],
	[/\/(?:files|fileSearchStores)\b|^\/upload\//, 'files', 'inlineData'],
	[/\/cachedContents\b/, 'cachedContents', generate],
	[/\/batches\b|:(?:async)?batch(?:Generate|Embed)Contents?\b/i, 'batches', generate],
	[/^\/ws\/|:bidiGenerateContent\b|\/realtime\b/, 'live', '/v1beta/models/{model}:streamGenerateContent'],
	[/\/interactions\b/, 'interactions', generate],
	[/:predict(?:LongRunning)?\b/, 'predict', generate],
	[/\/responses\b/, 'responses', chat],
	[/\/messages\b/, 'messages', chat],
	[/\/chat\/completions\/?$/, 'chat at this address', chat],
	[/\/(?:assistants|threads|completions)\b/, 'completions', chat],
	[/\/(?:images|audio)\//, 'images and audio', generate],
	// The base URL lacks the version, or has a wrong one, or two.
	[/(?<!^\/v1(?:beta)?)\/models\/[\w.-]+:/, 'models at this address', generate],
	[/(?<!^\/v1(?:beta)?)\/models\/?$/, 'models at this address', '/v1/models'],
	[/\/embeddings\/?$/, 'embeddings at this address', '/v1/embeddings'],
];

export function insteadOf(path: string): { readonly what: string; readonly use: string } | undefined {
	const found = missing.find(([pattern]) => pattern.test(path));
	return found && { what: found[1], use: found[2] };
}
