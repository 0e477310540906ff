import type { Reply } from '../upstream';

interface Event {
	readonly candidates?: readonly {
		readonly content?: { readonly parts?: readonly { readonly text?: string }[] };
		readonly finishReason?: string;
	}[];
}

/** A streamed reply as it would be without streaming: one body with the text of all events. Errors are one body already. */
export function asSingle(reply: Reply): Reply {
	if (reply.type !== 'response' || reply.headers['content-type'] !== 'text/event-stream') return reply;
	const events = reply.pieces.flatMap((piece) => eventsIn(piece));
	const text = events
		.map(({ candidates }) => candidates?.[0]?.content?.parts?.map((part) => part.text ?? '').join(''))
		.join('');
	const last = events.at(-1);
	const finishReason = last?.candidates?.[0]?.finishReason;
	const candidate = { content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }) };
	const body = JSON.stringify({ ...last, ...(text !== '' && { candidates: [candidate] }) });
	const isWhole = reply.then === 'end';
	return {
		...reply,
		headers: { 'content-type': 'application/json; charset=UTF-8' },
		pieces: [isWhole ? body : body.slice(0, Math.ceil(body.length / 2))],
	};
}

/** What is no JSON is no event. */
function eventsIn(piece: string): readonly Event[] {
	return [...piece.matchAll(/^data: (.*)$/gm)].flatMap(([, data = '']) => {
		try {
			return [JSON.parse(data) as Event];
		} catch {
			return [];
		}
	});
}
