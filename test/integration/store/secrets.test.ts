import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createGemini } from '../../../src/gemini/service';
import { createMasker } from '../../../src/masking/masking';
import { Pool, type Key, type KeyId, type ProjectId } from '../../../src/pool/pool';
import { createService, type BodyName } from '../../../src/simulator/service';
import { loadSdk } from '../../support/gemini/room';
import { seeded } from '../../support/simulator/stand';
import { Files } from '../../support/store/files';
import { aRequest } from '../../support/aRequest';

const model = 'gemini-3.8-flash';
/** Shaped as Google's are. */
const secret = (name: string): string => `AIza${`Sy-${name}_Never-On-Disk`.padEnd(35, 'x').slice(0, 35)}`;
const prompt = 'The-plan-is-called-Seventh-Heron and nobody may read of it';

/** What the service can say; some of it repeats the key, or the prompt. */
const bodies: readonly BodyName[] = [
	'429_rpm_free',
	'429_rpd_free_flash_short_delay',
	'400_api_key_invalid',
	'403_consumer_suspended',
	'403_leaked_key',
	'500_internal',
];

describe('what the record of quotas never holds', () => {
	const files = new Files();
	before(loadSdk);
	after(() => files.close());

	it('no key and no prompt, whatever the service answers', async () => {
		const names = ['good', ...bodies];
		const keys = names.map((name, index): Key => ({
			id: `k${index}` as KeyId,
			project: `p${index}` as ProjectId,
			label: name,
			mask: 'AI…xx',
			sortOrder: String(index),
			role: 'primary',
			weight: 1,
			enabled: true,
		}));
		const service = createService({
			clock: files.clock,
			chance: seeded(3),
			projects: keys.map(({ project }) => ({ id: project, tier: 'free' })),
			keys: keys.map(({ project, label }) => ({ secret: secret(label), project })),
		});
		for (const body of bodies) {
			service.setFaults([{ when: 'always', on: 'generation', kind: 'error', body }], secret(body));
		}
		const masker = createMasker();
		for (const { label } of keys) masker.learn(secret(label));
		const store = files.open();
		await store.transact(() => undefined);
		const pool = new Pool({
			store,
			clock: files.clock,
			random: () => 0,
			check: () => Promise.resolve(),
			window: 'w',
		});
		const gemini = createGemini({
			secretOf: (id) => Promise.resolve(secret(keys.find((key) => key.id === id)?.label ?? '')),
			baseUrl: () => 'https://simulator.invalid',
			mask: masker.mask,
			fetch: service.fetch,
		});
		const outcomes: string[] = [];
		for (const key of keys) {
			pool.setKeys([key], [{ id: key.project, tier: 'free' }]);
			const asked = { turns: [{ role: 'user' as const, content: [{ type: 'text' as const, text: prompt }] }] };
			const request = aRequest(`r-${key.id}`, { models: [model], size: gemini.cost(asked), maxWaitMs: 1_000 });
			const reading = (async () => {
				try {
					let text = '';
					for await (const part of pool.stream(request, gemini.open(asked))) text += part.type;
					return text.endsWith('done') ? 'answered' : text;
				} catch (error) {
					return error instanceof Error ? error.message : String(error);
				}
			})();
			outcomes.push(await files.until(reading));
			await pool.execute({ type: 'resume' });
		}
		const ends = ['answered', 'waitedTooLong', 'waitedTooLong', 'badKey', 'paused', 'paused', 'internal'];
		assert.deepEqual(outcomes, ends);
		await files.clock.settle();

		const { key, requestRecord: attempts, bucket } = store.replica();
		assert.equal(attempts.size, keys.length);
		assert.ok(bucket.size > 0 && [...key.values()].some(({ status: state }) => state.state === 'quarantined'));
		for (const name of readdirSync(files.folder)) {
			const bytes = readFileSync(path.join(files.folder, name), 'latin1');
			for (const { label } of keys) {
				assert.ok(!bytes.includes(secret(label)), `${name} holds the key of ${label}`);
				assert.ok(!bytes.includes(secret(label).slice(4, 30)), `${name} holds a part of the key of ${label}`);
			}
			for (const word of ['Seventh-Heron', 'nobody may read'])
				assert.ok(!bytes.includes(word), `${name} holds the prompt`);
		}
		// The search looked where they would be.
		const all = readdirSync(files.folder).map((name) => readFileSync(path.join(files.folder, name), 'latin1'));
		assert.ok(all.some((bytes) => bytes.includes('r-k0')));
	});
});
