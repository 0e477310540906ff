import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import type * as used from '../../../src/team/commands/teamCommands';
import { invitationText } from '../../../src/team/invitation';
import type { Membership } from '../../../src/team/membership';
import { useTeamServer } from '../../support/team/useTeamWindows';
import { EditorStandIn } from '../../support/ui/editor';

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
