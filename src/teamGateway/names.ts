import type { KeyId, ProjectId } from '../pool/pool';

/** What the pool knows the gateway by: one key, that is the token, in one project. The same after a reload. */
export const gatewayKey = 'team-gateway' as KeyId;
export const gatewayProject = 'of-team-gateway' as ProjectId;

/** The name of its record in SecretStorage: address and token, which no setting and no workspace can name. */
export const recordName = 'teamGateway';

export const gatewayCommands = ['keypool.useTeamGateway', 'keypool.stopTeamGateway'] as const;
