import { FormIndex } from './formIndex';
import { Reading } from './reading';
import { formsOf, minLongLength } from './secretForms';
import { mergeSpans, type Span } from './span';

/** Shorter secrets would redact ordinary words. */
const minSecretLength = 5;
/** Far more than the keys of a keyring. Beyond it the oldest are dropped, `droppedAtOnce` at a time. */
const maxSecrets = 4_000;
const droppedAtOnce = 1_000;
/** Characters that identify a form: no two keys share 12; in base64 and hex it takes more. */
const minPartLength = { plain: 12, tail: 20, base64: 20, hex: 24 } as const;

/** What is known of a text that more may follow. */
export interface PartialResult {
	/** The secrets in it, in order. */
	readonly spans: readonly Span[];
	/** From here on, the text could be the first part of a secret. */
	readonly settled: number;
}

/**
 * Finds learnt secrets, and parts of them, in one pass over each reading of a text, whatever their number: `gate`, a hash
 * table of the first characters of all forms, rules out almost every position at once.
 */
export class SecretFinder {
	/** In order of age. */
	private readonly known = new Set<string>();
	/** Secrets too short to be identified by a part, and their lengths. */
	private readonly short = new Set<string>();
	private readonly shortLengths = new Set<number>();
	/** Secrets by their tails. */
	private readonly byTail = new Map<string, string>();
	private indexes = emptyIndexes();
	private maxFormLength = 0;
	/** Allocated with the first secret: a masker for a single check never needs it. */
	private gate = new Uint8Array(0);

	/** @param gateSize a power of two, far more than the forms of all secrets: here those of a keyring */
	constructor(private readonly gateSize = 1 << 18) {}

	get isEmpty(): boolean {
		return this.known.size === 0;
	}

	learn(secret: string): void {
		if (secret.length < minSecretLength) return;
		const isNew = !this.known.delete(secret);
		this.known.add(secret);
		if (this.gate.length === 0) this.gate = new Uint8Array(this.gateSize);
		if (isNew) this.add(secret);
		if (this.known.size > maxSecrets) this.dropOldest();
	}

	/** The secrets in a text, in order. */
	find(text: string): readonly Span[] {
		return this.isEmpty ? [] : this.findIn(Reading.all(text));
	}

	/** As `find`, for a text that more may follow. */
	findSoFar(text: string): PartialResult {
		const readings = Reading.all(text);
		const settled = Math.min(text.length, ...readings.map((reading) => this.settledIn(reading)));
		return { spans: this.findIn(readings), settled };
	}

	private findIn(readings: readonly Reading[]): readonly Span[] {
		return mergeSpans(
			readings.flatMap((reading) => [...this.findAt(reading.text)].map((span) => reading.origin(span))),
		);
	}

	private *findAt(text: string): Iterable<Span> {
		const { plain, tail, base64, hex } = this.indexes;
		for (let start = 0; start + minSecretLength <= text.length; start += 1) {
			if (this.gate[gateIndex(text, start, this.gateSize)] !== 1) continue;
			const part = Math.max(plain.lengthAt(text, start), base64.lengthAt(text, start), hex.lengthAt(text, start));
			const length = Math.max(part, this.shortAt(text, start));
			if (length > 0) yield { start, end: start + length };
			const ending = tail.lengthAt(text, start);
			if (ending > 0) yield { start: this.startBefore(text, start, ending), end: start + ending };
		}
	}

	/** A tail was found at `start`: where the part of the secret before it begins. */
	private startBefore(text: string, start: number, length: number): number {
		const secret = this.byTail.get(text.slice(start, start + length)) ?? '';
		let before = 0;
		const maxBefore = Math.min(start, secret.length - length);
		while (before < maxBefore && text[start - before - 1] === secret[secret.length - length - before - 1]) before += 1;
		return start - before;
	}

	/** The length of the longest short secret at `start`. */
	private shortAt(text: string, start: number): number {
		let longest = 0;
		for (const length of this.shortLengths) {
			if (length > longest && this.short.has(text.slice(start, start + length))) longest = length;
		}
		return longest;
	}

	/** Where, in the original text, the prefix of a form begins with which this reading ends. */
	private settledIn(reading: Reading): number {
		const { text, complete } = reading;
		for (let start = Math.max(0, complete - this.maxFormLength); start < complete; start += 1) {
			if (complete - start >= minSecretLength && this.gate[gateIndex(text, start, this.gateSize)] !== 1) continue;
			if (Object.values(this.indexes).some((index) => index.isPrefix(text, start, complete))) {
				return reading.origin({ start, end: start }).start;
			}
		}
		// Trailing blanks alone do not matter: only after the first part of a secret.
		return text.slice(complete).trim() !== '' ? reading.origin({ start: complete, end: complete }).start : Infinity;
	}

	private add(secret: string): void {
		for (const text of Reading.ofSecret(secret)) {
			if (text.length < minSecretLength) continue;
			const { plain, tail, base64, hex } = formsOf(text);
			if (plain.length < minLongLength) {
				this.short.add(plain);
				this.shortLengths.add(plain.length);
				this.addToGate(plain);
				continue;
			}
			this.addForms('plain', [plain]);
			this.addForms('base64', base64);
			this.addForms('hex', hex);
			if (tail === undefined) continue;
			this.addForms('tail', [tail]);
			this.byTail.set(tail, plain);
		}
	}

	private addForms(kind: keyof typeof minPartLength, forms: readonly string[]): void {
		for (const form of forms) {
			this.indexes[kind].add(form);
			this.addToGate(form);
		}
	}

	private addToGate(form: string): void {
		this.gate[gateIndex(form, 0, this.gateSize)] = 1;
		this.maxFormLength = Math.max(this.maxFormLength, form.length);
	}

	private dropOldest(): void {
		const kept = [...this.known].slice(droppedAtOnce);
		for (const all of [this.known, this.short, this.shortLengths, this.byTail]) all.clear();
		this.indexes = emptyIndexes();
		this.gate.fill(0);
		for (const secret of kept) {
			this.known.add(secret);
			this.add(secret);
		}
	}
}

function emptyIndexes(): Readonly<Record<keyof typeof minPartLength, FormIndex>> {
	return {
		plain: new FormIndex(minPartLength.plain),
		tail: new FormIndex(minPartLength.tail),
		base64: new FormIndex(minPartLength.base64),
		hex: new FormIndex(minPartLength.hex),
	};
}

/** Hashes the first characters to an index of a gate of this size. */
function gateIndex(text: string, at: number, size: number): number {
	let mixed = 0;
	for (let i = at; i < at + minSecretLength; i += 1) {
		mixed = (Math.imul(mixed, 31) + text.charCodeAt(i)) | 0;
	}
	return (mixed ^ (mixed >>> 15)) & (size - 1);
}
