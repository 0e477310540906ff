/** How a secret can stand in a text when its escapes are undone. */
export interface SecretForms {
	/** As it is. */
	readonly plain: string;
	/** The last characters, which are telling by themselves; absent of a short secret. */
	readonly tail?: string;
	/** At each of the three offsets, in both alphabets, without the characters that depend on what stands beside it. */
	readonly base64: readonly string[];
	readonly hex: readonly string[];
}

/** From this length on a part of a secret tells it, and other writings of it are looked for. Shorter ones are looked for as they are. */
export const minLongLength = 20;
const tailLength = 20;

export function formsOf(secret: string): SecretForms {
	if (secret.length < minLongLength) return { plain: secret, base64: [], hex: [] };
	const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
	const standard = [0, 1, 2].map((offset) => base64At(bytes, offset));
	const hex = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
	return {
		plain: secret,
		...(secret.length > tailLength && { tail: secret.slice(-tailLength) }),
		base64: [...standard, ...standard.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))],
		hex: [hex, hex.toUpperCase()],
	};
}

/** Of bytes that begin so many bytes after a group of three. */
function base64At(bytes: string, offset: number): string {
	const whole = btoa('\0'.repeat(offset) + bytes);
	return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
