import { registerLazily } from '../common/commands';
import { lazily } from '../common/lazily';
import { invitationName, teamCommandNames } from './commands/commandNames';
import type { startTeam, StartTeamParts } from './startTeam';

export interface RegisteredTeam {
	/** Does what SecretStorage says: once the keys are known, and when another window has joined or left. */
	readonly follow: () => Promise<void>;
	readonly leave: () => Promise<void>;
	/** The team that this installation is in, for views. */
	readonly shown: () => { readonly server: string; readonly isOnline: boolean } | undefined;
	readonly dispose: () => void;
}

/** The commands of a team, and the team that this installation is in. Nothing more is loaded where there is none. */
export function registerTeam(
	parts: StartTeamParts & {
		readonly secrets: { onDidChange(listener: (change: { readonly key: string }) => void): { dispose(): void } };
	},
): RegisteredTeam {
	const { secrets, keyring, report } = parts;
	let started: ReturnType<typeof startTeam> | undefined;
	const team = lazily(async () => (started = (await import('./startTeam')).startTeam(parts)));
	/** The secret storage may be locked when the window opens: keys that come later show that it is open. */
	let isUnread = false;
	const follow = async (): Promise<void> => {
		isUnread = true;
		if (team.started() ?? (await secrets.get(invitationName))) await (await team()).follow();
		isUnread = false;
	};
	const owned = [
		registerLazily(teamCommandNames, async () => (await team()).commands),
		keyring.onDidChange(() => void (isUnread && follow().catch(report))),
		secrets.onDidChange(({ key }) => void (key === invitationName && follow().catch(report))),
	];
	return {
		follow,
		shown: () => started?.shown(),
		leave: async () => (await team.started())?.leave(),
		dispose: () => {
			for (const one of owned) one.dispose();
			void team.started()?.then((started) => started.dispose());
		},
	};
}
