import { Failure } from '../../pool/pool';
import { KeyringError } from '../keyring/secretStore';

/** Turns the secret store's refusal into a `Failure`, which tells the pool that no key is at fault and nothing was sent. */
export async function secretOrFailure(secret: Promise<string | undefined>): Promise<string | undefined> {
	try {
		return await secret;
	} catch (error) {
		if (!(error instanceof KeyringError)) throw error;
		throw new Failure({ type: 'fail', reason: 'keysLocked' }, false, '');
	}
}
