import assert from 'node:assert/strict';
import { nameOf } from '../../../src/workspaceFiles/nameOf';

describe('the name of a file', () => {
	it('is the end of its path', () => assert.equal(nameOf({ scheme: 'file', path: '/w/a b#%.ts' }), 'a b#%.ts'));

	it('is its kind where it has no path: a question named nothing, before the lines of the results of a search', () =>
		assert.equal(nameOf({ scheme: 'search-editor', path: '' }), 'search-editor'));
});
