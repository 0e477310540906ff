import { KnownSecrets } from './masking/knownSecrets';
import { lookalikes } from './masking/lookalikes';
import type { Span } from './masking/span';
import { merged } from './masking/span';

/**
 * Makes texts safe before they reach a sink (log, view, notification, file): every known key is redacted literally,
 * and so is anything that looks like one. Service texts really contain whole keys (docs/FACTS.md 3).
 */
export type Masker = (text: string) => string;

/** A masker that learns. What it has learnt it never forgets in its life: a removed key stays masked for the session. */
export interface LearningMasker {
	readonly mask: Masker;
	/** Redacts `secret` from now on, in each form that it takes in JSON, URLs and HTML. */
	readonly learn: (secret: string) => void;
}

/** Stands where a secret was. Not ASCII, as every key is, so that no key can be made of it. */
export const redacted = '‹redacted›';

/** One pass over the text whatever the number of keys; masking twice changes nothing. */
export function createMasker(): LearningMasker {
	const known = new KnownSecrets();
	return {
		learn: (secret) => known.learn(secret),
		mask: (text) => replaced(text, merged([...known.find(text), ...lookalikes(text)])),
	};
}

/**
 * The mask to show instead of a secret, such as `AQ.A…x7Qz`: at most four characters of either end, fewer of a short
 * one. The prefix `sim-` of a simulated key is no secret and stays.
 */
export function maskKey(secret: string): string {
	const shown = Math.min(4, Math.floor(secret.length / 5));
	const head = secret.startsWith('sim-') ? 4 : shown;
	return `${secret.slice(0, head)}…${shown > 0 ? secret.slice(-shown) : ''}`;
}

function replaced(text: string, spans: readonly Span[]): string {
	let from = 0;
	const pieces: string[] = [];
	for (const span of spans) {
		pieces.push(text.slice(from, span.start), redacted);
		from = span.end;
	}
	return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}
