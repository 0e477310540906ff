import { TeamError, type TeamTrouble } from '../link/link';

/** What the server says first, and what it means for us. */
const replies: readonly (readonly [RegExp, TeamTrouble])[] = [
	[/^(WRONGPASS|NOAUTH)|invalid (username-)?password|without any password configured/i, 'wrongPassword'],
	[
		/^NOPERM|ACL failure|No permissions|can't access at least one of the keys|this user has no permissions/i,
		'noRights',
	],
	[/^READONLY|NOREPLICAS|can't write against a read only/i, 'readOnly'],
	[/^OOM|'maxmemory'|^MISCONF/i, 'full'],
	// A cluster's client has been sent from node to node, as where a slot moves or a primary has died.
	[/^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|FAILOVER|Too many Cluster redirections)/i, 'loading'],
	[/^(MOVED|ASK) /, 'otherKind'],
	[/^No such (master|primary)/i, 'otherPrimary'],
	[/^WRONGTYPE/i, 'otherSchema'],
	[/unknown command|wrong number of arguments/i, 'oldServer'],
];

/** Codes of Node's TLS: the certificate is not one that this machine trusts. */
const certificateCode = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)|ERR_SSL_|HOSTNAME_MISMATCH)/;

/** What a failure of the client means. */
export function asTeamError(error: unknown): TeamError {
	if (error instanceof TeamError) return error;
	const { message = '', code } = (typeof error === 'object' && error !== null ? error : {}) as {
		message?: string;
		code?: unknown;
	};
	if (typeof code === 'string' && certificateCode.test(code)) return new TeamError('certificate', { cause: error });
	// What a sentinel has said stands at the end.
	const said = message.replace(/^All sentinels are unreachable .*?Last error: /, '');
	const text = said.replace(/^ERR (Error running script.*?: |user_script:\d+: )?/i, '');
	const found = replies.find(([pattern]) => pattern.test(text) || pattern.test(message));
	return new TeamError(found?.[1] ?? 'unreachable', { cause: error });
}
