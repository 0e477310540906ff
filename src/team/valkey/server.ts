import { uriDecoded } from '../../common/decodedText';
import * as v from 'valibot';
import { maxAuthorities } from './authorities';

const node = v.object({
	host: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
	port: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535)),
});

const fields = v.object({
	kind: v.picklist(['single', 'sentinel', 'cluster', 'socket']),
	/** The server, or those that know it. Empty for a socket of this machine. */
	nodes: v.pipe(v.array(node), v.maxLength(20)),
	/** What sentinels call the primary. */
	primary: v.optional(v.pipe(v.string(), v.maxLength(100))),
	/** A socket of this machine. */
	path: v.optional(v.pipe(v.string(), v.maxLength(200))),
	tls: v.boolean(),
	/** The certificates of own authorities, as PEM. */
	authorities: v.optional(v.pipe(v.string(), v.maxLength(maxAuthorities))),
	user: v.optional(v.pipe(v.string(), v.maxLength(200))),
	password: v.optional(v.pipe(v.string(), v.maxLength(500))),
});

/** Where a team's server is, and how to sign in. */
export const serverSchema = v.pipe(fields, v.check(isSomewhere));

/** What names no place would be looked for on this computer. */
function isSomewhere({ kind, nodes, primary, path }: v.InferOutput<typeof fields>): boolean {
	if (kind === 'socket') return path?.startsWith('/') === true;
	if (kind === 'single') return nodes.length === 1;
	return nodes.length > 0 && (kind === 'cluster' || primary !== undefined);
}

export type TeamServer = v.InferOutput<typeof serverSchema>;

const kinds = { '': 'single', 'sentinel+': 'sentinel', 'cluster+': 'cluster' } as const;
const ports = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;

/**
 * Reads `valkeys://user@host:port`, `valkey://…` without TLS, `redis(s)://…`; with several hosts between commas
 * `sentinel+valkeys://a,b,c/primary` and `cluster+valkeys://a,b`; and `unix:///a/socket`. Undefined if it is none of these.
 */
export function parseAddress(text: string): TeamServer | undefined {
	const socket = /^unix:\/\/(?:([^@/]*)@)?(\/.+)$/.exec(text.trim());
	if (socket) {
		const [, user, path] = socket;
		return { kind: 'socket', nodes: [], tls: false, ...(path && { path }), ...(user && { user: uriDecoded(user) }) };
	}
	const parts =
		/^(sentinel\+|cluster\+|)(valkey|redis)(s?):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(?:\/([\w.-]+))?\/?$/.exec(
			text.trim(),
		);
	if (!parts) return undefined;
	const [, prefix = '', , secure, user, password, hosts = '', primary] = parts;
	const kind = kinds[prefix as keyof typeof kinds];
	const nodes = hosts.split(',').map((host) => nodeOf(host, ports[kind]));
	const server = {
		...{ kind, nodes, tls: secure === 's' },
		...(primary !== undefined && kind === 'sentinel' && { primary }),
		...(user && { user: uriDecoded(user) }),
		...(password && { password: uriDecoded(password) }),
	};
	// A database of another number is no place for a team: a cluster has none.
	const isFirst = kind === 'sentinel' || primary === undefined || primary === '0';
	return isFirst && v.is(serverSchema, server) ? server : undefined;
}

/** A host with its port; in brackets where it is an IPv6 address. */
function nodeOf(text: string, usual: number): { host: string; port: number } {
	const [, bracketed, plain, port] = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::(\d+))?$/i.exec(text.trim()) ?? [];
	return { host: bracketed ?? plain ?? '', port: port === undefined ? usual : Number(port) };
}

/** Whether what is sent can be read on the way: without TLS, and not to this machine. */
export function isExposed({ kind, tls, nodes }: TeamServer): boolean {
	return !tls && kind !== 'socket' && nodes.some(({ host }) => !/^(localhost|127(\.\d+){3}|::1)$/.test(host));
}

/** For a person: without the password. */
export function describeServer({ kind, nodes, path, primary }: TeamServer): string {
	if (kind === 'socket') return path ?? '';
	const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
	return primary === undefined ? hosts : `${hosts} (${primary})`;
}
