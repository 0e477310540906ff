import assert from 'node:assert/strict';
import { createAsk, type Ask, type AskOptions } from '../../../src/ask';
import type { Prompt } from '../../../src/gemini/gemini';
import { roomOver } from '../gemini/room';
import { answers, Rig } from '../pool/rig';
import { settingsOf, Written } from '../written';

const answer = { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }] };

export interface Door {
	readonly ask: Ask;
	/** What the service was sent, without the question itself and a config that says nothing. */
	readonly bodies: readonly object[];
	/** Virtual time goes on until this has ended. */
	readonly until: <T>(work: Promise<T>) => Promise<T>;
}

/** The door over a real pool and the real SDK, before a service that keeps what it is sent. */
export function doorOver(generation: object = {}, response: object = answer): Door {
	const rig = new Rig({ a: {} }, answers);
	const bodies: object[] = [];
	const fetch: typeof globalThis.fetch = (_, init) => {
		assert.ok(typeof init?.body === 'string');
		const { contents, generationConfig, ...body } = JSON.parse(init.body) as Readonly<Record<string, object>>;
		assert.ok(contents && generationConfig);
		bodies.push({ ...body, ...(Object.keys(generationConfig).length > 0 && { generationConfig }) });
		return Promise.resolve(
			new Response(`data: ${JSON.stringify(response)}\n\n`, { headers: { 'content-type': 'text/event-stream' } }),
		);
	};
	let requests = 0;
	const ask = createAsk({
		pool: rig.pool,
		gemini: roomOver(fetch),
		settings: settingsOf(new Written({ generation })),
		models: { inputLimit: () => undefined },
		blockedReason: () => Promise.resolve(undefined),
		newId: () => `q${(requests += 1)}`,
	});
	return { ask, bodies, until: (work) => rig.clock.until(work) };
}

/** Asks, and reads the answer to its end. */
export async function sent({ ask, bodies, until }: Door, prompt: Prompt, options: AskOptions): Promise<unknown> {
	const read = async (): Promise<void> => {
		for await (const part of ask(prompt, options, new AbortController().signal)) assert.ok(part);
	};
	await until(read());
	return bodies.at(-1);
}
