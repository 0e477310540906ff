import type { Dialect } from '../../gemini/gemini';
import type { AnswerForm } from '../requests/call';

/** How the pieces of an answer become bytes. */
export interface Framing {
	readonly contentType: string;
	piece(json: string): string;
	/** What ends a whole answer. */
	end(): string;
	/** What is sent when an answer cannot go on; then the connection is broken. */
	error(json: string): string;
}

export function framingOf(dialect: Dialect, form: AnswerForm): Framing {
	if (form === 'whole') {
		const contentType = 'application/json; charset=UTF-8';
		return { contentType, piece: (json) => json, end: () => '', error: (json) => json };
	}
	return form === 'events' ? events(dialect) : list();
}

function events(dialect: Dialect): Framing {
	const lineEnd = dialect === 'gemini' ? '\r\n\r\n' : '\n\n';
	const piece = (json: string): string => `data: ${json}${lineEnd}`;
	return {
		contentType: 'text/event-stream',
		piece,
		end: () => (dialect === 'openai' ? piece('[DONE]') : ''),
		error: piece,
	};
}

/**
 * One JSON list that grows, as Gemini streams to a client that asks for no events. Nothing may follow its bracket: Continue
 * takes it off the end of what has come, and loses the last piece if it cannot.
 */
function list(): Framing {
	let separator = '[';
	const piece = (json: string): string => {
		const framed = `${separator}${json}\n`;
		separator = ',\r\n';
		return framed;
	};
	return {
		contentType: 'application/json; charset=UTF-8',
		piece,
		end: () => ']',
		error: (json) => `${piece(json)}]`,
	};
}
