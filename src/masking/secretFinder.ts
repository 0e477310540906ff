import { FormIndex } from './formIndex';
import { Reading } from './reading';
import { formsOf, minLongLength } from './secretForms';
import { mergeSpans, type Span } from './span';

/** Shorter ones would redact ordinary words. */
const minSecretLength = 5;
/** Far above the keys that a keyring takes; the oldest go first, some at a time. */
const maxSecrets = 4_000;
const droppedAtOnce = 1_000;
/** A power of two: far more than the forms of as many keys as a keyring takes. */
const gateSize = 1 << 18;

/** Parts of a form that tell it: 12 characters are those of no other key, in base64 and hex they are more. */
const minPartLength = { plain: 12, tail: 20, base64: 20, hex: 24 } as const;

/** What of a text is known when more may come. */
export interface PartialResult {
	/** The secrets in it, in order. */
	readonly spans: readonly Span[];
	/** From here on it could be the beginning of a secret. */
	readonly settled: number;
}

/**
 * Finds secrets that were learnt, and their parts, in one pass over each reading of a text, whatever their number: a table
 * over the first characters of all forms turns almost every position away at once.
 */
export class SecretFinder {
	/** Insertion order is age. */
	private readonly secrets = new Set<string>();
	/** Those too short to be told by a part, and their lengths. */
	private readonly short = new Set<string>();
	private readonly shortLengths = new Set<number>();
	/** Secrets by their tails. */
	private readonly byTail = new Map<string, string>();
	private indexes = emptyIndexes();
	private maxFormLength = 0;
	/** Made with the first secret: most maskers that are asked one question never need it. */
	private gate = new Uint8Array(0);

	get isEmpty(): boolean {
		return this.secrets.size === 0;
	}

	learn(secret: string): void {
		if (secret.length < minSecretLength) return;
		const isNew = !this.secrets.delete(secret);
		this.secrets.add(secret);
		if (this.gate.length === 0) this.gate = new Uint8Array(gateSize);
		if (isNew) this.add(secret);
		if (this.secrets.size > maxSecrets) this.dropOldest();
	}

	/** The secrets in a text, in order. */
	find(text: string): readonly Span[] {
		return this.isEmpty ? [] : this.findIn(Reading.all(text));
	}

	/** As `find`, of a text that can go on. */
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
			if (this.gate[gateIndex(text, start)] !== 1) continue;
			const part = Math.max(plain.lengthAt(text, start), base64.lengthAt(text, start), hex.lengthAt(text, start));
			const length = Math.max(part, this.shortAt(text, start));
			if (length > 0) yield { start, end: start + length };
			const ending = tail.lengthAt(text, start);
			if (ending > 0) yield { start: this.startBefore(text, start, ending), end: start + ending };
		}
	}

	/** Where what is left of the secret begins whose tail stands at `start`. */
	private startBefore(text: string, start: number, length: number): number {
		const secret = this.byTail.get(text.slice(start, start + length)) ?? '';
		let before = 0;
		const maxBefore = Math.min(start, secret.length - length);
		while (before < maxBefore && text[start - before - 1] === secret[secret.length - length - before - 1]) before += 1;
		return start - before;
	}

	/** The longest of the short secrets that stands whole at `start`. */
	private shortAt(text: string, start: number): number {
		let longest = 0;
		for (const length of this.shortLengths) {
			if (length > longest && this.short.has(text.slice(start, start + length))) longest = length;
		}
		return longest;
	}

	/** Where in the text itself the beginning of a form stands that this reading ends with. */
	private settledIn(reading: Reading): number {
		const { text, complete } = reading;
		for (let start = Math.max(0, complete - this.maxFormLength); start < complete; start += 1) {
			if (complete - start >= minSecretLength && this.gate[gateIndex(text, start)] !== 1) continue;
			if (Object.values(this.indexes).some((index) => index.isPrefix(text, start, complete))) {
				return reading.origin({ start, end: start }).start;
			}
		}
		// Blanks matter behind the beginning of a secret alone.
		return text.slice(complete).trim() !== '' ? reading.origin({ start: complete, end: complete }).start : Infinity;
	}

	private add(secret: string): void {
		// As itself, and as it reads where it happens to look like something escaped.
		for (const { text } of Reading.all(secret)) {
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
		this.gate[gateIndex(form, 0)] = 1;
		this.maxFormLength = Math.max(this.maxFormLength, form.length);
	}

	private dropOldest(): void {
		const kept = [...this.secrets].slice(droppedAtOnce);
		for (const all of [this.secrets, this.short, this.shortLengths, this.byTail]) all.clear();
		this.indexes = emptyIndexes();
		this.gate.fill(0);
		for (const secret of kept) {
			this.secrets.add(secret);
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

/** Mixes the first five characters into a place of the table. */
function gateIndex(text: string, at: number): number {
	let mixed = 0;
	for (let i = at; i < at + minSecretLength; i += 1) {
		mixed = (Math.imul(mixed, 31) + text.charCodeAt(i)) | 0;
	}
	return (mixed ^ (mixed >>> 15)) & (gateSize - 1);
}
