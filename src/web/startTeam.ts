import { teamCommandNames } from '../team/commands/commandNames';
import { describeTrouble } from '../team/commands/words';
import type { startTeam as startWithSockets } from '../team/startTeam';
import { showInformation } from '../ui/messages';

/** In a browser there are no sockets, so that there is no team: its commands say so. */
export function startTeam(): Pick<
	ReturnType<typeof startWithSockets>,
	'commands' | 'follow' | 'leave' | 'shown' | 'dispose'
> {
	const nothing = (): Promise<void> => Promise.resolve();
	const refuse = (): Promise<void> => {
		void showInformation(describeTrouble('missing'));
		return nothing();
	};
	const [create, join, copy, leave] = teamCommandNames;
	return {
		commands: { [create]: refuse, [join]: refuse, [copy]: refuse, [leave]: refuse },
		follow: nothing,
		leave: nothing,
		shown: () => undefined,
		dispose: () => undefined,
	};
}
