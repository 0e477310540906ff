import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import type { Clock } from '../../../src/pool/pool';
import type * as used from '../../../src/team/commands/teamCommands';
import { invitationText } from '../../../src/team/invitation';
import type { Membership } from '../../../src/team/membership';
import { TeamServer } from '../../support/team/teamServer';
import { useTeamServer } from '../../support/team/useTeamWindows';
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

describe('whoever creates or joins a team on a computer whose clock is minutes off', () => {
	const server = useTeamServer();

	it('hears so, and not that the team is ready: this computer would go on alone', async () => {
		const address = server().address();
		const invitation = { v: 1, team: randomUUID(), secret: `sim-secret-of-${randomUUID()}`, server: address } as const;
		for (const [command, typed] of [
			['keypool.createTeam', [`unix://${address.path ?? ''}`, '']],
			['keypool.joinTeam', [invitationText(invitation)]],
		] as const) {
			const editor = new EditorStandIn();
			const { teamCommands } = editor.read('../team/commands/teamCommands') as typeof used;
			const answers: string[] = [...typed];
			Object.assign(editor.api.window, { showInputBox: () => Promise.resolve(answers.shift()) });
			editor.presses = 'Share';
			const membership = {
				...{ invitation: undefined, machine: () => Promise.resolve('m'), follow: () => Promise.resolve() },
				join: () => assert.fail('it has joined'),
			} as unknown as Membership;
			await teamCommands({
				...{ membership, newId: randomUUID, random: (bytes) => bytes, report: () => undefined },
				clock: { ...systemClock, wall: () => systemClock.wall() + 200_000 },
			})[command]();
			const said = editor.given.filter((one) => typeof one === 'string').join('\n');
			assert.match(said, /clocks .* are minutes apart: correct the wrong one\. Nothing was changed/);
		}
	});
});
