import type { Piece } from '../gemini/gemini';
import { PoolError, type Attempt, type KeyId, type Part, type PoolStream, type Reason, type Usage } from '../pool/pool';

/** A whole answer and who gave it. */
export interface Gathered {
	readonly text: string;
	/** True where the model stopped for length: the text is not all of it. */
	readonly cut: boolean;
	/** Label of the key. */
	readonly key: string;
	readonly model: string;
	readonly usage?: Usage;
	readonly trail: readonly Attempt[];
}

/** How far an answer is. */
export type Gathering =
	| { readonly is: 'asked' }
	/** `text`: what has come so far. */
	| { readonly is: 'coming'; readonly text: string }
	| {
			readonly is: 'waiting';
			/** Label of the key; the model's name where the model itself is waited for. */
			readonly on: string;
			readonly why: Reason;
			readonly inMs: number;
			readonly ahead: number;
	  };

/** UTF-16 units of an answer that are kept: beyond any model's output limit. */
const maxText = 1_000_000;

/**
 * Reads a stream to its end; `tell` hears of each step.
 * @throws PoolError as the stream does
 */
export async function gather(
	stream: PoolStream<Piece>,
	labelOf: (key: KeyId) => string,
	tell: (step: Gathering) => void,
): Promise<Gathered> {
	let text = '';
	let ended: Gathered | undefined;
	for await (const part of stream) {
		switch (part.type) {
			case 'output':
				if (part.value.type === 'text') {
					text = (text + part.value.text).slice(0, maxText);
					tell({ is: 'coming', text });
				}
				break;
			case 'retract':
				text = '';
				break;
			case 'switched':
				tell(text === '' ? { is: 'asked' } : { is: 'coming', text });
				break;
			case 'waiting':
				tell({ is: 'waiting', on: nameOf(part, labelOf), why: part.why, inMs: part.inMs, ahead: part.ahead });
				break;
			case 'done':
				ended = answerOf(text, part, labelOf);
		}
	}
	if (ended === undefined) throw new PoolError('unexpected', stream.trail);
	return ended;
}

function nameOf({ on }: Extract<Part<Piece>, { type: 'waiting' }>, labelOf: (key: KeyId) => string): string {
	return on.key === undefined ? on.model : labelOf(on.key);
}

function answerOf(
	text: string,
	{ finished, on, usage, trail }: Extract<Part<Piece>, { type: 'done' }>,
	labelOf: (key: KeyId) => string,
): Gathered {
	return {
		text,
		cut: finished === 'MAX_TOKENS',
		// The label when it was sent: a key that was removed since keeps its name.
		key: trail.findLast(({ outcome }) => outcome === 'answered')?.label ?? labelOf(on.key),
		model: on.model,
		...(usage && { usage }),
		trail,
	};
}
