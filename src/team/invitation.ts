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

/** Undefined if there is none. What mails, chats and shells put into it or around it is no matter. */
export function parseInvitation(text: string): Invitation | undefined {
	if (text.length > 200_000) return undefined;
	const plain = text.replace(/[^\w:-]+/g, '');
	const [, encoded] = /keypool-team:([\w-]+)/.exec(plain) ?? [];
	if (encoded === undefined) return undefined;
	try {
		// The words that follow it are read as bytes as well, and none of them is its end.
		const found = new TextDecoder().decode(fromBase64Url(encoded));
		const value: unknown = JSON.parse(found.slice(0, found.lastIndexOf('}') + 1));
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
	// A single letter more than whole bytes says nothing.
	const whole = text.length % 4 === 1 ? text.slice(0, -1) : text;
	return Uint8Array.from(atob(whole.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
