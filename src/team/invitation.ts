import * as v from 'valibot';
import { serverSchema } from './valkey/server';

const prefix = 'keypool-team:';

const schema = v.object({
	v: v.literal(1),
	/** Names the team on the server. */
	team: v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/)),
	/** Under which keys get their fingerprints; the server never sees it. */
	secret: v.pipe(v.string(), v.minLength(32), v.maxLength(200)),
	server: serverSchema,
});

/** Everything that a machine needs to join: one text, which is a secret. */
export type Invitation = v.InferOutput<typeof schema>;

export function invitationText(invitation: Invitation): string {
	return prefix + toBase64Url(new TextEncoder().encode(JSON.stringify(invitation)));
}

/** Undefined if it is no invitation. What mails, chats and shells put into it or around it is no matter. */
export function parseInvitation(text: string): Invitation | undefined {
	const plain = text.replace(/[^\w:-]+/g, '');
	if (!plain.startsWith(prefix) || plain.length > 200_000) return undefined;
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(plain.slice(prefix.length))));
		return v.is(schema, value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** @param random fills its argument */
export function createSecret(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
	return toBase64Url(random(new Uint8Array(32)));
}

function toBase64Url(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += String.fromCharCode(byte);
	return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array {
	return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
