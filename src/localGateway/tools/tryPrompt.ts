import type { Connection, Dialect } from './tools';

export type TryOutcome =
	| { readonly state: 'answered'; readonly text: string }
	/** The gateway's own words. */
	| { readonly state: 'refused'; readonly message: string }
	| { readonly state: 'notReached' };

const prompt = 'Say hello in five words.';
/** ms. */
const maxWaitMs = 60_000;
/** Characters of an answer that are read and shown. */
const maxText = 100;

/** Sends one prompt as the tool would, over the same address and with its token. */
export async function tryPrompt(
	{ address, token, model }: Pick<Connection, 'address' | 'token' | 'model'>,
	dialect: Dialect,
	fetch: typeof globalThis.fetch,
	signal: AbortSignal,
): Promise<TryOutcome> {
	const call =
		dialect === 'gemini'
			? {
					path: `/v1beta/models/${model}:generateContent`,
					headers: { 'x-goog-api-key': token },
					body: { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
				}
			: {
					path: '/v1/chat/completions',
					headers: { authorization: `Bearer ${token}` },
					body: { model, messages: [{ role: 'user', content: prompt }] },
				};
	try {
		const response = await fetch(address + call.path, {
			method: 'POST',
			// If all keys cool down, the gateway says until when, before this request times out.
			headers: { ...call.headers, 'content-type': 'application/json', 'x-keypool-max-wait-ms': String(maxWaitMs / 2) },
			body: JSON.stringify(call.body),
			signal: AbortSignal.any([signal, AbortSignal.timeout(maxWaitMs)]),
		});
		const body: unknown = await response.json();
		return response.ok
			? { state: 'answered', text: textIn(body, dialect).slice(0, maxText) }
			: { state: 'refused', message: fieldAt(body, 'error', 'message').slice(0, 4 * maxText) };
	} catch {
		return { state: 'notReached' };
	}
}

function textIn(body: unknown, dialect: Dialect): string {
	return dialect === 'gemini'
		? fieldAt(body, 'candidates', 0, 'content', 'parts', 0, 'text')
		: fieldAt(body, 'choices', 0, 'message', 'content');
}

/** The text at a path of fields and indices; empty if there is none. */
function fieldAt(body: unknown, ...path: readonly (string | number)[]): string {
	let value = body;
	for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
	return typeof value === 'string' ? value : '';
}
