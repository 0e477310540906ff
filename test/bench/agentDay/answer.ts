import * as v from 'valibot';
import { EventReader } from '../../../src/gemini/transport/sse';
import type { Seen } from './day';

const Event = v.object({
	modelVersion: v.optional(v.string()),
	model: v.optional(v.string()),
	usageMetadata: v.optional(v.object({ candidatesTokenCount: v.optional(v.number()) })),
	candidates: v.optional(v.array(v.object({ finishReason: v.optional(v.string()) }))),
	choices: v.optional(v.array(v.object({ finish_reason: v.nullish(v.string()) }))),
	error: v.optional(v.unknown()),
});

/** Reads a stream of either dialect to its end, as a client that keeps to finish reasons does. */
export async function readStream(response: Response, firstAt: number): Promise<Seen> {
	let [served, output, isFinished] = ['', 0, false];
	const events = new EventReader();
	try {
		if (!response.body) return { state: 'failed' };
		for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
			for (const { data } of events.push(bytes)) {
				if (data === '[DONE]') continue;
				const event = v.parse(Event, JSON.parse(data));
				if (event.error !== undefined) return { state: 'failed' };
				served = event.modelVersion ?? event.model ?? served;
				output = event.usageMetadata?.candidatesTokenCount ?? output;
				isFinished ||= event.candidates?.some(({ finishReason }) => finishReason !== undefined) === true;
				isFinished ||= event.choices?.some(({ finish_reason: reason }) => typeof reason === 'string') === true;
			}
		}
	} catch {
		return { state: 'failed' };
	}
	return isFinished ? { state: 'answered', model: served, output, firstAt } : { state: 'failed' };
}
