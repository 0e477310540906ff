import assert from 'node:assert/strict';
import { withLimit } from '../../../../src/views/commands/withLimit';

describe('the limits of a person', () => {
	it('are set by model and kind, and leave nothing behind when the last is taken away', () => {
		const one = withLimit(undefined, 'm', 'rpm', 5);
		assert.deepEqual(one, { m: { rpm: 5 } });
		const two = withLimit(one, 'm', 'rpd', 0);
		assert.deepEqual(two, { m: { rpm: 5, rpd: 0 } });
		assert.deepEqual(withLimit(two, 'other', 'tpm', 7), { m: { rpm: 5, rpd: 0 }, other: { tpm: 7 } });
		assert.deepEqual(withLimit(two, 'm', 'rpm', undefined), { m: { rpd: 0 } });
		assert.equal(withLimit(one, 'm', 'rpm', undefined), undefined);
		assert.equal(withLimit(undefined, 'm', 'rpm', undefined), undefined);
	});
});
