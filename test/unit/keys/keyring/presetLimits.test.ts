import assert from 'node:assert/strict';
import { withPresetLimits } from '../../../../src/keys/keyring/presetLimits';
import type { Key, KeyId, Project, ProjectId } from '../../../../src/pool/pool';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

const key = (label: string, project: string): Key => ({
	id: label as KeyId,
	project: project as ProjectId,
	label,
	mask: '…',
	sortOrder: label,
	role: 'primary',
	weight: 1,
	enabled: true,
});
const projects: readonly Project[] = [
	{ id: 'p1' as ProjectId, tier: 'free', label: 'Shop' },
	{ id: 'p2' as ProjectId, tier: 'free' },
];
const keys = [key('A', 'p1'), key('B', 'p2'), key('C', 'p2')];

describe('limits that the settings name', () => {
	const preset = (named: Parameters<typeof withPresetLimits>[1]) =>
		withPresetLimits({ keys, projects }, named).projects.map(({ presetLimits }) => presetLimits);
	const ten = { m: { rpm: 10 } };

	it('apply to the project of that name, or to an unnamed one with a key of that name', () => {
		assert.deepEqual(preset({ Shop: ten }), [ten, undefined]);
		assert.deepEqual(preset({ C: ten }), [undefined, ten]);
		assert.deepEqual(preset({ A: ten }), [undefined, undefined], 'its project has a name');
		assert.deepEqual(preset({ toString: ten, shop: ten }), [undefined, undefined]);
	});

	it('hold a key back before the service does, unless the view has set one of that kind', async () => {
		const sends = async (own: Project['limits']): Promise<number> => {
			const rig = new Rig({}, answers);
			const given: Project = { id: 'p1' as ProjectId, tier: 'free', ...(own && { limits: own }) };
			const { keys: all, projects: those } = withPresetLimits(
				{ keys: [key('A', 'p1')], projects: [given] },
				{ A: { m: { rpm: 2 } } },
			);
			rig.pool.setKeys(all, those);
			for (let n = 0; n < 4; n += 1) await rig.answer({ maxWaitMs: 0 });
			return rig.sends.length;
		};
		assert.equal(await sends(undefined), 2);
		assert.equal(await sends({ m: { rpm: 3 } }), 3, 'the view goes before');
		assert.equal(await sends({ m: { rpd: 50 } }), 2, 'of another kind');
	});

	it("are reported as the user's limits, and replace learnt ones", async () => {
		const rig = new Rig({}, (send) => (send.nth === 1 ? fails(rpm(1_000, 50)) : answers(send)));
		const named = withPresetLimits(
			{ keys: [key('A', 'p1')], projects: [{ id: 'p1' as ProjectId, tier: 'free' }] },
			{ A: { m: { rpm: 7 } } },
		);
		rig.pool.setKeys(named.keys, named.projects);
		await rig.answer();
		const [view] = rig.pool.snapshot().keys;
		assert.deepEqual([view?.models[0]?.limitUsage.rpm?.limit, view?.models[0]?.limitUsage.rpm?.source], [7, 'user']);
	});
});
