import { uriDecoded } from '../../common/decodedText';
import { isLoopback } from '../../gemini/request/address';

/** A mail server as the setting names it. */
export interface SmtpServer {
	readonly host: string;
	readonly port: number;
	/**
	 * `tls`: encrypted from the first byte (`smtps://`). `startTls`: encrypted before anything is said, or nothing is
	 * (`smtp://`). `plain`: on this computer only.
	 */
	readonly encryption: 'tls' | 'startTls' | 'plain';
	readonly user?: string;
}

/** Reads `smtp://[user@]host[:port]` or `smtps://…`. Undefined where it is none, or holds a password. */
export function smtpServer(text: string): SmtpServer | undefined {
	const trimmed = text.trim();
	if (!/^smtps?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
	const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(trimmed);
	if (hostname === '' || password !== '' || (pathname !== '' && pathname !== '/') || search !== '' || hash !== '') {
		return undefined;
	}
	const tls = protocol === 'smtps:';
	return {
		host: hostname.replace(/^\[|\]$/g, ''),
		port: port === '' ? (tls ? 465 : 587) : Number(port),
		encryption: tls ? 'tls' : isLoopback(hostname) ? 'plain' : 'startTls',
		...(username === '' ? {} : { user: uriDecoded(username) }),
	};
}
