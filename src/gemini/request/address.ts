/** Google's own service. */
export const googleBaseUrl = 'https://generativelanguage.googleapis.com';

export type BaseUrlCheck =
	| {
			readonly ok: true;
			/** `other`: a host that the user must confirm once before it receives keys. */
			readonly kind: 'google' | 'loopback' | 'other';
			/** With the port, unless it is the scheme's default. */
			readonly host: string;
	  }
	| { readonly ok: false; readonly reason: 'notAUrl' | 'notHttps' | 'credentials' | 'query' };

/**
 * Whether keys may be sent there at all: https (on this machine http too), no credentials, no query, no fragment.
 * A path is allowed, for gateways.
 */
export function validateBaseUrl(url: string): BaseUrlCheck {
	const trimmed = url.trim();
	// The URL parser drops control characters; the SDK, which appends its path to the text, would not.
	const parsed = /\p{Cc}/u.test(trimmed) || !URL.canParse(trimmed) ? undefined : new URL(trimmed);
	if (parsed === undefined || parsed.hostname === '') {
		return { ok: false, reason: 'notAUrl' };
	}
	const { protocol, hostname, host, username, password } = parsed;
	const loopback = isLoopback(hostname);
	if (protocol !== 'https:' && !(protocol === 'http:' && loopback)) {
		return { ok: false, reason: 'notHttps' };
	}
	if (username !== '' || password !== '') {
		return { ok: false, reason: 'credentials' };
	}
	// Not `search` and `hash`: both are empty for a bare "?" or "#", after which the SDK would append its path.
	if (/[?#]/.test(trimmed)) {
		return { ok: false, reason: 'query' };
	}
	return { ok: true, kind: loopback ? 'loopback' : host === new URL(googleBaseUrl).host ? 'google' : 'other', host };
}

/** Whether a host belongs to Google's APIs. */
export function isGoogleHost(hostname: string): boolean {
	return hostname === 'googleapis.com' || hostname.endsWith('.googleapis.com');
}

/** Expects a hostname from `URL`, which is in canonical form. */
export function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/**
 * As the manifest's pattern for `keypool.model`, so that no name leads to another path; a test compares the two. A key or a
 * token that stands in the wrong field is none either: what is counted is kept by the name of its model, here and in a team.
 */
const pattern = /^\s*(?:models\/)?(?!\.+\s*$|AIza[\w-]{30}|AQ\.[\w.-]{40}|kp_[\w-]{30})([\w.-]{1,100})\s*$/u;

/** The name without `models/` and white space; undefined if it is not valid. */
export function modelNameIn(text: string): string | undefined {
	return pattern.exec(text)?.[1];
}

/** Whether a text is a name as it is, without `models/` and white space. */
export function isModelName(text: string): boolean {
	return modelNameIn(text) === text;
}
