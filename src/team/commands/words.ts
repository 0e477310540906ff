import * as vscode from 'vscode';
import type { TeamTrouble } from '../link/link';

/** Why the team's server cannot be used, and what to do, in one sentence. */
export function describeTrouble(trouble: TeamTrouble): string {
	const { t } = vscode.l10n;
	switch (trouble) {
		case 'unreachable':
			return t(
				'The team’s server does not answer. Keypool goes on alone, with a share of each limit, and tries again.',
			);
		case 'loading':
			return t('The team’s server is starting or changing its primary. Keypool goes on alone and tries again.');
		case 'wrongPassword':
			return t(
				'The team’s server does not accept the user or the password. Keypool goes on alone: ask for a new invitation.',
			);
		case 'noRights':
			return t(
				'The user lacks rights that a team needs on its server: whoever runs the server must grant them. Keypool goes on alone.',
			);
		case 'certificate':
			return t(
				'The certificate of the team’s server is not trusted here. Keypool goes on alone: ask for an invitation with its certificate authority.',
			);
		case 'oldServer':
			return t('The team’s server is too old: it must be Valkey, or Redis 6 or newer. Keypool goes on alone.');
		case 'otherKind':
			return t(
				'The team’s server is one of a cluster, or a sentinel: its address must begin with cluster+ or sentinel+. Keypool goes on alone.',
			);
		case 'evicts':
			return t(
				'The team’s server may drop data when its memory is full: set its maxmemory-policy to noeviction. Keypool goes on alone.',
			);
		case 'readOnly':
			return t(
				'The team’s server takes no writes: it is a replica, or its primary has moved. Keypool goes on alone and tries again.',
			);
		case 'full':
			return t('The team’s server has no memory left. Keypool goes on alone and tries again.');
		case 'clockOff':
			return t(
				'The clocks of the team’s server and of this computer are minutes apart: correct the wrong one. Keypool goes on alone.',
			);
		case 'otherSchema':
			return t(
				'Another version of Keypool has written what is on the team’s server: update Keypool on all computers. Keypool goes on alone.',
			);
		case 'missing':
			return t('A browser cannot reach a team’s server. Keypool goes on alone.');
	}
}

/** What somebody sees who can read the server. */
export function whatIsShared(): string {
	return vscode.l10n.t(
		'Whoever can read that server sees how many keys the team has, which models they are used for, when, and with how many tokens: no key, label, prompt or answer.',
	);
}
