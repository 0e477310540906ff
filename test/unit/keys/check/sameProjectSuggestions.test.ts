import assert from 'node:assert/strict';
import { SameProjectSuggestions } from '../../../../src/keys/check/sameProjectSuggestions';
import type { Key, KeyId, Project, ProjectId } from '../../../../src/pool/pool';
import { keyView, standings } from '../../../support/views/snapshots';

/** Three keys, each of a project of its own here, for all of which the service named one number. */
function open() {
	const keys: readonly Key[] = ['A', 'B', 'C'].map((label) => keyView(label, standings.usable).key);
	const projects: readonly Project[] = keys.map((key) => ({ id: key.project, tier: 'free', number: '111' }));
	const suggested: string[][] = [];
	const keyring = { list: () => ({ keys, projects }), update: () => assert.fail(), updateProject: () => assert.fail() };
	const suggestions = new SameProjectSuggestions(keyring, { isTierRevoked: () => assert.fail() }, (matches) =>
		suggested.push(matches.map(({ key, with: other }) => `${key.label} with ${other.label}`)),
	);
	return { suggestions, suggested, ids: keys.map(({ id }) => id) };
}

describe('suggestions to put keys together', () => {
	it('are made once for each match, whatever the service says again', () => {
		const { suggestions, suggested, ids } = open();
		for (const id of [...ids, ...ids]) suggestions.learnt(id);
		assert.deepEqual(suggested, [['A with B'], ['B with A'], ['C with A']]);
	});

	it('wait while a command checks keys, and are not made of what its notice says', () => {
		const { suggestions, suggested, ids } = open();
		const release = suggestions.hold();
		for (const id of ids) suggestions.learnt(id);
		const taken = suggestions.take(ids).map(({ key, project }) => [key.label, project] as const);
		assert.deepEqual(taken, [
			['B', 'project of A' as ProjectId],
			['C', 'project of A' as ProjectId],
		]);
		release();
		assert.deepEqual(suggested, []);
		suggestions.learnt('id of C' as KeyId);
		assert.deepEqual(suggested, [], 'what comes late is told already');
	});

	it('are made together after a command that says nothing of these keys', () => {
		const { suggestions, suggested, ids } = open();
		const [first, second] = [suggestions.hold(), suggestions.hold()];
		for (const id of ids) suggestions.learnt(id);
		first();
		assert.deepEqual(suggested, []);
		second();
		assert.deepEqual(suggested, [['B with A', 'C with A']]);
	});
});
