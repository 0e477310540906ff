import { calcPrice } from '@pydantic/genai-prices';
import type { Service } from '../../../../src/simulator/service';
import { keyOfSecret } from './plan';

/** What whole answers had, by the service's own words. */
export interface Sum {
	readonly calls: number;
	readonly input: number;
	/** With the thoughts. */
	readonly output: number;
	/** Millionths of a dollar by the price list's own library, as if each key were paid for. */
	readonly listCost: number;
}

export const nothing: Sum = { calls: 0, input: 0, output: 0, listCost: 0 };

export function plus(a: Sum, b: Sum): Sum {
	return {
		calls: a.calls + b.calls,
		input: a.input + b.input,
		output: a.output + b.output,
		listCost: a.listCost + b.listCost,
	};
}

/** What marks a question as one of this client: the service knows no clients. */
export const marked = (client: string, text: string): string => `from:${client}; ${text}`;

/**
 * Reads what the simulator answers on its way to the pool. It shares no code with what is tested: what a call had is in the
 * body, who asked in the question, and what it costs is in the library.
 */
export class Meter {
	/** By client and key. */
	private readonly sums = new Map<string, Sum>();

	constructor(
		private readonly service: Service,
		private readonly now: () => number,
	) {}

	/** Of all that came since the last time. */
	take(): ReadonlyMap<string, Sum> {
		const taken = new Map(this.sums);
		this.sums.clear();
		return taken;
	}

	readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
		const url = new URL(input instanceof Request ? input.url : String(input));
		const body = init?.body;
		const sent = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body).toString() : '';
		const response = await this.service.fetch(url, init);
		const client = /from:([\w-]+);/.exec(sent)?.[1];
		if (client === undefined || response.body === null || !response.ok) return response;
		const headers = new Headers(init?.headers);
		const secret = headers.get('x-goog-api-key') ?? headers.get('authorization')?.replace('Bearer ', '') ?? '';
		const at = this.now();
		const answer = heard(response.body, (text) => {
			const sum = sumOf(text, at);
			const name = `${client} ${keyOfSecret(secret)}`;
			if (sum) this.sums.set(name, plus(this.sums.get(name) ?? nothing, sum));
		});
		const { status, statusText } = response;
		return new Response(answer, { status, statusText, headers: response.headers });
	};
}

/** The same bytes, when they are asked for; `whole` hears the text of a body that came to its end. */
function heard(body: ReadableStream<Uint8Array>, whole: (text: string) => void): ReadableStream<Uint8Array> {
	const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
	const decoder = new TextDecoder();
	let text = '';
	return new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				const next = await reader.read();
				if (next.done) {
					whole(text);
					controller.close();
					return;
				}
				text += decoder.decode(next.value, { stream: true });
				controller.enqueue(next.value);
			},
			cancel: (reason) => reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	);
}

/** The last word of a body on its tokens, in either dialect. */
function sumOf(text: string, at: number): Sum | undefined {
	const last = (name: string): number | undefined => {
		const found = [...text.matchAll(new RegExp(`"${name}":\\s*(\\d+)`, 'g'))].at(-1)?.[1];
		return found === undefined ? undefined : Number(found);
	};
	const model = [...text.matchAll(/"model(?:Version)?":\s*"([^"]+)"/g)].at(-1)?.[1];
	const input = last('promptTokenCount') ?? last('prompt_tokens');
	const total = last('totalTokenCount') ?? last('total_tokens');
	if (model === undefined || input === undefined || total === undefined) return undefined;
	const output = total - input;
	const price = calcPrice({ input_tokens: input, output_tokens: output }, model, {
		providerId: 'google',
		timestamp: new Date(at),
	});
	return { calls: 1, input, output, listCost: Math.ceil((price?.total_price ?? NaN) * 1e6 - 1e-6) };
}
