import { likelySecrets } from './lookalikes';
import { redacted } from './redacted';
import { SecretFinder } from './secretFinder';
import { minLongLength } from './secretForms';
import { mergeSpans, type Span } from './span';
import { createStreamMasker, type StreamMasker } from './streamMasker';

export { redacted } from './redacted';
export type { StreamMasker } from './streamMasker';

/**
 * Makes texts safe before they reach a sink (log, view, notification, file). Redacts every known secret, in any encoding
 * (`secretForms.ts`, `reading.ts`), and anything that looks like a key. Service messages really contain whole keys
 * (docs/FACTS.md 3).
 */
export type Masker = (text: string) => string;

/** A masker that learns secrets and never forgets one: a removed key stays masked for the session. */
export interface LearningMasker {
	readonly mask: Masker;
	/** Redacts `secret` from now on. */
	readonly learn: (secret: string) => void;
	/** As `learn`, for a key of the keyring: `holdsKey` and `maskKeys` look for it too. */
	readonly learnKey: (secret: string) => void;
	/** Whether a text holds a key of the keyring, or an identifying part of one. */
	readonly holdsKey: (text: string) => boolean;
	/** The parts of a text that hold one, as they are written there, in order. */
	readonly keysIn: (text: string) => readonly string[];
	/** Redacts keys of the keyring only: in an answer, text that merely looks like a key is ordinary. */
	readonly maskKeys: Masker;
	/** As `maskKeys`, for a text that arrives in pieces. */
	readonly keyStream: () => StreamMasker;
}

/**
 * Takes one pass over each reading of the text, whatever the number of keys. Masking twice changes nothing.
 *
 * @param gateSize of a `SecretFinder`, for fewer secrets than a keyring's
 */
export function createMasker(gateSize?: number): LearningMasker {
	const keys = new SecretFinder(gateSize);
	const others = new SecretFinder(gateSize);
	return {
		learn: (secret) => others.learn(secret),
		learnKey: (secret) => {
			// Simulated keys are not secret, and so short that an ordinary word could be one.
			if (secret.length >= minLongLength) keys.learn(secret);
			else others.learn(secret);
		},
		mask: (text) => redact(text, mergeSpans([...keys.find(text), ...others.find(text), ...likelySecrets(text)])),
		holdsKey: (text) => keys.find(text).length > 0,
		keysIn: (text) => keys.find(text).map(({ start, end }) => text.slice(start, end)),
		maskKeys: (text) => redact(text, keys.find(text)),
		keyStream: () => createStreamMasker(keys),
	};
}

/**
 * The mask to show instead of a secret, such as `AQ.A…x7Qz`: at most four characters of either end, fewer if it is short.
 * The prefix `sim-` of a simulated key is not secret and stays.
 */
export function maskKey(secret: string): string {
	const shown = Math.min(4, Math.floor(secret.length / 5));
	const head = secret.startsWith('sim-') ? 4 : shown;
	return `${secret.slice(0, head)}…${shown > 0 ? secret.slice(-shown) : ''}`;
}

function redact(text: string, spans: readonly Span[]): string {
	let from = 0;
	const pieces: string[] = [];
	for (const span of spans) {
		pieces.push(text.slice(from, span.start), redacted);
		from = span.end;
	}
	return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}
