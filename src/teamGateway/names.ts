import { fastDigest } from '../common/fastDigest';
import type { KeyId, ProjectId } from '../pool/pool';
import type { GatewayRecord } from './gatewayRecord';

/**
 * The ids by which the pool knows a gateway: one key, which is the token, in one project. They stay after a reload. Another token
 * or gateway has others, so that what was learnt of one does not count for the next.
 */
export function gatewayIds({ address, token }: GatewayRecord): { readonly key: KeyId; readonly project: ProjectId } {
	const name = fastDigest(`${address} ${token}`);
	return { key: `team-gateway-${name}` as KeyId, project: `of-team-gateway-${name}` as ProjectId };
}

/** The name of its record in SecretStorage: address and token, which no setting and no workspace can name. */
export const recordName = 'teamGateway';

export const teamGatewayCommandNames = ['keypool.useTeamGateway', 'keypool.stopTeamGateway'] as const;
