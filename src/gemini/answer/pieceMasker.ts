import type { StreamMasker } from '../../masking/masking';
import type { Piece } from '../request/prompt';
import { short } from '../request/short';

/** No redaction, for when no key is held. */
const asTheyCome = (): StreamMasker => ({ push: (text) => text, end: () => '' });

/** Redacts held keys in the pieces of one answer. */
export class PieceMasker {
	/** One masker for each, so that a key in the text is found even if a thought comes in between. */
	private readonly texts: Readonly<Record<'text' | 'thought', StreamMasker>>;

	constructor(private readonly keyStream: () => StreamMasker = asTheyCome) {
		this.texts = { text: keyStream(), thought: keyStream() };
	}

	/** What can be shown so far; the end may be held back. */
	push(piece: Piece): Piece[] {
		switch (piece.type) {
			case 'text':
			case 'thought': {
				const text = this.texts[piece.type].push(piece.text);
				return text === '' ? [] : [{ type: piece.type, text }];
			}
			case 'grounding':
				// Not part of the text, so the text's masker goes on.
				return [this.masked(piece)];
			case 'call': {
				const { id, signature } = piece;
				const isSigned = signature !== undefined && this.isClean(signature);
				return [
					...this.end(),
					{
						type: 'call',
						name: short(piece.name, this.whole),
						args: maskedIn(piece.args, this.whole),
						...(id !== undefined && { id: short(id, this.whole) }),
						...(isSigned && { signature }),
					},
				];
			}
			case 'signature':
				// The text goes on: a key that stands on both sides of it is one all the same.
				return this.isClean(piece.signature) ? [piece] : [];
			case 'code':
				return [...this.end(), { ...this.masked(piece), language: short(piece.language, this.whole) }];
			case 'codeResult':
				return [...this.end(), { ...this.masked(piece), outcome: short(piece.outcome, this.whole) }];
			case 'file':
				return [...this.end(), { ...piece, mimeType: short(piece.mimeType, this.whole) }];
		}
	}

	/** What was held back. */
	end(): Piece[] {
		return (['thought', 'text'] as const).flatMap((type) => {
			const text = this.texts[type].end();
			return text === '' ? [] : [{ type, text }];
		});
	}

	private masked<P extends Piece>(piece: P): P {
		return maskedIn(piece, this.whole) as P;
	}

	/** A signature is sent back as it came, or not at all: a changed one is refused, and the editor's chat stores it. */
	private isClean(signature: string): boolean {
		return this.whole(signature) === signature;
	}

	private readonly whole = (text: string): string => {
		const stream = this.keyStream();
		return stream.push(text) + stream.end();
	};
}

/** The same JSON with every string masked. */
function maskedIn(value: unknown, mask: (text: string) => string): unknown {
	if (typeof value === 'string') return mask(value);
	if (Array.isArray(value)) return value.map((one) => maskedIn(one, mask));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [mask(name), maskedIn(one, mask)]));
}
