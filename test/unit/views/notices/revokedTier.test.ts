import assert from 'node:assert/strict';
import type { KeyId, Project, ProjectId } from '../../../../src/pool/pool';
import { explain } from '../../../../src/views/commands/explain';
import { hoverOf } from '../../../../src/views/tree/hover';
import { keyOperations } from '../../../../src/views/commands/keyOperations';
import { rowsOf } from '../../../../src/views/shared/rows';
import { rowPresentation } from '../../../../src/views/shared/rowPresentation';
import { readable } from '../../../support/ui/readable';
import { keyView, modelView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';
import { asStored, fixedKeyring, otherOperations } from '../../../support/views/otherOperations';

const revoked = {
	since: noon - 60_000,
	by: 'id of A' as KeyId,
	serviceMessage: 'Quota [x](command:y) exceeded: FreeTier',
};
const project = { id: 'project of A' as ProjectId, tier: 'paid' } as const;
const view = keyView('A', standings.usable, { revoked, project });
const sentence = /marked as paid, but since 11:59 Google counts it as free tier.+set its tier to paid again/;

describe('a tier that Google contradicts', () => {
	const { byId } = rowsOf(snapshotOf([view, keyView('B', standings.usable, { project: view.project, revoked })]));
	const rowOf = (id: string) => {
		const row = byId.get(id);
		assert.ok(row);
		return row;
	};

	it('stands in the row of the key and of its project, for the eye and for a screen reader', () => {
		const key = rowPresentation(rowOf('id of A'), words, noon);
		assert.equal(key.description, 'not paid · usable');
		assert.match(key.spoken, /counts as free tier$/);
		const project = rowPresentation(rowOf(`project:${view.project.id}`), words, noon);
		assert.equal(project.description, '2 keys = 1 quota · counts as free tier');
		assert.match(project.spoken, /counts as free tier/);
	});

	it('is not called paid in the row of a key that stands alone', () => {
		const row = rowsOf(snapshotOf([view])).byId.get('id of A');
		assert.ok(row);
		assert.equal(rowPresentation(row, words, noon).description, 'not paid · usable');
	});

	it('is told on both hovers with what to do, and what the service said becomes no link', () => {
		for (const id of ['id of A', `project:${view.project.id}`]) {
			const text = hoverOf(rowOf(id), words, noon);
			assert.match(readable(text), sentence);
			assert.match(readable(text), /The service said: Quota \[x\]/);
			assert.ok(!text.includes('](command'));
		}
	});

	it('is told by Why?, which leads to the tier', () => {
		const told = explain(view, undefined, undefined, words, noon);
		assert.match(told.paragraphs.join('\n'), sentence);
		const resting = { ...standings.minute, serviceMessage: revoked.serviceMessage };
		const both = explain(keyView('A', resting, { revoked }), undefined, undefined, words, noon).paragraphs.join('\n');
		assert.equal(both.match(/The service said/g)?.length, 1);
		assert.deepEqual(told.act, { command: 'keypool.setTier', onKey: true, title: 'Set Tier…' });
	});

	it('is believed again when a person sets the tier, and by no other change of the project', async () => {
		const acts: unknown[] = [];
		const room = keyOperations(
			{
				...fixedKeyring,
				updateProject: (id, change) => {
					const project = { id, tier: 'free' } as const;
					return Promise.resolve({
						...project,
						...(typeof change === 'function' ? change(project) : change),
					} as Project);
				},
			},
			{ execute: (act) => Promise.resolve(void acts.push(act)) },
			asStored,
			otherOperations,
		);
		await room.updateProject('p' as ProjectId, { label: 'Team' });
		assert.deepEqual(acts, []);
		await room.updateProject('p' as ProjectId, { tier: 'paid' });
		assert.deepEqual(acts, [{ type: 'restoreTier', project: 'p' }]);
	});
});

describe('a limit that fell', () => {
	const rooms = { rpd: { used: 3, limit: 20, source: 'stated', fell: { from: 1_000, until: noon + 1 } } } as const;
	const fell = keyView('A', standings.usable, { models: [modelView(standings.usable, { limitUsage: rooms })] });

	it('says on the hover and in Why? that the tier may have dropped', () => {
		const row = rowsOf(snapshotOf([fell])).byId.get('id of A');
		assert.ok(row);
		const sentence = /A limit of gemini-3.8-flash fell from 1,000 to 20: your tier may have dropped\./;
		assert.match(readable(hoverOf(row, words, noon)), sentence);
		assert.match(explain(fell, undefined, undefined, words, noon).paragraphs.join('\n'), sentence);
		assert.match(explain(fell, fell.models[0], undefined, words, noon).paragraphs.join('\n'), sentence);
	});
});
