import assert from 'node:assert/strict';
import type { KeyId, ProjectId, StateStore } from '../../../src/pool/pool';
import type { TeamKey } from '../../../src/team/documents/identity';
import { bucket, send, sentBy } from '../../support/team/sends';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const key = (name: string, secret = name): TeamKey => {
	return { id: name as KeyId, project: 'p' as ProjectId, secret: `sim-${secret}` };
};
const costIn = (store: StateStore): number | undefined => store.replica().spending.get('project/p')?.month.cost;

/** The costs of a month that does not end in this test. */
const spend = (store: StateStore, cost: number): Promise<void> =>
	store.transact((tx, now) => {
		const spent = { endsAt: now + 86_400_000, cost, raised: 0 };
		const day = { ...spent, requests: 1, tokens: 1 };
		tx.put({ kind: 'spending', id: 'project/p', doc: { v: 2, day, month: spent, reservations: [] } });
	});

describe('a project of several keys whose number nobody knows', () => {
	const windows = useTeamWindows();

	for (const [what, keys] of [
		['the first of its keys is removed', [key('b')]],
		['the first of its keys gets another secret', [key('a', 'next'), key('b')]],
	] as const) {
		it(`keeps what was counted and spent where ${what}, and so does who holds that key`, async () => {
			const [one, other] = [windows().openMachine(), windows().openMachine()];
			const again = windows().open({ machine: windows().machines[0] ?? assert.fail('no machine') });
			for (const store of [one, again]) store.setKeys([key('a'), key('b')]);
			other.setKeys([key('a')]);
			for (let n = 0; n < 3; n++) await windows().until(send(one));
			await windows().until(spend(one, 5_000_000));
			await windows().spread();
			// One window after the other hears of it.
			for (const store of [one, again]) {
				store.setKeys(keys);
				await windows().spread();
				assert.ok(await windows().until(send(store)));
			}
			const assertKept = (requests: number): void => {
				for (const store of [one, again]) assert.deepEqual([sentBy(store)[1], costIn(store)], [requests, 5_000_000]);
				assert.ok((other.replica().bucket.get(bucket)?.day.requests ?? 0) >= 3);
				assert.equal(costIn(other), 5_000_000);
			};
			await windows().spread();
			assertKept(5);
			// It was a mistake.
			for (const store of [one, again]) {
				store.setKeys([key('a'), key('b')]);
				await windows().spread();
			}
			assertKept(5);
		});
	}
});
