import assert from 'node:assert/strict';
import { checkKey } from '../../../../src/keys/check/checkKey';
import { Failure, type KeyId } from '../../../../src/pool/pool';
import { badKey } from '../../../support/pool/rig';

const key = 'a' as KeyId;

/** Checks a key whose secret is another one each time that it is read, and refuses all but the last. */
function checking(...secrets: readonly (string | undefined)[]) {
	let reads = 0;
	const checked: string[] = [];
	const check = checkKey(() => Promise.resolve(secrets[Math.min(reads++, secrets.length - 1)]), {
		check: (secret) => {
			checked.push(secret);
			return secret === 'good' ? Promise.resolve() : Promise.reject(new Failure(badKey, true, ''));
		},
	});
	return { checked, done: check(key, new AbortController().signal) };
}

describe('the check of a stored key', () => {
	it('is of the one that is there by then: of one that is replaced meanwhile it says nothing', async () => {
		const { checked, done } = checking('old', 'good');
		await done;
		assert.deepEqual(checked, ['old', 'good']);
	});

	it('fails where the key is refused, and where it is removed meanwhile for no fault of its own', async () => {
		await assert.rejects(checking('old').done, { action: badKey });
		await assert.rejects(checking('old', undefined).done, ({ action, sent }: Failure) => {
			return action.reason === 'unexpected' && !sent;
		});
	});
});
