import assert from 'node:assert/strict';
import { checkKeys } from '../../../../src/keys/check/check';
import { Keyring } from '../../../../src/keys/keyring/keyring';
import { Secret } from '../../../../src/keys/keyring/secret';
import { learnFromPool } from '../../../../src/keys/check/learnFromPool';
import { joinProjects, learnProjects, sharedProjectMatches } from '../../../../src/keys/check/sameProject';
import { SameProjectSuggestions } from '../../../../src/keys/check/sameProjectSuggestions';
import { Events } from '../../../../src/pool/types/events';
import type { Key, KeyId, PoolEvent, ProjectId } from '../../../../src/pool/pool';
import type { BodyName } from '../../../../src/simulator/service';
import { simulated } from '../../../support/gemini/room';
import { VirtualClock } from '../../../support/virtualClock';
import { MemoryStore } from '../../../support/keys/memoryStore';

/** Two keys of one project at the service, one of another; the keyring does not know who belongs together. */
const secrets = ['sim-a1', 'sim-a2', 'sim-b1'];

function keyringOf(): Keyring {
	let ids = 0;
	return new Keyring(new MemoryStore(), {
		clock: new VirtualClock(),
		newId: () => `id-${(ids += 1)}`,
		numberedLabel: (n) => `Key ${n}`,
		learn: () => undefined,
		report: (error) => {
			throw error;
		},
	});
}

/** Adds the keys one call after the other, checks them, and says who was suggested to go to whom. */
async function suggested(body: BodyName | undefined): Promise<readonly string[]> {
	const { gemini } = simulated({
		projects: ['a', 'b'].map((id) => ({ id, tier: 'free' })),
		keys: secrets.map((secret) => ({
			secret,
			project: secret.slice(4, 5),
			...(body && { faults: [{ when: 'always', on: 'everything', kind: 'error', body } as const] }),
		})),
	});
	const keyring = keyringOf();
	const added: Key[] = [];
	for (const secret of secrets) added.push(...(await keyring.add([{ secret: new Secret(secret) }])).added);
	const among = added.map(({ id }) => id);
	const outcomes = await checkKeys(
		among,
		(id) => keyring.secretOf(id),
		(secret, signal) => gemini.check(secret, signal),
		new AbortController().signal,
		() => undefined,
	);
	await learnProjects(outcomes, keyring);
	return sharedProjectMatches(keyring.list(), among).map((twin) => `${twin.key.label} with ${twin.with.label}`);
}

describe('keys that are put together', () => {
	const withTwo = async () => {
		const keyring = keyringOf();
		const { added } = await keyring.add(['sim-a1', 'sim-a2'].map((secret) => ({ secret: new Secret(secret) })));
		const [one, two] = added;
		assert.ok(one && two);
		for (const { project } of added) await keyring.updateProject(project, { number: '42' });
		const join = async () => {
			await joinProjects(sharedProjectMatches(keyring.list(), [two.id]), keyring);
			const { keys, projects } = keyring.list();
			assert.deepEqual([keys.map(({ project }) => project), projects.length], [[one.project, one.project], 1]);
			return projects[0];
		};
		return { keyring, one, two, join };
	};

	it('keep what a person has said of either: paid, a budget, a cap, limits, names', async () => {
		const { keyring, one, two, join } = await withTwo();
		await keyring.updateProject(one.project, { label: 'Shop', limits: { a: { rpm: 1 } } });
		await keyring.updateProject(two.project, {
			...{ tier: 'paid', label: 'Other', account: 'Card', budget: { day: 3 }, dailyCap: { requests: 9 } },
			limits: { a: { rpm: 7 }, b: { rpd: 2 } },
		});
		assert.deepEqual(await join(), {
			...{ id: one.project, number: '42', tier: 'paid', label: 'Shop', account: 'Card' },
			...{ budget: { day: 3 }, dailyCap: { requests: 9 }, limits: { a: { rpm: 1 }, b: { rpd: 2 } } },
		});
	});

	it('are not all paid by the mark of one that Google counts as free: what must be paid would go to the others', async () => {
		const { keyring, one, two } = await withTwo();
		await keyring.updateProject(two.project, { tier: 'paid', label: 'Shop' });
		let join = (): Promise<void> => assert.fail('it was not suggested');
		const pool = { isTierRevoked: (project: ProjectId) => project === two.project };
		const suggestions = new SameProjectSuggestions(keyring, pool, (_, accepted) => (join = accepted));
		suggestions.learnt(two.id);
		await join();
		assert.deepEqual(keyring.list().projects, [{ id: one.project, number: '42', tier: 'free', label: 'Shop' }]);
	});

	it('are those that are still there when a person says yes', async () => {
		const keyring = keyringOf();
		const { added } = await keyring.add(secrets.map((secret) => ({ secret: new Secret(secret) })));
		const [one, two, three] = added;
		assert.ok(one && two && three);
		for (const { project } of added) await keyring.updateProject(project, { number: '42' });
		const matches = sharedProjectMatches(keyring.list(), [two.id, three.id]);
		assert.equal(matches.length, 2);
		await keyring.remove(two.id);
		await joinProjects(matches, keyring);
		assert.deepEqual(
			keyring.list().keys.map(({ project }) => project),
			[one.project, one.project],
		);
	});

	it('have the budget that a person chose, not the one that a project got by itself', async () => {
		for (const [ofOne, ofTwo, budget] of [
			[{ day: 5, isDefault: true }, { month: 40 }, { month: 40 }],
			[{ month: 40 }, { day: 5, isDefault: true }, { month: 40 }],
			[{ day: 5, isDefault: true }, undefined, { day: 5, isDefault: true }],
		] as const) {
			const { keyring, one, two, join } = await withTwo();
			await keyring.updateProject(one.project, { tier: 'paid', budget: ofOne });
			await keyring.updateProject(two.project, { tier: 'paid', budget: ofTwo });
			assert.deepEqual((await join())?.budget, budget);
		}
	});
});

describe('the same project', () => {
	it('is suggested for keys whose refusals name one project', async () => {
		assert.deepEqual(await suggested('403_service_disabled'), ['Key 2 with Key 1']);
	});

	it('is suggested for keys that only cool down, too', async () => {
		assert.deepEqual(await suggested('429_legacy_per_minute'), ['Key 2 with Key 1']);
	});

	it('is learnt while prompts are answered, once for each number', async () => {
		const keyring = keyringOf();
		const [one, two] = (await keyring.add([{ secret: new Secret('sim-a1') }, { secret: new Secret('sim-a2') }])).added;
		assert.ok(one && two);
		const events = new Events<PoolEvent>((error) => {
			throw error;
		});
		const suggested: KeyId[] = [];
		const suggest = (key: KeyId): void => void suggested.push(key);
		const end = learnFromPool({ onEvent: (listener) => events.on(listener) }, keyring, suggest, (error) => {
			throw error;
		});
		const named = async (key: KeyId, number: string): Promise<void> => {
			events.emit({ type: 'projectNamed', key, number });
			await new Promise(setImmediate);
		};
		await named(one.id, '111');
		await named(two.id, '111');
		await named(one.id, '111');
		await named('gone' as KeyId, '111');
		assert.deepEqual(suggested, [one.id, two.id]);
		assert.deepEqual(
			keyring.list().projects.map(({ number }) => number),
			['111', '111'],
		);
		end();
		await named(one.id, '222');
		assert.equal(suggested.length, 2);
	});

	it('is never guessed: keys that work, and refusals without a project, are no evidence', async () => {
		assert.deepEqual(await suggested(undefined), []);
		assert.deepEqual(await suggested('400_api_key_invalid'), []);
	});
});
