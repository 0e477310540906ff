import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callDigest } from '../../../src/common/callDigest';
import { replicaTeam, type ReplicaTeam } from '../../../src/headless/team';
import { machineCount } from '../../../src/node/machineCount';
import { Pool, type BucketId, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { invitationText, type Invitation } from '../../../src/team/invitation';
import { teamVariable } from '../../../src/team/openTeamStore';
import { memoryClients } from '../../support/gateway/gatewayRig';
import { VirtualClock } from '../../support/virtualClock';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

function teamNamed(
	letter: string,
	clock: VirtualClock,
	machines: { get(): number; set(count: number): void } = { get: () => 1, set: () => undefined },
	say: (text: string) => void = () => undefined,
): ReplicaTeam {
	const invitation: Invitation = {
		...{ v: 1, team: 'a-team-of-this-test', secret: letter.repeat(43) },
		server: { kind: 'socket', nodes: [], path: '/nowhere/at/all.sock', tls: false },
	};
	const environment = { [teamVariable]: invitationText(invitation) };
	const parts = { machine: 'm', machines, copy: memoryClients(), clock, say };
	const team = replicaTeam(environment, { ...parts, report: (error) => assert.fail(String(error)) });
	return team ?? assert.fail('no team');
}

describe('a replica that starts while its team’s server is away', () => {
	let folder: string;
	before(async () => {
		folder = await mkdtemp(path.join(tmpdir(), 'keypool-count-'));
	});
	after(() => rm(folder, { recursive: true, force: true }));

	const shareOf = async (machines: { get(): number; set(count: number): void }): Promise<number | undefined> => {
		const said: string[] = [];
		const clock = new VirtualClock();
		const team = teamNamed('s', clock, machines, (text) => said.push(text));
		const store = team.open(new InMemoryStore(clock));
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

describe('the tool calls of a replica’s clients', () => {
	const client = 'gateway:agent';
	const call = callDigest('read', { file: 'payroll.csv' });
	const clock = new VirtualClock();

	/** What the store holds once the call was noted so many times by replicas of these teams in turn. */
	const stored = async (teams: readonly ReplicaTeam[], times: number): Promise<string> => {
		const store = new InMemoryStore(clock);
		const check = (): Promise<void> => Promise.resolve();
		const pools = teams.map((team) => team.poolOf(new Pool({ store, clock, random: () => 0.5, check })));
		for (let n = 0; n < times; n++) await pools[n % pools.length]?.noteToolCall(client, call);
		return JSON.stringify([...store.replica().spending.values()]);
	};

	it('have a name on the server that no guess of theirs gives away, another one for each team', async () => {
		const [ours, theirs] = [await stored([teamNamed('s', clock)], 1), await stored([teamNamed('t', clock)], 1)];
		assert.match(ours, /"call":/);
		assert.ok(!ours.includes(call));
		assert.notEqual(ours, theirs);
	});

	it('are counted together, whichever replica they come to', async () => {
		const replicas = [teamNamed('s', clock), teamNamed('s', clock)];
		assert.doesNotMatch(await stored(replicas, 19), /repeatedCall/);
		assert.match(await stored(replicas, 20), /repeatedCall/);
	});
});
