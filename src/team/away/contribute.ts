import type { Random } from '../../pool/pool';
import { TeamError, type TeamLink, type TeamReply } from '../link/link';
import type { ServerState } from '../link/serverState';
import type { Takeover } from './takeover';

/** Conflicts after which the server counts as out of reach. */
const maxTries = 100;
/** ms. The longest moment in which others may go first. */
const maxPauseMs = 40;

export interface Contributed extends Takeover {
	/** What was read, and what came of the commit. */
	readonly page: TeamReply;
	readonly reply: TeamReply;
}

/**
 * Reads what the team has, and commits what there is to add; where others were quicker, once more.
 *
 * @param first what was read already
 */
export async function contribute(
	link: TeamLink,
	server: ServerState,
	random: Random,
	id: string,
	addTo: (page: TeamReply) => Takeover | Promise<Takeover>,
	first?: TeamReply,
): Promise<Contributed> {
	for (let tries = 1; tries <= maxTries; tries++) {
		const page = (tries === 1 && first) || (await server.ask(() => link.read(undefined, -1)));
		const takeover = await addTo(page);
		const { reads, writes } = takeover;
		const reply = await server.ask(() => link.commit({ id, store: page.store, reads, writes }));
		if (reply.status === 'ok') return { ...takeover, page, reply };
		await server.pause(random() * maxPauseMs);
	}
	throw new TeamError('unreachable');
}
