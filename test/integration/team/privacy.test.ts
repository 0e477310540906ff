import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hmacSha256 } from '../../../src/node/valkey';
import { systemClock } from '../../../src/node/systemClock';
import { Failure, Pool, type Key, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { requestOf } from '../../bench/answering';
import { writeOneOfEach } from '../../support/pool/storeContract';
import { TeamServer } from '../../support/team/teamServer';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

const canary = 'CANARY';
const teamSecret = `sim-${canary}-team-secret`;
const keys: readonly Key[] = [1, 2].map((n) => ({
	...{ id: `${canary}-id-${n}` as KeyId, project: `${canary}-project-${n}` as ProjectId },
	...{ label: `${canary} label ${n}`, mask: `${canary}…`, sortOrder: String(n) },
	...{ role: 'primary', weight: 1, enabled: true },
}));

describe('what a team’s server is told', () => {
	let server: TeamServer;
	let store: TeamStore;
	let pool: Pool;
	const sends: string[] = [];
	const team = randomUUID();
	before(async () => {
		// It writes down all that is ever changed.
		server = new TeamServer('valkey-server', ['--save', '', '--appendonly', 'yes']);
		await server.start();
		store = new TeamStore({
			...{ machine: new InMemoryStore(systemClock), clock: systemClock, random: Math.random, scope: 'people' },
			...{ hmac: hmacSha256(teamSecret), newId: randomUUID },
			open: valkeyLink({
				server: server.address(),
				team,
				machine: randomUUID(),
				newId: randomUUID,
				clock: systemClock,
			}),
			onTrouble: (trouble) => assert.fail(trouble),
			onError: (error) => assert.fail(String(error)),
		});
		store.setKeys(
			keys.map(({ id, project }, n) => ({
				id,
				project,
				secret: `sim-${canary}-secret-${n}`,
				number: `${canary}-number-${n}`,
			})),
		);
		pool = new Pool({
			...{ store, clock: systemClock, random: Math.random, check: () => Promise.resolve(), window: `${canary}-window` },
		});
		pool.setKeys(
			keys,
			keys.map(({ project }) => ({ id: project, tier: 'free', label: `${canary} project` })),
		);
	});
	after(async () => {
		pool.dispose();
		await store.close();
		await server.end();
	});

	/** The first call is refused in the service's words, the second answers. */
	const ask = async (action: Failure['action']): Promise<void> => {
		const request = requestOf({
			id: `${canary}-request-${sends.length}`,
			origin: `${canary}-origin`,
			models: ['m'],
			size: { bytes: 900, tokens: 0 },
		});
		let calls = 0;
		const stream = pool.stream(request, async function* ({ key }) {
			sends.push(key);
			await Promise.resolve();
			if (calls++ === 0) throw new Failure(action, true, `${canary}: the service's words about projects/12345`);
			yield { output: `${canary} answer` };
			yield { finishReason: 'STOP', usage: { input: 300, cached: 0, output: 20, thoughts: 0 } };
		});
		for await (const part of stream) void part;
	};

	it('is no key, id, label, project, number, prompt, answer, request, window, client, nor a word of the service', async () => {
		await ask({ type: 'coolDown', reason: 'rpm', delayMs: 5_000 });
		await pool.execute({ type: 'clearCooldown', project: keys[0]?.project ?? ('' as ProjectId) });
		await pool.execute({ type: 'clearCooldown', project: keys[1]?.project ?? ('' as ProjectId) });
		await ask({
			type: 'quarantine',
			reason: 'leaked',
			scope: 'key',
			abuse: true,
			recheckMs: [],
		}).catch(() => undefined);
		assert.equal(sends.length >= 3, true);
		assert.equal(store.replica().pool.paused?.reason, 'leaked');
		assert.match(
			store.replica().pool.paused?.serviceMessage ?? '',
			/CANARY/,
			'this machine knows what the service said',
		);
		const dump = await server.dump();
		assert.match(dump, /coolingDown|quarantined/, 'something was told');
		assert.match(dump, /pause/);
		assert.doesNotMatch(dump, /CANARY|sim-|12345|service|chat|bench/);
	});

	it('holds none of the kinds that are of the machine', async () => {
		await store.transact((tx, now) => {
			tx.key(keys[0]?.id ?? ('' as KeyId));
			writeOneOfEach(tx, now);
		});
		const dump = await server.dump();
		assert.doesNotMatch(dump, /usage|requestRecord|windowQueue|leader|dailyCost|heartbeatAt|gateway/);
	});

	it('nor was any of it there before: the server has written down all that it was ever told', () => {
		const folder = path.join(server.folder, 'appendonlydir');
		const written = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'latin1'));
		assert.match(written.join(''), /HSET/i);
		assert.doesNotMatch(written.join(''), /CANARY|sim-|12345/);
	});

	it('keys are named by the team’s secret, not by a plain hash that a guessed key would have', async () => {
		const dump = await server.dump();
		const plain = hmacSha256('')('key sim-CANARY-secret-0').slice(0, 22);
		assert.ok(!dump.includes(plain));
		const named = hmacSha256(teamSecret)('keypool key sim-CANARY-secret-0').slice(0, 22);
		assert.ok(dump.includes(named));
	});
});
