/** What an error of the runtime, not of the service, means. */
export interface Cause {
	readonly kind: 'redirected' | 'network' | 'proxy' | 'unreachable' | 'cutStream' | 'emptyAnswer' | 'unsendableKey';
	/** False only if no byte of the request can have reached the service. */
	readonly sent: boolean;
}

/**
 * Codes of Node, undici and Chromium for a host that cannot be reached: no name, no route, nothing that listens, a firewall
 * that drops packets, a wrong certificate.
 */
const noWay =
	/^(?:E(?:NOTFOUND|AI_[A-Z]+|CONNREFUSED|(?:HOST|NET)(?:UNREACH|DOWN))|UND_ERR_CONNECT_TIMEOUT|CERT_[A-Z_]+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_[A-Z_]+|ERR_(?:(?:CERT|TLS)_[A-Z_]+|SSL_[\w/]+|CONNECTION_(?:TIMED_OUT|REFUSED)|NAME_(?:NOT_RESOLVED|RESOLUTION_FAILED)|INTERNET_DISCONNECTED|ADDRESS_UNREACHABLE|PROXY_(?:CONNECTION_FAILED|TUNNEL)))$/;
const network = /^(?:E[A-Z]{3,}|(?:UND_ERR|HPE)_[A-Z_]+|ERR_(?!INVALID)[A-Z_]+)$/;

const patterns: readonly (readonly [kind: Cause['kind'], sent: boolean, words: RegExp])[] = [
	['proxy', false, /Proxy response \(\d+\)|TUNNEL_CONNECTION_FAILED|establish tunnel/],
	// Before TLS stands, nothing of a request goes out.
	['unreachable', false, /before secure TLS|write EPROTO/],
	['redirected', true, /redirect/i],
	['unsendableKey', false, /invalid header value|bytestring|invalid character in header/i],
	['emptyAnswer', true, /response body is empty/i],
	['network', true, /fetch failed|failed to fetch|network ?error|^terminated$|socket hang up|load failed/i],
];

/** Undefined if the error is of another kind. Looks at messages and codes of the error and its causes. */
export function causeOf(thrown: unknown): Cause | undefined {
	const chain = causes(thrown);
	if (chain.some(({ name }) => name === 'SyntaxError')) {
		return { kind: 'cutStream', sent: true };
	}
	for (const [kind, sent, words] of patterns) {
		if (kind === 'network') {
			const codes = codesOf(chain);
			if (codes.some((code) => network.test(code) || isNeverSent(code))) {
				if (codes.every((code) => noWay.test(code))) return { kind: 'unreachable', sent: false };
				return { kind, sent: !codes.every(isNeverSent) };
			}
		}
		if (kind === 'network' && isUnspoken407(chain)) return { kind: 'proxy', sent: false };
		if (chain.some(({ message }) => words.test(message))) {
			return { kind, sent };
		}
	}
	// Not the caller's: it has checked its own signals before.
	return chain.some(({ name }) => name === 'AbortError' || name === 'TimeoutError')
		? { kind: 'network', sent: true }
		: undefined;
}

/** What a browser's `fetch` throws, without a word on why: Chromium, Firefox, Safari. */
const browserWords = /^(?:Failed to fetch|NetworkError when attempting|Load failed)/;

/** Whether a browser threw it that says nothing of the cause: no network, or an answer that no page may read. */
export function isUnreadable(thrown: unknown): boolean {
	const chain = causes(thrown);
	return codesOf(chain).length === 0 && chain.some(({ message }) => browserWords.test(message));
}

/** Node's `fetch` hides a proxy's 407: it fails with a cause that has neither message nor code. */
function isUnspoken407([thrown, ...rest]: readonly Link[]): boolean {
	return thrown?.message === 'fetch failed' && rest.length > 0 && rest.every(({ message, code }) => !message && !code);
}

function isNeverSent(code: string): boolean {
	// Local ports are used up; the host may still be reachable.
	return noWay.test(code) || code === 'EADDRNOTAVAIL';
}

/** The error and its causes in one line, unmasked: "fetch failed: connect ECONNREFUSED 127.0.0.1:9". */
export function describe(thrown: unknown): string {
	const texts = causes(thrown).map(({ message, code }) => message || code);
	return [...new Set(texts)].filter((text) => text !== '').join(': ');
}

interface Link {
	readonly name: string;
	readonly message: string;
	readonly code: string;
}

const maxCauses = 12;

/** The error, its causes, and the errors of an aggregate (one for each address that was tried). */
function causes(thrown: unknown): Link[] {
	const links: Link[] = [];
	const queue: unknown[] = [thrown];
	// The queue grows during the loop.
	for (const next of queue) {
		if (links.length === maxCauses) break;
		if (typeof next === 'string') {
			links.push({ name: '', message: short(next), code: '' });
		} else if (next !== undefined && next !== null) {
			const { name, message, code, cause, errors } = next as Readonly<Record<string, unknown>>;
			const others: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, maxCauses) : [];
			// Node gives an aggregate the code of its first error.
			links.push({ name: short(name), message: short(message), code: others.length > 0 ? '' : codeOf(code, message) });
			queue.push(...others, cause);
		}
	}
	return links;
}

/** What hinders a connection differs from what breaks an open one, which has the same code. */
function codeOf(code: unknown, message: unknown): string {
	const [doing] = short(message).split(' ', 1);
	if (code === 'ETIMEDOUT' && doing === 'connect') return 'UND_ERR_CONNECT_TIMEOUT';
	return doing === 'read' || doing === 'write' ? short(code) && 'ECONNRESET' : short(code);
}

/** Chromium has its code in the message: `net::ERR_CONNECTION_REFUSED`. */
function codesOf(chain: readonly Link[]): string[] {
	return chain.flatMap(({ code, message }) => [
		...(code === '' ? [] : [code]),
		...(message.match(/(?<=\bnet::)ERR_[A-Z_]+/g) ?? []),
	]);
}

function short(value: unknown): string {
	return typeof value === 'string' ? value.slice(0, 2000) : '';
}
