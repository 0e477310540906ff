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
});
