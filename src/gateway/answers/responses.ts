import type { Dialect } from '../../gemini/gemini';
import { errorBody, errorHeaders, type GatewayError } from './gatewayError';

/** Headers of every answer: no browser guesses its type, and nothing caches it. */
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** How an answer came about: facts that name no key. */
interface AnswerWay {
	readonly request: string;
	readonly model: string;
	readonly waitedMs: number;
	/** How often another key or model took over. */
	readonly fallbacks: number;
}

export function wayHeaders({ request, model, waitedMs, fallbacks }: AnswerWay): Readonly<Record<string, string>> {
	return {
		'x-keypool-request': request,
		...(/^[\w.-]{1,200}$/.test(model) && { 'x-keypool-model': model }),
		'x-keypool-wait-ms': String(Math.round(waitedMs)),
		'x-keypool-fallbacks': String(fallbacks),
	};
}

export function okResponse(
	body: string | ReadableStream<Uint8Array>,
	contentType: string,
	headers: Readonly<Record<string, string>> = {},
): Response {
	return new Response(body, { status: 200, headers: { ...always, ...headers, 'content-type': contentType } });
}

export function errorResponse(
	dialect: Dialect,
	error: GatewayError,
	headers: Readonly<Record<string, string>> = {},
): Response {
	return new Response(errorBody(dialect, error), {
		status: error.status,
		headers: { ...always, ...headers, ...errorHeaders(error), 'content-type': 'application/json; charset=UTF-8' },
	});
}
