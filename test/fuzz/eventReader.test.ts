import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ServiceError } from '../../src/gemini/errors/serviceError';
import { EventStream } from '../../src/gemini/transport/eventStream';
import { guardedFetch } from '../../src/gemini/transport/guardedFetch';
import { EventReader, type ServerEvent } from '../../src/gemini/transport/sse';
import { attackText } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const text = attackText(
	...['data: ', 'data:', 'data', ' data: x', 'data: {"candidates":[]}', 'event: error', 'event:', 'id: 1', 'retry: 5'],
	...[':', ': comment', '\n', '\n\n', '\r', '\r\n', '\r\n\r\n', '\ufeff', '{"error":{"code":429}}', '[DONE]', '<html>'],
);
const cuts = fc.array(fc.nat(), { maxLength: 12 });

/** The parts that a text falls into at these places. */
function cutAt(whole: string, places: readonly number[]): readonly string[] {
	const sorted = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
	return sorted.slice(1).map((end, n) => whole.slice(sorted[n], end));
}

function read(chunks: readonly string[]): { readonly events: readonly ServerEvent[]; readonly stray: string } {
	const reader = new EventReader();
	const events = chunks.flatMap((chunk) => reader.push(chunk));
	const last = reader.end();
	return { events: last === undefined ? events : [...events, last], stray: reader.strayText };
}

/** The same by the words of the standard, of a text that is there as a whole. */
function readWhole(whole: string): ReturnType<typeof read> {
	const events: ServerEvent[] = [];
	let stray = '';
	let name: string | undefined;
	let data: string[] | undefined;
	for (const line of [...whole.split(/\r\n|\r|\n/), '']) {
		const colon = line.indexOf(':');
		const field = colon === -1 ? line : line.slice(0, colon);
		const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
		if (line === '') {
			if (name !== undefined || data !== undefined)
				events.push({ name: name ?? 'message', data: (data ?? []).join('\n') });
			name = data = undefined;
		} else if (field === 'data') (data ??= []).push(value);
		else if (field === 'event') name = value.trim();
		else if (!['', 'id', 'retry'].includes(field)) stray += `${line}\n`;
	}
	return { events, stray: stray.slice(0, 65_536) };
}

/** The text's bytes, some of them wrong, in pieces that cut characters in two. */
const bytes = fc.tuple(text, cuts, fc.nat(), fc.nat({ max: 255 })).map(([whole, places, at, byte]) => {
	const all = new TextEncoder().encode(whole);
	if (all.length > 0 && byte > 127) all[at % all.length] = byte;
	const sorted = [0, ...places.map((place) => place % (all.length + 1)).sort((a, b) => a - b), all.length];
	return sorted.slice(1).map((end, n) => all.subarray(sorted[n], end));
});

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
	const left = [...chunks];
	return new ReadableStream({
		pull: (controller) => {
			const next = left.shift();
			if (next === undefined) controller.close();
			else controller.enqueue(next);
		},
	});
}

const isEmptyBody = (error: unknown): boolean => error instanceof Error && error.message === 'Response body is empty';

target('event reader', {
	'reads a stream however it is cut as it reads it whole': property(fc.tuple(text, cuts), ([whole, places]) => {
		const expected = readWhole(whole);
		assert.deepEqual(read(cutAt(whole, places)), expected);
		assert.deepEqual(read([whole]), expected);
	}),
	'hands on events alone, or says what came instead': property(
		fc.tuple(bytes, fc.constantFrom(200, 429, 500), fc.boolean()),
		async ([chunks, status, isStream]) => {
			const body = streamOf(chunks.filter((chunk) => chunk.length > 0));
			const fetch = guardedFetch(
				() => Promise.resolve(new Response(body, { status })),
				() => 0,
			);
			try {
				if (isStream) {
					const stream = new EventStream(body);
					for (let some = await stream.read(); some; some = await stream.read()) {
						for (const event of some) assert.match(event, /^[^\n\r]+$/);
					}
					return;
				}
				const passed = await (await fetch('https://service.invalid/')).text();
				assert.equal(status, 200);
				assert.equal(typeof JSON.parse(passed), 'object');
			} catch (error) {
				if (error instanceof assert.AssertionError) throw error;
				assert.ok(error instanceof ServiceError || error instanceof SyntaxError || isEmptyBody(error), String(error));
			}
		},
	),
});
