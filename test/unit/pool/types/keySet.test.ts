import assert from 'node:assert/strict';
import type { Key, KeyId, Project, ProjectId } from '../../../../src/pool/pool';
import { KeySet } from '../../../../src/pool/types/keySet';

const key = (id: string, rank: string, project: string, enabled = true): Key => ({
	...{
		id: id as KeyId,
		project: project as ProjectId,
		label: id,
		mask: id,
		sortOrder: rank,
		role: 'primary',
		weight: 1,
		enabled,
	},
});
const project = (id: string, account?: string): Project => ({
	...{ id: id as ProjectId, tier: 'paid', ...(account ? { account } : {}) },
});

describe('the roster', () => {
	const keys = [
		key('d', '2', 'q'),
		key('b', '1', 'p'),
		key('c', '2', 'r', false),
		key('a', '1', 'p'),
		key('e', '0', 'lone'),
	];
	const keySet = new KeySet(keys, [project('p', 'x'), project('q', 'x'), project('r')]);

	it('has the keys in the order of their ranks, equal ones by name, whatever order they came in', () => {
		for (const given of [keys, [...keys].reverse()]) {
			assert.equal(new KeySet(given, []).order.join(' '), 'e a b c d');
		}
		assert.deepEqual([keySet.keys.length, keySet.enabled, keySet.enabledPaid], [5, 4, 3]);
	});

	it('keeps the last of two with one name', () => {
		const twice = new KeySet([key('a', '1', 'p'), key('a', '9', 'q')], []);
		assert.deepEqual([twice.keys.length, twice.key('a' as KeyId)?.sortOrder], [1, '9']);
	});

	it('takes a project that nobody described for a free one of its own', () => {
		assert.deepEqual(keySet.project('lone' as ProjectId), { id: 'lone', tier: 'free' });
		assert.equal(keySet.project('p' as ProjectId).tier, 'paid');
	});

	it('knows who shares a project or a billing account', () => {
		const sharing = (id: string, scope: 'key' | 'project' | 'account'): string =>
			keySet.sharing(id as KeyId, scope).join(' ');
		assert.equal(sharing('a', 'key'), 'a');
		assert.equal(sharing('a', 'project'), 'a b');
		assert.equal(sharing('a', 'account'), 'a b d');
		assert.equal(sharing('c', 'account'), 'c', 'no account is none to share');
		assert.equal(sharing('gone', 'account'), 'gone');
	});
});
