import assert from 'node:assert/strict';
import type { Project, ProjectId } from '../../../../src/pool/pool';
import { userLimitsOf } from '../../../../src/pool/quota/limits';

/** What a person allows `flash`, which `latest` and `newest` stand for. */
function limitsOf(limits?: Project['limits'], presetLimits?: Project['limits'], model = 'flash') {
	const project: Project = {
		...{ id: 'p' as ProjectId, tier: 'free' },
		...(limits && { limits }),
		...(presetLimits && { presetLimits }),
	};
	return userLimitsOf(project, model, (name) => (['latest', 'newest'].includes(name) ? 'flash' : name));
}

describe("a person's limits for a model", () => {
	it('are those that are set under any of its names, and none of another model', () => {
		assert.equal(limitsOf(), undefined);
		assert.equal(limitsOf({ other: { rpm: 1 } }), undefined);
		assert.deepEqual(limitsOf({ flash: { rpm: 5 }, other: { rpm: 1 } }), { rpm: 5 });
		assert.deepEqual(limitsOf({ latest: { rpm: 5 } }), { rpm: 5 });
		assert.deepEqual(
			limitsOf({ latest: { rpm: 5 } }, undefined, 'latest'),
			{ rpm: 5 },
			'what it was before that was known',
		);
	});

	it('are the lowest of each kind, where several names have some', () => {
		const limits = { flash: { rpm: 5, tpm: 100 }, latest: { rpm: 9, tpm: 50, rpd: 20 }, newest: { rpd: 30 } };
		assert.deepEqual(limitsOf(limits), { rpm: 5, tpm: 50, rpd: 20 });
	});

	it("are the project's own before those of the settings, kind by kind", () => {
		assert.deepEqual(limitsOf(undefined, { flash: { rpm: 3 } }), { rpm: 3 });
		assert.deepEqual(limitsOf({ flash: { rpm: 5 } }, { latest: { rpm: 3, rpd: 9 } }), { rpm: 5, rpd: 9 });
		assert.deepEqual(limitsOf({ flash: { rpm: 5 } }, { other: { rpd: 9 } }), { rpm: 5 });
	});
});
