import assert from 'node:assert/strict';
import type { BucketId, KeyId, ProjectId } from '../../../src/pool/pool';
import type { TeamKey } from '../../../src/team/documents/identity';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import { send, sentBy } from '../../support/team/sends';
import { InMemoryStore } from '../../support/pool/inMemoryStore';
import { sameLink } from '../../support/team/teamWindows';
import { useTeamWindows } from '../../support/team/useTeamWindows';

const key = (name: string, project: string, more: Partial<TeamKey> = {}): TeamKey => {
	return { id: name as KeyId, project: project as ProjectId, secret: `sim-${name}`, ...more };
};
const [first, second] = [key('a', 'p'), key('b', 'q')];

describe('a project that gets another name in the team while the server is out of reach', () => {
	const windows = useTeamWindows();
	let isAway = false;
	const reached = <T>(ask: () => Promise<T>): Promise<T> =>
		isAway ? Promise.reject(new TeamError('unreachable')) : ask();
	const tamper = (link: TeamLink): TeamLink => ({
		read: (...of) => reached(() => link.read(...of)),
		commit: (...of) => reached(() => link.commit(...of)),
		hasCommitted: (...of) => reached(() => link.hasCommitted(...of)),
		close: () => link.close(),
	});

	/** A machine whose window has sent three before it was closed, and another one of the team. */
	async function closedAfterThree() {
		const machine = new InMemoryStore(windows().clock);
		const other = await windows().opened(windows().openMachine);
		const one = await windows().opened(() => windows().open({ machine }));
		for (const store of [one, other]) store.setKeys([first]);
		await windows().spread();
		for (let n = 0; n < 3; n++) await windows().until(send(one));
		await windows().spread();
		await one.close();
		return { machine, other };
	}

	for (const [what, next, joined] of [
		['its number is learnt', [{ ...first, number: '42' }, second], 0],
		['its key gets another secret', [{ ...first, secret: 'sim-next' }, second], 0],
		['a second one is put into it', [first, { ...second, project: first.project }], 2],
	] as const) {
		it(`has been sent what it was, once, where ${what}`, async () => {
			isAway = false;
			const one = await windows().opened(() => windows().openMachine({ tamper }));
			const other = await windows().opened(windows().openMachine);
			for (const store of [one, other]) store.setKeys([first, second]);
			await windows().spread();
			for (let n = 0; n < 3; n++) await windows().until(send(one));
			await windows().until(
				one.transact((tx) => {
					const { day, ...doc } = tx.bucket('p/m' as BucketId);
					tx.put({ kind: 'bucket', id: 'q/m' as BucketId, doc: { ...doc, day: { ...day, requests: 2 } } });
				}),
			);
			await windows().spread();
			isAway = true;
			await windows().until(send(one));
			assert.ok(!one.isOnline);
			one.setKeys(next);
			await windows().until(send(one));
			isAway = false;
			await windows().online(one);
			await windows().spread();
			assert.equal(sentBy(one)[1], 5 + joined);
			other.setKeys(next);
			await windows().spread();
			assert.deepEqual([sentBy(one)[1], sentBy(other)[1]], [5 + joined, 5 + joined]);
		});
	}

	it('has been sent what it was, once, where the machine starts anew before it is back', async () => {
		const { machine, other } = await closedAfterThree();
		const keys = [{ ...first, number: '42' }];
		const alone = windows().open({ machine, open: () => Promise.reject(new TeamError('unreachable')) });
		alone.setKeys(keys);
		await windows().until(send(alone));
		await alone.close();
		const again = windows().open({ machine });
		again.setKeys(keys);
		await windows().until(send(again));
		await windows().spread();
		assert.deepEqual([sentBy(again)[1], sentBy(other)[1]], [5, 5]);
	});

	it('has been sent what it was, once, where the machine starts anew without the server, and is back later', async () => {
		const { machine, other } = await closedAfterThree();
		isAway = true;
		const again = windows().open({ machine, tamper });
		again.setKeys([{ ...first, number: '42' }]);
		await windows().until(send(again));
		assert.ok(!again.isOnline);
		isAway = false;
		await windows().online(again);
		await windows().spread();
		assert.deepEqual([sentBy(again)[1], sentBy(other)[1]], [4, 4]);
	});

	it('has been sent what it was, once, where another machine has learnt its number, and this one was not told of it yet', async () => {
		isAway = false;
		const one = await windows().opened(() => windows().openMachine({ tamper, isDeaf: true }));
		const other = await windows().opened(windows().openMachine);
		for (const store of [one, other]) store.setKeys([first]);
		await windows().spread();
		other.setKeys([{ ...first, number: '42' }]);
		await windows().until(send(other));
		await windows().until(send(one));
		assert.equal(sentBy(one)[1], 1, 'it knows nothing of the other’s');
		isAway = true;
		await windows().until(send(one));
		assert.ok(!one.isOnline);
		isAway = false;
		await windows().online(one);
		await windows().spread();
		assert.deepEqual([sentBy(one)[1], sentBy(other)[1]], [3, 3]);
	});

	it('costs no second look at the team where nothing has to move', async () => {
		let reads = 0;
		const keys = [{ ...first, number: '42' }];
		const one = await windows().opened(windows().openMachine);
		one.setKeys(keys);
		await windows().until(send(one));
		await windows().spread();
		const next = windows().openMachine({
			tamper: (link) => ({
				...sameLink(link),
				read: (store, since) => link.read(store, since).finally(() => (reads += since < 0 ? 1 : 0)),
			}),
		});
		next.setKeys(keys);
		await windows().online(next);
		assert.deepEqual([reads, sentBy(next)[1]], [1, 1]);
	});
});
