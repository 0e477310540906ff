/** The headers of Standard Webhooks (standardwebhooks.com), by which a receiver knows who sent a body and when. */
export async function signatureHeaders(
	secret: string,
	id: string,
	atMs: number,
	body: string,
): Promise<Readonly<Record<string, string>>> {
	const seconds = String(Math.floor(atMs / 1000));
	const key = await crypto.subtle.importKey('raw', keyBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
		'sign',
	]);
	const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${seconds}.${body}`));
	return {
		'webhook-id': id,
		'webhook-timestamp': seconds,
		'webhook-signature': `v1,${btoa(String.fromCharCode(...new Uint8Array(signed)))}`,
	};
}

/** A secret that begins with `whsec_` goes on in base64; any other text is taken as it is. */
function keyBytes(secret: string): Uint8Array<ArrayBuffer> {
	const encoded = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(secret)?.[1];
	// Four signs are three bytes, and one alone is none.
	if (encoded === undefined || encoded.length % 4 === 1) return new TextEncoder().encode(secret);
	return Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
}
