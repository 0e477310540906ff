import assert from 'node:assert/strict';
import type { BucketId, Key, KeyId, ProjectId } from '../../../src/pool/pool';
import { invitationText } from '../../../src/team/invitation';
import type * as used from '../../../src/team/startTeam';
import { StoreSwitch } from '../../../src/team/storeSwitch';
import { InMemoryStore } from '../../support/pool/inMemoryStore';
import { EditorStandIn } from '../../support/ui/editor';
import { VirtualClock } from '../../support/virtualClock';

const editor = new EditorStandIn();
Object.assign(editor.api, { commands: { executeCommand: () => Promise.resolve() } });
const { startTeam } = editor.read('../team/startTeam') as typeof used;

/** Nobody is there: the machine goes on alone. */
const invitation = invitationText({
	...{ v: 1, team: 'a-team-of-this-test', secret: 'sim-secret-of-a-team-that-nobody-has' },
	server: { kind: 'socket', nodes: [], path: '/nowhere/at/all.sock', tls: false },
});
const project = 'p' as ProjectId;
const key = { id: 'a' as KeyId, project } as Key;

describe('the keys of a team', () => {
	it('take part again where the secret storage was locked when one of them was replaced', async () => {
		const clock = new VirtualClock();
		const store = new StoreSwitch(new InMemoryStore(clock), assert.ifError);
		let [isLocked, reads] = [false, 0];
		let changed = (): void => undefined;
		const team = startTeam({
			...{ store, clock, learnSecret: () => undefined, isSimulatorOn: () => false, newId: () => 'id' },
			secrets: { get: () => Promise.resolve(invitation), store: () => assert.fail(), delete: () => assert.fail() },
			memory: {
				get: (name) => (name === 'keypool.teamMachines' ? 2 : undefined),
				update: () => Promise.resolve(),
			},
			keyring: {
				list: () => ({ keys: [key], projects: [] }),
				onDidChange: (listener) => ((changed = listener), { dispose: () => undefined }),
			},
			secretOf: () => (reads++, isLocked ? Promise.reject(new Error('locked')) : Promise.resolve('sim-a')),
			log: { warn: () => undefined, info: () => undefined },
			report: assert.ifError,
		});
		const isShared = async (): Promise<boolean> => {
			for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
			return store.limitShare(`${project}/m` as BucketId) !== undefined;
		};
		await team.follow();
		assert.equal(await isShared(), true);
		isLocked = true;
		changed();
		assert.equal(await isShared(), false);
		isLocked = false;
		await clock.advance(10_000);
		assert.equal(await isShared(), true);
		isLocked = true;
		changed();
		await isShared();
		team.dispose();
		const before = reads;
		await clock.advance(60_000);
		assert.equal(reads, before, 'nobody looks any more');
		await store.close();
	});
});
