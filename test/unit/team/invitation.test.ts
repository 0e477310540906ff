import assert from 'node:assert/strict';
import { createSecret, invitationText, parseInvitation, type Invitation } from '../../../src/team/invitation';
import { teamOf, teamVariable } from '../../../src/team/openTeamStore';
import { describeServer, isExposed, parseAddress } from '../../../src/team/valkey/server';

const invitation: Invitation = {
	...{ v: 1, team: 'team-one-1234', secret: 's'.repeat(43) },
	server: { kind: 'single', nodes: [{ host: 'host', port: 6379 }], tls: true, user: 'Đội', password: 'p:@/' },
};

describe('an invitation to a team', () => {
	it('is one text, which mails may break into lines', () => {
		const text = invitationText(invitation);
		assert.match(text, /^keypool-team:[\w-]+$/);
		assert.deepEqual(parseInvitation(text), invitation);
		assert.deepEqual(parseInvitation(` ${text.slice(0, 30)}\n ${text.slice(30)}\r\n`), invitation);
	});

	it('is read from quotes, and from what chats put between its letters', () => {
		const text = invitationText(invitation);
		for (const pasted of [`"${text}"`, `\`${text}\``, `<${text}>`, `${text.slice(0, 40)}\u200b${text.slice(40)}.`]) {
			assert.deepEqual(parseInvitation(pasted), invitation, pasted);
		}
	});

	it('is found in the message that it came with, which nobody sees where it is pasted', () => {
		const text = invitationText(invitation);
		for (const pasted of [
			`[18:22, 30/11/2026] Ann Lê: ${text}`,
			`Ann Lê — Today at 18:22\nThe invitation: ${text}\nThanks! 😀`,
			`[${text}](${text})`,
			`${text}\n\nBest wishes,\nAnn`,
			`export KEYPOOL_TEAM='${text}'`,
		]) {
			assert.deepEqual(parseInvitation(pasted), invitation, pasted);
		}
	});

	it('names where its server is: what lacks that would be looked for on this computer', () => {
		const nodes = [{ host: 'host', port: 1 }];
		const servers: readonly Invitation['server'][] = [
			{ kind: 'single', nodes: [], tls: false },
			{ kind: 'single', nodes: [...nodes, ...nodes], tls: false },
			{ kind: 'socket', nodes: [], tls: false },
			{ kind: 'socket', nodes: [], path: 'relative.sock', tls: false },
			{ kind: 'sentinel', nodes, tls: false },
			{ kind: 'sentinel', nodes: [], primary: 'main', tls: false },
			{ kind: 'cluster', nodes: [], tls: true },
		];
		for (const server of servers) {
			assert.equal(parseInvitation(invitationText({ ...invitation, server })), undefined, JSON.stringify(server));
		}
	});

	it('is nothing else', () => {
		const broken = { ...invitation, secret: 'short' } as Invitation;
		for (const text of [
			'',
			'keypool-team:',
			'keypool-team:AAAA',
			'x',
			invitationText(broken),
			`keypool-team:${'A'.repeat(300_000)}`,
		]) {
			assert.equal(parseInvitation(text), undefined);
		}
	});

	it('can come from the environment, which says what is wrong with it', () => {
		assert.equal(teamOf({}), undefined);
		assert.deepEqual(teamOf({ [teamVariable]: invitationText(invitation) }), invitation);
		assert.throws(() => teamOf({ [teamVariable]: 'x' }), /KEYPOOL_TEAM holds no invitation/);
	});

	it('has a secret of 256 bits that nobody typed', () => {
		const secret = createSecret((bytes) => crypto.getRandomValues(bytes));
		assert.match(secret, /^[\w-]{43}$/);
		assert.notEqual(
			secret,
			createSecret((bytes) => crypto.getRandomValues(bytes)),
		);
	});
});

describe('the address of a team’s server', () => {
	it('is read with user, password and port', () => {
		assert.deepEqual(parseAddress('valkeys://me:a%40b@host:7000'), {
			...{ kind: 'single', nodes: [{ host: 'host', port: 7000 }], tls: true, user: 'me', password: 'a@b' },
		});
		assert.deepEqual(parseAddress(' redis://host '), {
			kind: 'single',
			nodes: [{ host: 'host', port: 6379 }],
			tls: false,
		});
		assert.deepEqual(parseAddress('valkey://[::1]:1')?.nodes, [{ host: '::1', port: 1 }]);
	});

	it('may name sentinels, a cluster or a socket', () => {
		const sentinels = parseAddress('sentinel+valkeys://u@a,b:1/main');
		assert.deepEqual([sentinels?.kind, sentinels?.primary, sentinels?.nodes.length], ['sentinel', 'main', 2]);
		assert.equal(sentinels?.nodes[0]?.port, 26_379);
		assert.equal(parseAddress('cluster+redis://a,b')?.kind, 'cluster');
		assert.deepEqual(parseAddress('unix:///run/v.sock'), {
			kind: 'socket',
			nodes: [],
			tls: false,
			path: '/run/v.sock',
		});
	});

	it('is nothing else', () => {
		for (const text of [
			'',
			'host:6379',
			'http://host',
			'valkey://',
			'valkey://a,b',
			'sentinel+valkey://a',
			'valkey://h:99999',
			// Documents have no other place than the first one.
			'redis://h:6379/2',
		]) {
			assert.equal(parseAddress(text), undefined, text);
		}
	});

	it('is shown without the password, and tells whether others can listen', () => {
		const server = parseAddress('valkey://me:secret@far.example:1');
		assert.ok(server);
		assert.equal(describeServer(server), 'far.example:1');
		assert.ok(isExposed(server));
		for (const safe of ['valkeys://far.example', 'valkey://127.0.0.1', 'unix:///s']) {
			const one = parseAddress(safe);
			assert.ok(one && !isExposed(one), safe);
		}
	});
});
