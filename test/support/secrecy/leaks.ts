import { bodyNames, createBody } from '../../../src/simulator/bodies/bodies';

/** What a service, a proxy or the runtime answers with a whole key in it. An error is thrown in place of an answer. */
export interface Leak {
	readonly name: string;
	readonly answer: (secret: string) => Response | Error;
}

const statuses = [400, 401, 403, 404, 429, 500, 503] as const;

/** Texts around a key, as they were seen. */
const texts: Readonly<Record<string, (secret: string) => string>> = {
	suspended: (s) => `Permission denied: Consumer 'api_key:${s}' has been suspended.`,
	url: (s) =>
		`Requests to https://generativelanguage.googleapis.com/v1beta/models?key=${encodeURIComponent(s)}&alt=sse failed`,
	header: (s) => `Headers.append: "${s}" is an invalid header value.`,
	json: (s) => JSON.stringify({ headers: { 'x-goog-api-key': s } }),
	cut: (s) => `The key ${s.slice(0, Math.ceil(s.length * 0.7))}`,
};

function error(status: number, message: string, details: readonly unknown[] = []): object {
	return { error: { code: status, message, status: 'INTERNAL', details } };
}

function json(status: number, body: unknown): Response {
	return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

function stream(...events: readonly string[]): Response {
	return new Response(events.map((event) => `data: ${event}\n\n`).join(''), {
		status: 200,
		headers: { 'content-type': 'text/event-stream' },
	});
}

const piece = JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text: 'A beginning' }] } }] });

export const leaks: readonly Leak[] = [
	...bodyNames.map((name): Leak => ({
		name,
		answer: (secret) => {
			const circumstances = { secret, consumer: '1234', model: 'gemini-3.8-flash', requestedModel: 'gemini-3.8-flash' };
			const body = createBody(name, { ...circumstances, rpc: 'StreamGenerateContent', version: 'v1beta' });
			return json(body.status, body.json);
		},
	})),
	...statuses.flatMap((status) =>
		Object.entries(texts).flatMap(([name, text]): Leak[] => [
			{ name: `${status} ${name}`, answer: (s) => json(status, error(status, text(s))) },
			{ name: `${status} ${name}, as a list`, answer: (s) => json(status, [error(status, text(s))]) },
			{
				name: `${status} ${name}, encoded twice`,
				answer: (s) => json(status, error(status, JSON.stringify(error(status, text(s))))),
			},
			{
				name: `${status} ${name}, in DebugInfo`,
				answer: (s) =>
					json(status, error(status, 'x', [{ '@type': 'type.googleapis.com/google.rpc.DebugInfo', detail: text(s) }])),
			},
			{ name: `${status} ${name}, as text`, answer: (s) => new Response(text(s), { status }) },
		]),
	),
	...Object.entries(texts).flatMap(([name, text]): Leak[] => [
		{ name: `${name}, thrown`, answer: (s) => new TypeError(text(s)) },
		{
			name: `${name}, as the cause of what is thrown`,
			answer: (s) =>
				new TypeError('fetch failed', { cause: Object.assign(new Error(text(s)), { code: 'ECONNRESET' }) }),
		},
		{ name: `${name}, first in a stream`, answer: (s) => stream(JSON.stringify(error(503, text(s)))) },
		{ name: `${name}, late in a stream`, answer: (s) => stream(piece, JSON.stringify(error(500, text(s)))) },
		{ name: `${name}, as broken JSON`, answer: (s) => stream(piece, `{"error": ${text(s)}`) },
		{
			name: `${name}, as a page`,
			answer: (s) =>
				new Response(`<html><body>${escaped(text(s))}</body></html>`, {
					status: 502,
					headers: { 'content-type': 'text/html' },
				}),
		},
	]),
];

/** The shapes of keys: made at run time, each with characters that are written otherwise in URLs, JSON and HTML. */
export const shapes: readonly ((name: string) => string)[] = [
	(name) => `AQ.${name}${'Zx9_-'.repeat(10)}${name}`,
	(name) => `AIza${name}${'Sy-Canary_'.repeat(3)}${name}`,
	(name) => `odd/${name}+"&<${'=%7/'.repeat(6)}${name}`,
];

/** Each form in which a key could stand in a text, and its beginning, which is telling enough. */
export function formsOf(secret: string): readonly string[] {
	const json = JSON.stringify(secret).slice(1, -1);
	return [
		secret.slice(0, 14),
		secret.slice(-14),
		secret,
		encodeURIComponent(secret),
		json,
		JSON.stringify(json).slice(1, -1),
		escaped(secret),
	];
}

function escaped(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
