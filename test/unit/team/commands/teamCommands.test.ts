import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { systemClock } from '../../../../src/node/systemClock';
import type { teamCommandNames } from '../../../../src/team/commands/commandNames';
import type * as used from '../../../../src/team/commands/teamCommands';
import { invitationText, type Invitation } from '../../../../src/team/invitation';
import type { Membership } from '../../../../src/team/membership';
import { EditorStandIn, textsIn } from '../../../support/ui/editor';

const editor = new EditorStandIn();
const fs = {};
Object.assign(editor.api, { workspace: { fs } });
const { teamCommands } = editor.read('../team/commands/teamCommands') as typeof used;

/** Nobody is there. */
const invitation: Invitation = {
	...{ v: 1, team: 'a-team-of-this-test', secret: 'sim-secret-of-a-team-that-nobody-has' },
	server: { kind: 'socket', nodes: [], path: '/nowhere/at/all.sock', tls: false },
};

describe('whoever joins or creates a team whose server is away', () => {
	for (const [command, typed] of [
		['keypool.joinTeam', [invitationText(invitation)]],
		['keypool.createTeam', ['unix:///nowhere/at/all.sock', '']],
	] as const) {
		it(`hears that nothing was changed, and waits for nobody: ${command}`, async () => {
			const answers: string[] = [...typed];
			Object.assign(editor.api.window, { showInputBox: () => Promise.resolve(answers.shift()) });
			editor.presses = 'Share';
			editor.given.length = 0;
			const membership = {
				...{ invitation: undefined, machine: () => Promise.resolve('m'), follow: () => Promise.resolve() },
				join: () => assert.fail('it has joined'),
			} as unknown as Membership;
			const { [command]: run } = teamCommands({
				...{ membership, clock: systemClock, newId: () => 'new-team', random: (bytes) => bytes },
				report: () => undefined,
			});
			await run();
			const said = editor.given.filter((one) => typeof one === 'string').join('\n');
			assert.match(said, /server does not answer\..*Nothing was changed/);
			assert.doesNotMatch(said, /goes on alone|tries again/);
		});
	}
});

describe('whoever creates a team a second time', () => {
	const membership = {
		...{ invitation: undefined, machine: () => Promise.resolve('m'), follow: () => Promise.resolve() },
		join: () => assert.fail('it has joined'),
	} as unknown as Membership;

	it('finds the address that was typed before, and no password', async () => {
		const { 'keypool.createTeam': run } = teamCommands({
			...{ membership, clock: systemClock, newId: () => 'new-team', random: (bytes) => bytes },
			report: () => undefined,
		});
		const shown: (string | undefined)[] = [];
		for (const [address, password] of [
			['unix:///nowhere/at/all.sock', 'sim-password'],
			['valkey://ann:sim-password@127.0.0.1:1', ''],
			['', ''],
		]) {
			const answers = [address, password];
			Object.assign(editor.api.window, {
				showInputBox: ({ value }: { value?: string }) => Promise.resolve((shown.push(value), answers.shift())),
			});
			await run();
		}
		assert.deepEqual(shown, ['', undefined, 'unix:///nowhere/at/all.sock', 'unix:///nowhere/at/all.sock']);
	});
});

describe('whoever joins a team', () => {
	it('hears before that its server’s reader sees what projects cost and which keys are refused', async () => {
		Object.assign(editor.api.window, { showInputBox: () => Promise.resolve(invitationText(invitation)) });
		editor.presses = undefined;
		editor.given.length = 0;
		const membership = {
			...{ invitation: undefined, follow: () => Promise.resolve() },
			join: () => assert.fail('it has joined'),
		} as unknown as Membership;
		await teamCommands({
			...{ membership, clock: systemClock, newId: () => 'new-team', random: (bytes) => bytes },
			report: () => undefined,
		})['keypool.joinTeam']();
		const said = editor.given.flatMap(textsIn).join('\n');
		assert.match(
			said,
			/^Share what is known[^]*how many tokens and dollars, and which keys Google refuses, but no key/,
		);
	});
});

describe('an installation that is in a team, and has not read so yet', () => {
	const said = async (command: (typeof teamCommandNames)[number], follow: () => Promise<void>): Promise<string> => {
		const shown = { invitation: undefined as Invitation | undefined };
		Object.assign(editor.api.window, { showInputBox: () => assert.fail('its invitation would be written over') });
		editor.presses = undefined;
		editor.given.length = 0;
		const membership = Object.assign(shown, {
			follow: async () => {
				await follow();
				shown.invitation = invitation;
			},
		}) as unknown as Membership;
		await teamCommands({
			...{ membership, clock: systemClock, newId: () => 'new-team', random: (bytes) => bytes },
			report: () => undefined,
		})[command]();
		return editor.given.filter((one) => typeof one === 'string').join('\n');
	};

	it('reads it before it makes or takes another, or says that it is in none', async () => {
		for (const command of ['keypool.createTeam', 'keypool.joinTeam'] as const) {
			assert.match(await said(command, () => Promise.resolve()), /in a team on .* Leave it before/);
			const locked = (): Promise<void> => Promise.reject(new Error('locked'));
			assert.match(await said(command, locked), /secret storage refused access/);
		}
		assert.match(await said('keypool.leaveTeam', () => Promise.resolve()), /^Leave the team on/);
	});
});

describe('whoever leaves a team', () => {
	it('is asked about the one that another window has joined meanwhile: its invitation may be the only one', async () => {
		const asked: string[] = [];
		const another = { ...invitation, team: 'another-team', server: { ...invitation.server, path: '/another.sock' } };
		const membership = {
			invitation: invitation as Invitation | undefined,
			// The editor may not have told of it yet.
			follow: () => Promise.resolve(void (asked.length === 1 && (membership.invitation = another))),
		};
		const left: (string | undefined)[] = [];
		const leave = (): Promise<void> => Promise.resolve(void left.push(membership.invitation?.team));
		Object.assign(editor.api.window, {
			showWarningMessage: (text: string, _: object, yes: object) => {
				asked.push(text);
				return Promise.resolve(asked.length === 1 ? yes : undefined);
			},
		});
		await teamCommands({
			...{ membership: Object.assign(membership, { leave }) as unknown as Membership, clock: systemClock },
			...{ newId: () => 'new-team', random: (bytes) => bytes, report: () => undefined },
		})['keypool.leaveTeam']();
		assert.deepEqual(
			asked.map((text) => /nowhere|another/.exec(text)?.[0]),
			['nowhere', 'another'],
		);
		assert.deepEqual(left, []);
	});
});

describe('the authority that a person chooses for the certificate of a team’s server', () => {
	it('is said not to be readable where its file is not', async () => {
		const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
		const server = createServer({ cert, key }).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const answers = [`valkeys://127.0.0.1:${(server.address() as AddressInfo).port}`, ''];
		const denied = new Error('EACCES: permission denied');
		Object.assign(editor.api.window, {
			showInputBox: () => Promise.resolve(answers.shift()),
			showOpenDialog: () => Promise.resolve([{ path: '/etc/ssl/private/ca.pem' }]),
		});
		Object.assign(fs, { readFile: () => Promise.reject(denied) });
		editor.presses = 'Choose the Certificate Authority…';
		editor.given.length = 0;
		const membership = {
			...{ invitation: undefined, machine: () => Promise.resolve('m'), follow: () => Promise.resolve() },
		} as unknown as Membership;
		const reported: unknown[] = [];
		const { 'keypool.createTeam': run } = teamCommands({
			...{ membership, clock: systemClock, newId: () => 'new-team', random: (bytes) => bytes },
			report: (error) => reported.push(error),
		});
		await run();
		server.close();
		assert.match(editor.given.filter((one) => typeof one === 'string').join('\n'), /^ca\.pem cannot be read\./m);
		assert.equal(reported.at(-1), denied);
	});
});
