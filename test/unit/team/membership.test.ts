import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BucketId, KeyId, ProjectId } from '../../../src/pool/pool';
import type { TeamKey } from '../../../src/team/documents/identity';
import { invitationText, type Invitation } from '../../../src/team/invitation';
import { Membership, type MembershipParts } from '../../../src/team/membership';
import { StoreSwitch } from '../../../src/team/storeSwitch';
import { VirtualClock } from '../../support/virtualClock';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

/** Nobody is there: the machine goes on alone. */
const invitation: Invitation = {
	...{ v: 1, team: 'a-team-of-this-test', secret: 'sim-secret-of-a-team-that-nobody-has' },
	server: { kind: 'socket', nodes: [], path: '/nowhere/at/all.sock', tls: false },
};
const keyOf = (name: string): TeamKey => {
	return { id: name as KeyId, project: `p-${name}` as ProjectId, secret: `sim-${name}` };
};

function installation(more: Partial<MembershipParts> = {}) {
	const clock = new VirtualClock();
	const machine = new InMemoryStore(clock);
	const errors: unknown[] = [];
	const store = new StoreSwitch(machine, (error) => errors.push(error));
	const stored = new Map<string, string>();
	const kept = new Map<string, unknown>();
	const refused = { isLocked: false };
	const guard = async (act: () => void): Promise<void> => {
		await Promise.resolve();
		if (refused.isLocked) throw new Error('The system refuses.');
		act();
	};
	let ids = 0;
	const membership = new Membership({
		...{ store, machine, clock, random: () => 0.5, newId: () => `id-${++ids}` },
		secrets: {
			get: (name) => Promise.resolve(stored.get(name)),
			store: (name, value) => guard(() => stored.set(name, value)),
			delete: (name) => guard(() => stored.delete(name)),
		},
		memory: { get: (name) => kept.get(name), update: (name, value) => guard(() => kept.set(name, value)) },
		keys: () => Promise.resolve([keyOf('a')]),
		learnSecret: () => undefined,
		onTrouble: () => undefined,
		onDidChange: () => undefined,
		report: (error) => errors.push(error),
		...more,
	});
	return { membership, store, stored, kept, refused, errors, clock };
}

describe('the team of an installation', () => {
	it('is none where its invitation cannot be stored: no other window would be in it, nor this one tomorrow', async () => {
		const { membership, stored, refused } = installation();
		await membership.machine();
		refused.isLocked = true;
		await assert.rejects(membership.join(invitation), /refuses/);
		assert.equal(membership.invitation, undefined);
		refused.isLocked = false;
		await membership.join(invitation);
		assert.deepEqual([membership.invitation, [...stored.values()]], [invitation, [invitationText(invitation)]]);
		await membership.leave();
	});

	it('is none where a person no longer wants to wait for a server that says nothing, and its counts are its own', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-silent-'));
		const silent = createServer((socket) => socket.on('error', () => undefined)).listen(path.join(folder, 's'));
		const { membership, stored, kept, clock } = installation();
		const cancel = new AbortController();
		const server = { ...invitation.server, path: path.join(folder, 's') };
		const joining = membership.join({ ...invitation, server }, cancel.signal);
		await once(silent, 'connection');
		cancel.abort();
		// The connection that was being opened ends by its own bound.
		await clock.advance(60_000);
		await joining;
		assert.deepEqual([membership.invitation, stored.size], [undefined, 0]);
		assert.equal(kept.get('keypool.teamLeftAt'), undefined);
		silent.close();
		rmSync(folder, { recursive: true });
	});

	it('is none where that is cancelled while the system asks whether it may store the invitation', async () => {
		const cancel = new AbortController();
		const stored = new Map<string, string>();
		const { membership } = installation({
			secrets: {
				get: (name) => Promise.resolve(stored.get(name)),
				store: (name, value) => {
					cancel.abort();
					stored.set(name, value);
					return Promise.resolve();
				},
				delete: (name) => Promise.resolve(void stored.delete(name)),
			},
		});
		await membership.join(invitation, cancel.signal);
		assert.deepEqual([membership.invitation, stored.size], [undefined, 0]);
	});

	it('stays where its invitation cannot be deleted: leaving can be tried again', async () => {
		const { membership, stored, refused } = installation();
		await membership.join(invitation);
		refused.isLocked = true;
		await assert.rejects(membership.leave(), /refuses/);
		assert.deepEqual(membership.invitation, invitation);
		refused.isLocked = false;
		await membership.leave();
		assert.deepEqual([membership.invitation, stored.size], [undefined, 0]);
	});

	it('has the keys of now, although it had begun to read them before one came', async () => {
		const keys = [keyOf('a')];
		const reading: (() => void)[] = [];
		// Each reading of secrets ends when the test says so.
		const { membership, store, kept } = installation({
			keys: () => {
				const found = [...keys];
				return new Promise((resolve) => void reading.push(() => resolve(found)));
			},
		});
		kept.set('keypool.teamMachines', 2);
		const joining = membership.join(invitation);
		await settle();
		keys.push(keyOf('b'));
		const updating = membership.updateKeys();
		for (const done of [joining, updating]) {
			await settle();
			reading.shift()?.();
			await done;
		}
		await settle();
		const shares = keys.map(({ project }) => store.limitShare(`${project}/m` as BucketId)?.part);
		assert.deepEqual(shares, [1 / 2, 1 / 2], 'both are the team’s');
		await store.close();
	});
});

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
