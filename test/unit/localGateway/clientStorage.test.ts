import assert from 'node:assert/strict';
import { Emitter } from '../../../src/common/emitter';
import { clientStorage, type ClientSecrets } from '../../../src/localGateway/clientStorage';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../support/virtualClock';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

describe('the tokens of tools in the secret storage', () => {
	it('lose no change of two windows while the system asks its person to unlock it', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		let text: string | undefined;
		let unlocked: Promise<void> | undefined;
		const unlock = (): Promise<void> => (unlocked ??= new Promise((resolve) => void clock.after(20_000, resolve)));
		const secrets: ClientSecrets = {
			get: async () => {
				await unlock();
				return text;
			},
			store: async (_, value) => {
				await unlock();
				text = value;
			},
			onDidChange: new Emitter<{ key: string }>().event,
		};
		const elections = ['one', 'two'].map((name) => new LeaderElection(store, clock, name));
		const changes = elections.map((election, n) =>
			clientStorage(secrets, { election, clock }).update((before = '') => `${before}${n}`),
		);
		await clock.until(Promise.all(changes));
		assert.equal(text, '01');
		for (const election of elections) election.dispose();
	});

	it('lose no change of two windows, of which each reads the other’s a moment after it was taken', async () => {
		const clock = new VirtualClock();
		const store = new InMemoryStore(clock);
		const read: (string | undefined)[] = [undefined, undefined];
		const windows = [0, 1].map((own) => {
			const secrets: ClientSecrets = {
				get: () => Promise.resolve(read[own]),
				store: (_, value) => {
					read[own] = value;
					clock.after(200, () => (read[1 - own] = value));
					return Promise.resolve();
				},
				onDidChange: new Emitter<{ key: string }>().event,
			};
			const election = new LeaderElection(store, clock, `window ${own}`);
			return { election, storage: clientStorage(secrets, { election, clock }) };
		});
		const add = (own: number, text: string) => windows[own]?.storage.update((before = '') => before + text);
		await clock.until(Promise.all([add(0, 'a'), add(0, 'b'), add(1, 'c')]));
		await clock.until(Promise.resolve(add(0, 'd')));
		assert.deepEqual(read[0], 'abcd');
		for (const { election } of windows) election.dispose();
	});
});
