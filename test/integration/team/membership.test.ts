import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/node/systemClock';
import type { BucketId, KeyId, LeaseId, ProjectId } from '../../../src/pool/pool';
import { admit } from '../../../src/pool/quota/lease';
import type { Invitation } from '../../../src/team/invitation';
import { Membership } from '../../../src/team/membership';
import { StoreSwitch } from '../../../src/team/storeSwitch';
import { useTeamServer } from '../../support/team/useTeamWindows';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const bucket = 'p/m' as BucketId;

describe('an installation that leaves its team and joins it again', () => {
	let store: StoreSwitch;
	// Before the server ends.
	after(() => store.close());
	const server = useTeamServer();

	it('counts nothing twice', async () => {
		const machine = new InMemoryStore(systemClock);
		const fail = (error: unknown): void => assert.fail(String(error));
		store = new StoreSwitch(machine, fail);
		const [stored, kept] = [new Map<string, string>(), new Map<string, unknown>()];
		const areTold: boolean[] = [];
		const membership: Membership = new Membership({
			...{ store, machine, clock: systemClock, random: Math.random, newId: randomUUID, learnSecret: () => undefined },
			secrets: {
				get: (name) => Promise.resolve(stored.get(name)),
				store: (name, value) => {
					// Another window joins as soon as this is stored.
					areTold.push(membership.isOnline);
					return Promise.resolve(void stored.set(name, value));
				},
				delete: (name) => Promise.resolve(void stored.delete(name)),
			},
			memory: { get: (name) => kept.get(name), update: (name, value) => Promise.resolve(void kept.set(name, value)) },
			keys: () => Promise.resolve([{ id: 'a' as KeyId, project: 'p' as ProjectId, secret: 'sim-a' }]),
			...{ onTrouble: fail, report: fail, onDidChange: () => undefined },
		});
		const invitation: Invitation = {
			...{ v: 1, team: randomUUID(), secret: randomUUID(), server: server().address() },
		};
		/** Sends one request; answers how many of the day are known. */
		const send = (): Promise<number> =>
			store.transact((tx, now) => {
				const lease = randomUUID() as string as LeaseId;
				const request = { lease, holder: 'w', leaseMs: 60_000, mayTest: false, likely: 1, atMost: 1 };
				const admitted = admit(tx.bucket(bucket), { ...request, userLimits: { rpm: 1_000 } }, now);
				assert.ok('next' in admitted);
				tx.put({ kind: 'bucket', id: bucket, doc: admitted.next });
				return admitted.next.day.requests;
			});
		const sent: number[] = [await send()];
		for (let times = 0; times < 2; times++) {
			await membership.join(invitation);
			sent.push(await send());
			assert.ok(membership.isOnline);
			await membership.leave();
			sent.push(await send());
		}
		assert.deepEqual(sent, [1, 2, 3, 4, 5]);
		assert.deepEqual(
			areTold,
			[true, true],
			'the team has its counts before another window of this machine could tell them',
		);
	});
});
