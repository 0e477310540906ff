import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import type * as used from '../../../src/team/commands/teamCommands';
import { invitationText, type Invitation } from '../../../src/team/invitation';
import type { Membership } from '../../../src/team/membership';
import { TeamServer } from '../../support/team/teamServer';
import { EditorStandIn } from '../../support/ui/editor';

describe('two windows of one computer of which each joins or creates a team', () => {
	let server: TeamServer;
	before(async () => {
		server = new TeamServer('valkey-server');
		await server.start();
	});
	after(() => server.end());

	const invitation = (): Invitation => ({
		...{ v: 1, team: randomUUID(), secret: `sim-secret-of-${randomUUID()}-of-a-team` },
		server: server.address(),
	});

	/** What the second one says, where the first was done while a person was asked here. */
	const said = async (command: 'keypool.createTeam' | 'keypool.joinTeam', typed: readonly string[]) => {
		const editor = new EditorStandIn();
		const { teamCommands } = editor.read('../team/commands/teamCommands') as typeof used;
		const answers = [...typed];
		Object.assign(editor.api.window, { showInputBox: () => Promise.resolve(answers.shift()) });
		editor.presses = 'Share';
		const shown = { invitation: undefined as Invitation | undefined, joined: 0 };
		let follows = 0;
		const membership = Object.assign(shown, {
			machine: () => Promise.resolve('m'),
			join: () => Promise.resolve(void shown.joined++),
			follow: () => {
				if (follows++ > 0) shown.invitation = invitation();
				return Promise.resolve();
			},
		}) as unknown as Membership;
		await teamCommands({
			...{ membership, clock: systemClock, newId: randomUUID, random: (bytes) => bytes },
			report: (error) => assert.fail(String(error)),
		})[command]();
		return { joined: shown.joined, texts: editor.given.filter((one) => typeof one === 'string').join('\n') };
	};

	it('keep the first one: its invitation, which may be the only one, is not written over', async () => {
		const { path = '' } = server.address();
		for (const { joined, texts } of [
			await said('keypool.joinTeam', [invitationText(invitation())]),
			await said('keypool.createTeam', [`unix://${path}`, '']),
		]) {
			assert.match(texts, /in a team on .* Leave it before/);
			assert.equal(joined, 0);
		}
	});
});
