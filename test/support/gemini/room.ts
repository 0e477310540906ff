import assert from 'node:assert/strict';
import { failureOf } from '../../../src/gemini/errors/failure';
import { ServiceError } from '../../../src/gemini/errors/serviceError';
import type { Gemini, Piece, Prompt } from '../../../src/gemini/gemini';
import { createGemini } from '../../../src/gemini/service';
import { Failure, type Chunk, type KeyId, type FailureAction } from '../../../src/pool/pool';
import type { ServiceOptions } from '../../../src/simulator/service';
import { createStand, flash, type Stand } from '../simulator/stand';

const key = 'k1' as KeyId;

/** The room loads the SDK on first use, which takes real time: virtual time must not wait for it. */
export async function loadSdk(): Promise<void> {
	await import('@google/genai/web');
}

export function question(text = 'Why is the sky blue?'): Prompt {
	return { turns: [{ role: 'user', content: [{ type: 'text', text }] }] };
}

/** With a function that the model may call. */
export const mayCall: Prompt = { ...question(), options: { functionDeclarations: [{ name: 'f' }] } };

/** The room in front of any fetch. The masker knows no key, as before the keyring has loaded. */
export function roomOver(
	fetch: typeof globalThis.fetch,
	{ secret = 'sim-one', baseUrl = 'https://simulator.invalid' }: { secret?: string; baseUrl?: string } = {},
): Gemini {
	return createGemini({
		secretOf: () => Promise.resolve(secret),
		baseUrl: () => baseUrl,
		mask: (text) => text,
		fetch,
	});
}

export interface Run {
	readonly chunks: readonly Chunk<Piece>[];
	readonly text: string;
	readonly thrown: unknown;
}

export async function run(
	gemini: Gemini,
	{
		prompt = question(),
		model = flash,
		written = [],
		signal = new AbortController().signal,
	}: { prompt?: Prompt; model?: string; written?: readonly Piece[]; signal?: AbortSignal } = {},
): Promise<Run> {
	const chunks: Chunk<Piece>[] = [];
	let thrown: unknown;
	try {
		for await (const chunk of await gemini.open(prompt)({ key, model, written }, signal)) {
			chunks.push(chunk);
		}
	} catch (error) {
		thrown = error;
	}
	const text = chunks.map(({ output }) => (output?.type === 'text' ? output.text : '')).join('');
	return { chunks, text, thrown };
}

/** The room, with the real SDK in it, in front of a simulator in virtual time. */
export function simulated(options: Partial<ServiceOptions> = {}): Stand & { readonly gemini: Gemini } {
	const stand = createStand(options);
	return { ...stand, gemini: roomOver(stand.service.fetch) };
}

export function failureIn({ thrown }: Run): Failure {
	assert.ok(thrown instanceof Failure, `a Failure was expected, not ${String(thrown)}`);
	return thrown;
}

export function actionIn(outcome: Run): FailureAction {
	return failureIn(outcome).action;
}

/** What an answer of the service with this status means for the pool. */
export function verdictTold(code: number, status: string): FailureAction {
	return failureOf(new ServiceError(JSON.stringify({ error: { code, status } }), code), (text) => text).action;
}
