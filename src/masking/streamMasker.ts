import { redacted } from './redacted';
import type { SecretFinder } from './secretFinder';
import { mergeSpans, type Span } from './span';

/** Redacts secrets in a text that arrives in pieces, wherever the pieces split it. */
export interface StreamMasker {
	/** Returns what can be shown now: all but an end that could be the first part of a secret. */
	push(piece: string): string;
	/** The text has ended. Returns the rest. */
	end(): string;
}

/** UTF-16 units that are held back at most. A secret spread over more than this is not found. */
const maxHeld = 8_192;

export function createStreamMasker(finder: SecretFinder): StreamMasker {
	let held = '';
	/** Units at the start of `held` that belong to a secret whose mark was shown already. */
	let covered = 0;

	const release = (found: readonly Span[], settled: number): string => {
		const spans = covered > 0 ? mergeSpans([{ start: 0, end: covered }, ...found]) : found;
		const shown: string[] = [];
		let from = 0;
		let left = Math.max(0, covered - settled);
		for (const { start, end } of spans) {
			if (start >= settled) break;
			shown.push(held.slice(from, start));
			if (start > 0 || covered === 0) shown.push(redacted);
			from = Math.min(end, settled);
			left = Math.max(left, end - settled);
		}
		shown.push(held.slice(from, settled));
		held = held.slice(settled);
		covered = left;
		return shown.join('');
	};

	return {
		push(piece) {
			if (finder.isEmpty && held === '') return piece;
			held += piece;
			const { spans, settled } = finder.findSoFar(held);
			return release(spans, held.length - settled > maxHeld ? held.length : settled);
		},
		end: () => release(finder.find(held), held.length),
	};
}
