/** Where SecretStorage keeps the invitation of the team that this installation is in. */
export const invitationName = 'team.invitation';

export const teamCommandNames = [
	'keypool.createTeam',
	'keypool.joinTeam',
	'keypool.copyInvitation',
	'keypool.leaveTeam',
] as const;
