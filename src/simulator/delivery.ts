import { createBody, type Circumstances } from './bodies/bodies';
import { chunksOf, join, type AnswerFacts, type Chunk } from './answer/chunks';
import type { Rendering } from './answer/rendering';
import { type Clock, hang, sleep } from './time/clock';
import type { Failing } from './bodies/faults';
import type { Holds } from './holds';
import type { Call } from './log';
import { terminated, wrap } from './bodies/responses';

/** `sse`: `alt=sse`; `array`: one JSON array that grows; `single`: the call that does not stream. */
export type Form = 'sse' | 'array' | 'single';

/** An answer on its way: everything that decides what leaves the service, and when. */
export interface Delivery {
	readonly form: Form;
	readonly facts: AnswerFacts;
	readonly rendering: Rendering;
	/** What goes wrong on the way. */
	readonly fault: Failing | undefined;
	/** ms between pieces. */
	readonly pace: number;
	readonly circumstances: Circumstances;
	readonly clock: Clock;
	readonly holds: Holds;
	readonly call: Call;
	readonly signal: AbortSignal;
}

/** Begins to answer with 200. */
export function deliver(delivery: Omit<Delivery, 'signal'>, caller: AbortSignal): Response {
	const type = delivery.form === 'sse' ? 'text/event-stream' : 'application/json; charset=UTF-8';
	// One end for both ways to give up: the caller's signal, and a body that is cancelled.
	const gone = new AbortController();
	const whole = { ...delivery, signal: gone.signal };
	const texts = delivery.form === 'single' ? single(whole) : stream(whole);
	return new Response(bodyOf(texts, delivery.call, caller, gone), {
		status: 200,
		statusText: 'OK',
		headers: { 'content-type': type },
	});
}

/** Sends texts as somebody reads them, so that a stream that nobody reads leaves nothing running. */
function bodyOf(
	texts: AsyncGenerator<string>,
	call: Call,
	caller: AbortSignal,
	gone: AbortController,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let onAbort = (): void => undefined;
	const end = (how: 'complete' | 'broken' | 'aborted'): void => {
		call.ended(how);
		caller.removeEventListener('abort', onAbort);
	};
	call.began();
	return new ReadableStream<Uint8Array>(
		{
			start(controller) {
				onAbort = () => {
					end('aborted');
					gone.abort(caller.reason);
					controller.error(caller.reason);
				};
				caller.addEventListener('abort', onAbort);
			},
			async pull(controller) {
				try {
					const next: IteratorResult<string, unknown> = await texts.next();
					if (next.done === true) {
						end('complete');
						controller.close();
					} else {
						controller.enqueue(encoder.encode(next.value));
					}
				} catch (error) {
					end('broken');
					controller.error(error);
				}
			},
			cancel(reason) {
				end('aborted');
				gone.abort(reason);
			},
		},
		{ highWaterMark: 0 },
	);
}

async function* stream(delivery: Delivery): AsyncGenerator<string> {
	const { facts, rendering, fault, pace, clock, holds, call, signal } = delivery;
	if (fault?.kind === 'emptyBody') {
		call.ended('broken');
		return;
	}
	const framing = createFraming(delivery.form);
	if (fault?.kind === 'blockedPrompt' && fault.afterPieces === undefined) {
		yield framing.event(rendering.blocked(fault.reason)) + framing.close;
		return;
	}
	let sent = 0;
	let last: Chunk | undefined;
	for (const chunk of chunksOf(facts, fault?.kind === 'finish' ? fault : undefined)) {
		if (sent > 0) {
			await sleep(clock, pace, signal);
		}
		if (sent === 1) {
			await holds.pass(call.entry, signal);
		}
		last = chunk;
		const event = framing.event(rendering.event(chunk));
		const breaking = breakOf(fault);
		if (breaking && (sent >= breaking.afterPieces || chunk.finishReason !== undefined)) {
			if (breaking.kind !== 'hang') {
				call.ended('broken');
			}
			yield* breakOff(breaking, event, framing, delivery);
			return;
		}
		yield event;
		sent++;
	}
	for (const more of last ? rendering.after(last) : []) {
		yield typeof more === 'string' ? framing.raw(more) : framing.event(more);
	}
	if (framing.close !== '') {
		yield framing.close;
	}
}

type Breaking = Failing & { readonly afterPieces: number };

/** The fault, where it is one that ends a stream that had begun. */
function breakOf(fault: Failing | undefined): Breaking | undefined {
	if (!fault || fault.kind === 'finish' || !('afterPieces' in fault)) {
		return undefined;
	}
	return typeof fault.afterPieces === 'number' ? { ...fault, afterPieces: fault.afterPieces } : undefined;
}

/** What leaves the service in place of `event`. */
async function* breakOff(
	fault: Breaking,
	event: string,
	framing: Framing,
	{ circumstances, rendering, signal }: Delivery,
): AsyncGenerator<string> {
	switch (fault.kind) {
		case 'error': {
			const { json } = wrap(createBody(fault.body, circumstances), fault.wrapping);
			yield (fault.bare === true ? JSON.stringify(json) : framing.event(json)) + framing.close;
			return;
		}
		case 'blockedPrompt':
			yield framing.event(rendering.blocked(fault.reason)) + framing.close;
			return;
		case 'errorFrame':
			yield `event: error\r\n${framing.event(createBody(fault.body, circumstances).json)}`;
			return;
		case 'wordCode':
			yield framing.event({ error: { code: 'overloaded', message: 'The service cannot answer now.' } });
			return;
		case 'cutStream':
			throw terminated();
		case 'cutEvent':
			yield event.slice(0, Math.ceil(event.length / 2));
			return;
		case 'brokenJson':
			yield framing.raw(JSON.stringify({ candidates: [] }).slice(0, -2));
			return;
		case 'hang':
			return hang(signal);
		default:
			// A silent end: nothing more comes.
			return;
	}
}

async function* single(delivery: Delivery): AsyncGenerator<string> {
	const { facts, rendering, fault, call, signal } = delivery;
	if (fault?.kind === 'blockedPrompt') {
		yield JSON.stringify(rendering.blocked(fault.reason), undefined, 2);
		return;
	}
	const whole = join([...chunksOf(facts, fault?.kind === 'finish' ? fault : undefined)]);
	const text = JSON.stringify(rendering.whole(whole), undefined, 2);
	const half = text.slice(0, Math.ceil(text.length / 2));
	switch (fault?.kind) {
		case 'emptyBody':
			call.ended('broken');
			return;
		case 'cutStream':
			yield half;
			throw terminated();
		case 'cutEvent':
		case 'brokenJson':
			call.ended('broken');
			yield half;
			return;
		case 'silentEnd': {
			call.ended('broken');
			const { parts, output, thoughts } = whole;
			yield JSON.stringify(rendering.whole({ parts, output, thoughts }), undefined, 2);
			return;
		}
		case 'errorFrame':
		case 'wordCode':
			call.ended('broken');
			yield JSON.stringify({ error: { code: 'overloaded', message: 'The service cannot answer now.' } });
			return;
		case 'hang':
			return hang(signal);
		default:
			yield text;
	}
}

interface Framing {
	event(json: unknown): string;
	/** An event of this text, whether it is JSON or not. */
	raw(text: string): string;
	/** What ends the body in good order. */
	readonly close: string;
}

function createFraming(form: Form): Framing {
	if (form === 'sse') {
		const raw = (text: string): string => `data: ${text}\r\n\r\n`;
		return { raw, event: (json) => raw(JSON.stringify(json)), close: '' };
	}
	// Down to its white space: readers of this form cut at it.
	let separator = '[';
	const raw = (text: string): string => {
		const framed = `${separator}${text}\n`;
		separator = ',\r\n';
		return framed;
	};
	return { raw, event: (json) => raw(JSON.stringify(json, undefined, 2)), close: ']\n' };
}
