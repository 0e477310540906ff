import * as vscode from 'vscode';
import type { TeamTrouble } from '../link/link';

/** Why the server of a member's team cannot be used, what that means for the pool, and what to do. */
export function describeTrouble(trouble: TeamTrouble): string {
	return [problemIn(trouble), meanwhile(trouble), adviceFor(trouble)].join(' ').trim();
}

/** Why nobody could join a team, or create one; `isInvited`: by an invitation, which others have made. */
export function describeRefusal(trouble: TeamTrouble, isInvited: boolean): string {
	const unchanged = vscode.l10n.t('Nothing was changed: run the command again once that is fixed.');
	return [problemIn(trouble), isInvited ? adviceFor(trouble) : '', unchanged].filter((one) => one !== '').join(' ');
}

function problemIn(trouble: TeamTrouble): string {
	const { t } = vscode.l10n;
	switch (trouble) {
		case 'unreachable':
			return t('The team’s server does not answer.');
		case 'loading':
			return t('The team’s server is starting, changing its primary, or moving data between its nodes.');
		case 'wrongPassword':
			return t('The team’s server does not accept the user or the password.');
		case 'noRights':
			return t('The user lacks rights that a team needs on its server: whoever runs the server must grant them.');
		case 'certificate':
			return t('The certificate of the team’s server has expired, or is not trusted here.');
		case 'oldServer':
			return t('The team’s server is too old: it must be Valkey, or Redis 6 or newer.');
		case 'otherKind':
			return t(
				'The team’s server is one of a cluster, or a sentinel: its address must begin with cluster+ or sentinel+.',
			);
		case 'otherPrimary':
			return t('The sentinels know no primary of this name: it stands after the last slash of the address.');
		case 'evicts':
			return t('The team’s server may drop data when its memory is full: set its maxmemory-policy to noeviction.');
		case 'readOnly':
			return t('The team’s server takes no writes: it is a replica, or a primary that has moved or lost its replicas.');
		case 'full':
			return t('The team’s server has no memory or no disk space left.');
		case 'clockOff':
			return t('The clocks of the team’s server and of this computer are minutes apart: correct the wrong one.');
		case 'otherSchema':
			return t('Another version of Keypool has written what is on the team’s server: update Keypool on all computers.');
		case 'missing':
			return t('A browser cannot reach a team’s server.');
	}
}

function meanwhile(trouble: TeamTrouble): string {
	const { t } = vscode.l10n;
	switch (trouble) {
		case 'unreachable':
			return t('Keypool goes on alone, with a share of each limit, and tries again.');
		case 'loading':
		case 'readOnly':
		case 'full':
			return t('Keypool goes on alone and tries again.');
		default:
			return t('Keypool goes on alone.');
	}
}

/** What only the person who made the invitation can put right. */
function adviceFor(trouble: TeamTrouble): string {
	const { t } = vscode.l10n;
	if (trouble === 'wrongPassword') return t('Ask for a new invitation.');
	return trouble === 'certificate'
		? t('If the certificate has not expired, ask for an invitation with its authority.')
		: '';
}

/** What somebody sees who can read the server. */
export function whatIsShared(): string {
	return vscode.l10n.t(
		'Whoever can read that server sees how many keys the team has, which models they are used for, when, with how many tokens and dollars, and which keys Google refuses, but no key, label, prompt or answer.',
	);
}
