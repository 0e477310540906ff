import assert from 'node:assert/strict';
import { testFileFor } from '../../../../src/editor/commands/testFile';

describe('where tests of a file go', () => {
	for (const [source, tests] of [
		['/w/src/fibonacci.ts', '/w/src/fibonacci.test.ts'],
		['/w/view.component.tsx', '/w/view.component.test.tsx'],
		['/w/parser.py', '/w/test_parser.py'],
		['/w/pool.go', '/w/pool_test.go'],
		['/w/Pool.java', '/w/PoolTest.java'],
		['/w/Pool.cs', '/w/PoolTests.cs'],
		['/w/pool.ex', '/w/pool_test.exs'],
		['/w.d/Makefile', '/w.d/Makefile.test'],
		['/w/.bashrc', '/w/.bashrc.test'],
	] as const) {
		it(`${source}: ${tests}`, () => assert.equal(testFileFor(source), tests));
	}
});
