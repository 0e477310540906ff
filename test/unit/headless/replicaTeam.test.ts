import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { replicaTeam } from '../../../src/headless/team';
import { machineCount } from '../../../src/node/machineCount';
import { InMemoryStore, type BucketId, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { invitationText, type Invitation } from '../../../src/team/invitation';
import { teamVariable } from '../../../src/team/openTeamStore';
import { memoryClients } from '../../support/gateway/gatewayRig';
import { VirtualClock } from '../../support/virtualClock';

describe('a replica that starts while its team’s server is away', () => {
	let folder: string;
	before(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'keypool-count-'));
	});
	after(() => rm(folder, { recursive: true, force: true }));

	const shareOf = async (machines: { get(): number; set(count: number): void }): Promise<number | undefined> => {
		const clock = new VirtualClock();
		const invitation: Invitation = {
			...{ v: 1, team: 'a-team-of-this-test', secret: 's'.repeat(43) },
			server: { kind: 'socket', nodes: [], path: '/nowhere/at/all.sock', tls: false },
		};
		const said: string[] = [];
		const team = replicaTeam(
			{ [teamVariable]: invitationText(invitation) },
			{
				...{ machine: 'm', machines, copy: memoryClients(), clock },
				say: (text) => said.push(text),
				report: (error) => assert.fail(String(error)),
			},
		);
		const store = team?.open(new InMemoryStore(clock)) ?? assert.fail('no team');
		store.setKeys([{ id: 'a' as KeyId, project: 'p' as ProjectId, secret: 'sim-a' }]);
		await store.transact(() => undefined);
		const part = store.limitShare('p/m' as BucketId)?.part;
		await store.close();
		assert.equal(said.length, 1);
		return part;
	};

	it('keeps to its part of each limit, by how many they were when it was there', async () => {
		const counted = await machineCount(folder);
		assert.equal(await shareOf(counted), undefined, 'nobody else was ever seen');
		counted.set(4);
		await counted.written;
		assert.equal(await shareOf(await machineCount(folder)), 1 / 4);
	});

	it('takes a file that is damaged for none', async () => {
		for (const text of ['', 'x', '-3', '1e9', '0.5']) {
			await writeFile(path.join(folder, 'machines'), text);
			assert.equal((await machineCount(folder)).get(), 1, text);
		}
		const counted = await machineCount(folder);
		for (const count of [2, 3, 3]) counted.set(count);
		await counted.written;
		assert.equal(await readFile(path.join(folder, 'machines'), 'utf8'), '3');
	});
});
