import * as vscode from 'vscode';
import { askText } from '../../ui/inputBox';
import { askInformation, askWarning, showError, showInformation } from '../../ui/messages';
import type { Clock } from '../../pool/pool';
import { aborted, patiently } from '../../ui/patiently';
import { withProgress } from '../../ui/progress';
import { createSecret, invitationText, parseInvitation, type Invitation } from '../invitation';
import { TeamError } from '../link/link';
import { ServerState } from '../link/serverState';
import type { Membership } from '../membership';
import { authoritiesIn } from '../valkey/authorities';
import { describeServer, isExposed, parseAddress, type TeamServer } from '../valkey/server';
import { valkeyLink, type ValkeyParts } from '../valkey/valkeyLink';
import type { teamCommandNames } from './commandNames';
import { describeRefusal, whatIsShared } from './words';

export interface TeamCommandParts extends Pick<ValkeyParts, 'newId'> {
	readonly clock: Clock;
	readonly membership: Membership;
	/** Fills its argument. */
	readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
	readonly report: (error: unknown) => void;
}

type Commands = Readonly<Record<(typeof teamCommandNames)[number], () => Promise<void>>>;

export function teamCommands(parts: TeamCommandParts): Commands {
	const { membership } = parts;
	/** The address that was typed last, for another try; none that holds a password, which the box would show. */
	let typed = '';
	/** What the system keeps is read first: it may not have been since the window opened. */
	const knowing = (act: () => Promise<void>) => async (): Promise<void> => {
		if (await isStored(parts, membership.follow())) await act();
	};
	/** Before it joins: while a person was asked here, another window may have, and its invitation may be the only one. */
	const isFree = async (): Promise<boolean> =>
		(await isStored(parts, membership.follow())) && !(await isMember(membership));
	return {
		'keypool.createTeam': knowing(async () => {
			if (await isMember(membership)) return;
			const server = await askServer(typed, (address) => (typed = address));
			const team = parts.newId();
			const checked = server && (await workingServer(parts, server, team));
			if (!checked) return;
			const invitation: Invitation = { v: 1, team, secret: createSecret(parts.random), server: checked };
			if (!(await isAgreed(checked)) || !(await isFree())) return;
			if (!(await hasJoined(parts, invitation))) return;
			await offerInvitation(
				invitation,
				vscode.l10n.t('The team is ready. Its invitation is a secret: send it to colleagues in a safe way.'),
			);
		}),
		'keypool.joinTeam': knowing(async () => {
			if (await isMember(membership)) return;
			const invitation = await askInvitation();
			if (!invitation || !(await isAgreed(invitation.server))) return;
			if (!(await isWorking(parts, invitation)) || !(await isFree())) return;
			if (!(await hasJoined(parts, invitation))) return;
			void showInformation(
				vscode.l10n.t(
					'This computer is in the team. Keys that other members have as well share their counts, limits and cooldowns.',
				),
			);
		}),
		'keypool.copyInvitation': knowing(async () => {
			const { invitation } = membership;
			if (!invitation) return sayNoMember();
			await vscode.env.clipboard.writeText(invitationText(invitation));
			void showInformation(
				vscode.l10n.t('The invitation was copied. It is a secret: send it to colleagues in a safe way.'),
			);
		}),
		'keypool.leaveTeam': knowing(() => leave(parts)),
	};
}

async function leave(parts: TeamCommandParts): Promise<void> {
	const { membership } = parts;
	const { invitation } = membership;
	if (!invitation) return sayNoMember();
	const yes = vscode.l10n.t('Leave Team');
	const question = vscode.l10n.t('Leave the team on {0}?', describeServer(invitation.server));
	const detail = vscode.l10n.t('What is known of your keys stays on this computer. The invitation is deleted here.');
	if ((await askWarning(question, detail, yes)) !== yes) return;
	// While a person was asked here, another window may have joined another, whose invitation may be the only one.
	if (!(await isStored(parts, membership.follow()))) return;
	if (membership.invitation?.team !== invitation.team) return leave(parts);
	if (await isStored(parts, membership.leave())) sayNoMember();
}

/** What the system keeps for us may be locked. */
async function isStored({ report }: TeamCommandParts, change: Promise<void>): Promise<boolean> {
	try {
		await change;
		return true;
	} catch (error) {
		report(error);
		void showError(vscode.l10n.t('The system’s secret storage refused access. Unlock it and try again.'));
		return false;
	}
}

/** Whether this computer is a member now. A server that has just been checked answers soon; else it is told that it is waited for. */
async function hasJoined(parts: TeamCommandParts, invitation: Invitation): Promise<boolean> {
	let hasJoined: true | undefined;
	const joining = async (): Promise<void> => {
		hasJoined = await patiently(vscode.l10n.t('Joining the team…'), (signal) =>
			parts.membership.join(invitation, signal).then(() => true),
		);
	};
	return (await isStored(parts, joining())) && hasJoined === true;
}

function sayNoMember(): void {
	void showInformation(vscode.l10n.t('This computer is in no team.'));
}

/** Whether this machine is in a team; then offers its invitation. */
async function isMember({ invitation }: Membership): Promise<boolean> {
	if (!invitation) return false;
	const text = vscode.l10n.t(
		'This computer is in a team on {0}. Leave it before you join another.',
		describeServer(invitation.server),
	);
	await offerInvitation(invitation, text);
	return true;
}

async function offerInvitation(invitation: Invitation, text: string): Promise<void> {
	const copy = vscode.l10n.t('Copy Invitation');
	if ((await showInformation(text, copy)) === copy) await vscode.env.clipboard.writeText(invitationText(invitation));
}

async function askInvitation(): Promise<Invitation | undefined> {
	const text = await askText({
		title: vscode.l10n.t('Join a Team'),
		prompt: vscode.l10n.t('Paste the invitation that you were sent.'),
		password: true,
		ignoreFocusOut: true,
		problem: (value) =>
			value.trim() !== '' && !parseInvitation(value)
				? vscode.l10n.t('This is not an invitation to a team.')
				: undefined,
	});
	return text === undefined ? undefined : parseInvitation(text);
}

async function askServer(before: string, keep: (address: string) => void): Promise<TeamServer | undefined> {
	const title = vscode.l10n.t('Create a Team');
	const text = await askText({
		title,
		prompt: vscode.l10n.t('The address of your Valkey or Redis server, with its user.'),
		placeHolder: vscode.l10n.t('For example {0}', 'valkeys://user@host:6379'),
		value: before,
		ignoreFocusOut: true,
		problem: (value) =>
			value.trim() !== '' && !parseAddress(value)
				? vscode.l10n.t(
						'Write the address like valkeys://user@host:6379. That of a cluster begins with cluster+valkeys://, that of sentinels with sentinel+valkeys://.',
					)
				: undefined,
	});
	if (text === undefined) return undefined;
	const server = parseAddress(text);
	if (!server || server.password !== undefined) return server;
	keep(text);
	const password = await askText({
		title,
		prompt: vscode.l10n.t('The password. Leave it empty if there is none.'),
		password: true,
		ignoreFocusOut: true,
	});
	return password === undefined ? undefined : { ...server, ...(password !== '' && { password }) };
}

/** Says what the server's reader can see, and whether others can listen. */
async function isAgreed(server: TeamServer): Promise<boolean> {
	const join = vscode.l10n.t('Share');
	const question = vscode.l10n.t('Share what is known of your keys on {0}?', describeServer(server));
	const exposed = isExposed(server)
		? `\n\n${vscode.l10n.t('The connection is not encrypted: others on the way can read and change it.')}`
		: '';
	return (await askInformation(question, whatIsShared() + exposed, join)) === join;
}

/** The server once everything works with it, with the authority that a person may have chosen for its certificate. */
async function workingServer(
	parts: TeamCommandParts,
	server: TeamServer,
	team: string,
): Promise<TeamServer | undefined> {
	const trouble = await troubleWith(parts, server, team);
	if (trouble === undefined) return server;
	if (trouble === 'cancelled') return undefined;
	if (trouble !== 'certificate') {
		void showError(describeRefusal(trouble, false));
		return undefined;
	}
	const choose = vscode.l10n.t('Choose the Certificate Authority…');
	if ((await showError(describeRefusal(trouble, false), choose)) !== choose) return undefined;
	const [file] = (await vscode.window.showOpenDialog({ canSelectMany: false })) ?? [];
	if (!file) return undefined;
	const found = await bytesOf(parts, file);
	if (!found) return undefined;
	const authorities = authoritiesIn(found);
	if (authorities === undefined) {
		void showError(vscode.l10n.t('This file holds no certificate, neither as PEM nor as DER.'));
		return undefined;
	}
	return workingServer(parts, { ...server, authorities }, team);
}

/** Undefined where the file cannot be read, which was told then. */
async function bytesOf({ report }: TeamCommandParts, file: vscode.Uri): Promise<Uint8Array | undefined> {
	try {
		return await vscode.workspace.fs.readFile(file);
	} catch (error) {
		report(error);
		void showError(
			vscode.l10n.t(
				'{0} cannot be read. Make sure that you may read it, and that its drive is there; then try again.',
				file.path.split('/').at(-1) ?? '',
			),
		);
		return undefined;
	}
}

async function isWorking(parts: TeamCommandParts, { server, team }: Invitation): Promise<boolean> {
	const trouble = await troubleWith(parts, server, team);
	if (trouble !== undefined && trouble !== 'cancelled') void showError(describeRefusal(trouble, true));
	return trouble === undefined;
}

type Verdict = TeamError['trouble'] | 'cancelled' | undefined;

/** Why the server cannot be used; undefined where it can. */
async function troubleWith(parts: TeamCommandParts, server: TeamServer, team: string): Promise<Verdict> {
	try {
		return await withProgress(vscode.l10n.t('Checking the team’s server…'), (_, signal) =>
			// What is under way then ends by itself: each of its waits is bounded.
			Promise.race([aborted(signal).then(() => 'cancelled' as const), check(parts, server, team)]),
		);
	} catch (error) {
		parts.report(error);
		return error instanceof TeamError ? error.trouble : 'unreachable';
	}
}

/** Signs in, compares the clocks, reads, writes and deletes. */
async function check(
	{ clock, newId, membership }: TeamCommandParts,
	server: TeamServer,
	team: string,
): Promise<undefined> {
	const open = valkeyLink({ server, team, newId, clock, machine: await membership.machine() });
	const link = await open({ onHint: () => undefined, onLost: () => undefined });
	try {
		const { store } = await new ServerState(clock, undefined).ask(() => link.read(undefined, -1));
		const write = (body: string | undefined) =>
			link.commit({ id: newId(), store, reads: new Map(), writes: [{ name: 'check', body }] });
		await write('{}');
		await write(undefined);
	} finally {
		link.close();
	}
}
