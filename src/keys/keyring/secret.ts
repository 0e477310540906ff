import { maskKey } from '../../masking/masking';

/** The kind of a key, by its first characters (docs/FACTS.md 3). An unknown prefix is never refused: prefixes change. */
export type SecretKind = 'AQ' | 'AIza' | 'simulated' | 'unknown';

/** Services whose keys are mistaken for Gemini keys. */
export type Service =
	| 'Anthropic'
	| 'AWS'
	| 'GitHub'
	| 'Google access token'
	| 'Google client ID'
	| 'Google client secret'
	| 'Google refresh token'
	| 'Google service account'
	| 'Groq'
	| 'Hugging Face'
	| 'OpenAI'
	| 'OpenRouter'
	| 'Slack'
	| 'Stripe'
	| 'xAI';

/** Why a text cannot be a key. */
export type Refusal =
	| {
			readonly reason:
				| 'empty'
				| 'innerSpace'
				| 'control'
				| 'nonAscii'
				| 'tooShort'
				| 'tooLong'
				| 'severalInOne'
				| 'address';
	  }
	| { readonly reason: 'otherService'; readonly service: Service };

export type ParsedSecret =
	| { readonly ok: true; readonly secret: Secret; readonly kind: SecretKind }
	| ({ readonly ok: false } & Refusal);

/** A key in memory. It prints, logs and serialises as its mask; only `reveal` returns it. */
export class Secret {
	readonly #value: string;
	readonly mask: string;

	constructor(value: string) {
		this.#value = value;
		this.mask = maskKey(value);
	}

	reveal(): string {
		return this.#value;
	}

	toString(): string {
		return this.mask;
	}

	toJSON(): string {
		return this.mask;
	}
}

/** Characters in a Gemini key. Simulated keys may be shorter. */
const length = { min: 20, max: 200, simulatedMin: 5 };

const foreign: readonly (readonly [RegExp, Service])[] = [
	[/^sk-ant-/, 'Anthropic'],
	[/^sk-or-/, 'OpenRouter'],
	[/^sk[-_](?:live|test)_/, 'Stripe'],
	[/^sk-/, 'OpenAI'],
	[/^(?:gh[pousr]_|github_pat_)/, 'GitHub'],
	[/^xox[a-z]-/, 'Slack'],
	[/^gsk_/, 'Groq'],
	[/^hf_/, 'Hugging Face'],
	[/^xai-/, 'xAI'],
	[/^(?:AKIA|ASIA)[0-9A-Z]{16}$/, 'AWS'],
	[/^ya29\./, 'Google access token'],
	[/^1\/\/0[\w-]/, 'Google refresh token'],
	[/^GOCSPX-/, 'Google client secret'],
	[/^[\w-]+\.apps\.googleusercontent\.com$/, 'Google client ID'],
	[/^\{[^]{0,4000}"(?:service_account|private_key)"/, 'Google service account'],
	[/^-----BEGIN [A-Z ]{0,20}PRIVATE KEY/, 'Google service account'],
];

/** White space and quotes of any keyboard or word processor, on either side of a key. */
const around = /[\s"'`‘’“”„«»]/;
/** Zero-width characters and direction marks, which copying from web pages leaves behind. */
const invisible = /\u00ad|\u200b|\u200c|\u200d|\u200e|\u200f|\u2060|\ufeff|[\u202a-\u202e]/g;

/** The text without what copying adds to a key: white space, quotes, invisible characters. */
export function cleaned(text: string): string {
	const visible = text.replace(invisible, '');
	let start = 0;
	let end = visible.length;
	while (start < end && around.test(visible.charAt(start))) {
		start += 1;
	}
	while (end > start && around.test(visible.charAt(end - 1))) {
		end -= 1;
	}
	return visible.slice(start, end);
}

/** Reads one typed or pasted key; returns the reason if it cannot be one. */
export function parseSecret(text: string): ParsedSecret {
	if (text.length > 20_000) {
		return { ok: false, reason: 'tooLong' };
	}
	const value = cleaned(text);
	if (value === '') {
		return { ok: false, reason: 'empty' };
	}
	const service = foreign.find(([shape]) => shape.test(value))?.[1];
	if (service) {
		return { ok: false, reason: 'otherService', service };
	}
	if (/\s/.test(value)) {
		return { ok: false, reason: 'innerSpace' };
	}
	// eslint-disable-next-line no-control-regex -- these are what is looked for
	if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) {
		return { ok: false, reason: 'control' };
	}
	if (/[^\u0021-\u007e]/.test(value)) {
		return { ok: false, reason: 'nonAscii' };
	}
	if (/^\w+:\/\//.test(value)) {
		return { ok: false, reason: 'address' };
	}
	const kind = kindOf(value);
	if (value.length < (kind === 'simulated' ? length.simulatedMin : length.min)) {
		return { ok: false, reason: 'tooShort' };
	}
	if (/^.{20,}(?:AIza[\w-]{35}|AQ\.[\w-]{40,})/.test(value)) {
		return { ok: false, reason: 'severalInOne' };
	}
	if (value.length > length.max) {
		return { ok: false, reason: 'tooLong' };
	}
	return { ok: true, secret: new Secret(value), kind };
}

/** Judges by the first characters only; the rest may still be wrong. */
export function kindOf(value: string): SecretKind {
	if (value.startsWith('AQ.')) {
		return 'AQ';
	}
	if (value.startsWith('AIza')) {
		return 'AIza';
	}
	return value.startsWith('sim-') ? 'simulated' : 'unknown';
}
