import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import type { Clock } from '../../../src/pool/pool';
import type * as used from '../../../src/team/commands/teamCommands';
import { invitationText } from '../../../src/team/invitation';
import type { Membership } from '../../../src/team/membership';
import { TeamServer } from '../../support/team/teamServer';
import { EditorStandIn } from '../../support/ui/editor';

describe('a team’s server that was checked and then says nothing', () => {
	let server: TeamServer;
	before(async () => {
		server = new TeamServer('valkey-server');
		await server.start();
	});
	after(() => server.end());

	it('is waited for in sight, and whoever cancels that is told of no team', async () => {
		const editor = new EditorStandIn();
		const { teamCommands } = editor.read('../team/commands/teamCommands') as typeof used;
		const text = invitationText({
			...{ v: 1, team: randomUUID(), secret: 'sim-secret-of-a-team-that-is-silent' },
			server: server.address(),
		});
		const titles: string[] = [];
		Object.assign(editor.api.window, {
			showInputBox: () => Promise.resolve(text),
			withProgress: (
				{ title }: { title: string },
				work: (progress: object, token: object) => Promise<unknown>,
			): Promise<unknown> => {
				titles.push(title);
				const onCancellationRequested = (cancel: () => void): object => {
					if (title.startsWith('Joining')) queueMicrotask(cancel);
					return { dispose: () => undefined };
				};
				return work({ report: () => undefined }, { onCancellationRequested });
			},
		});
		editor.presses = 'Share';
		let signal: AbortSignal | undefined;
		const membership = {
			...{ invitation: undefined, machine: () => Promise.resolve('m'), follow: () => Promise.resolve() },
			join: (_: unknown, cancelled: AbortSignal) => {
				signal = cancelled;
				return new Promise(() => undefined);
			},
		} as unknown as Membership;
		// The time that it is waited for out of sight is over at once.
		const clock: Clock = { ...systemClock, after: (ms, run) => systemClock.after(signal ? 0 : ms, run) };
		await teamCommands({
			...{ membership, clock, newId: randomUUID, random: (bytes) => bytes },
			report: (error) => assert.fail(String(error)),
		})['keypool.joinTeam']();
		assert.deepEqual(titles, ['Checking the team’s server…', 'Joining the team…']);
		assert.equal(signal?.aborted, true);
		const said = editor.given.filter((one) => typeof one === 'string').join('\n');
		assert.doesNotMatch(said, /is in the team/);
	});
});
