import assert from 'node:assert/strict';
import type { Project, ProjectId } from '../../../../src/pool/pool';
import type { ProjectPatch } from '../../../../src/keys/keyring/keyring';
import { keyOperations } from '../../../../src/views/commands/keyOperations';
import { asStored, fixedKeyring, otherOperations } from '../../../support/views/otherOperations';

const id = 'p' as ProjectId;

/** What becomes of a change to the project. */
async function patched(before: Project, patch: ProjectPatch): Promise<ProjectPatch> {
	let written: ProjectPatch = {};
	const acts = keyOperations(
		{
			...fixedKeyring,
			updateProject: (_, given) => {
				written = typeof given === 'function' ? given(before) : given;
				return Promise.resolve(before);
			},
		},
		{ execute: () => Promise.resolve() },
		asStored,
		otherOperations,
	);
	await acts.updateProject(id, patch);
	return written;
}

describe('a project that is newly marked as paid', () => {
	it('asks before it costs more than five dollars a day', async () => {
		assert.deepEqual(await patched({ id, tier: 'free' }, { tier: 'paid' }), {
			...{ tier: 'paid', budget: { day: 5, isDefault: true } },
		});
	});

	it('keeps a budget that a person has set, and one that is paid already gets none', async () => {
		const paid = { tier: 'paid' } as const;
		assert.deepEqual(await patched({ id, tier: 'free', budget: { month: 3 } }, paid), paid);
		assert.deepEqual(await patched({ id, tier: 'paid' }, paid), paid);
		assert.deepEqual(await patched({ id, tier: 'free' }, { ...paid, budget: { day: 1 } }), {
			...paid,
			budget: { day: 1 },
		});
		assert.deepEqual(await patched({ id, tier: 'free' }, { label: 'Shop' }), { label: 'Shop' });
	});

	it('loses the one that nobody chose once it is a free one again', async () => {
		const free = { tier: 'free' } as const;
		const ofDefault: Project = { id, tier: 'paid', budget: { day: 5, isDefault: true } };
		assert.deepEqual(await patched(ofDefault, free), { ...free, budget: undefined });
		assert.deepEqual(await patched({ id, tier: 'paid', budget: { day: 5 } }, free), free);
	});
});
