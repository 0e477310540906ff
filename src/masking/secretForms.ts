/** How a secret can be written in a text whose escapes are undone. */
export interface SecretForms {
	/** As it is. */
	readonly plain: string;
	/** The last characters, which identify it by themselves; absent for a short secret. */
	readonly tail?: string;
	/** At each of the three offsets, in both alphabets, without the characters that depend on neighbouring text. */
	readonly base64: readonly string[];
	readonly hex: readonly string[];
}

/** From this length on, parts and encodings of a secret are searched for; of shorter ones only the plain text. */
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

/** Base64 of bytes that begin `offset` bytes after a group of three. */
function base64At(bytes: string, offset: number): string {
	const whole = btoa('\0'.repeat(offset) + bytes);
	return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
