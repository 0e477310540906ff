import assert from 'node:assert/strict';
import { keysInEnvironment } from '../../../../src/keys/import/envImport';
import { EnvironmentOffer } from '../../../../src/keys/import/environmentOffer';
import { modern } from '../../../support/keys/sample';

const parse = (environment: Readonly<Record<string, string | undefined>>) =>
	Promise.resolve(keysInEnvironment(environment));

function open(environment: Readonly<Record<string, string | undefined>>, memory = new Map<string, unknown>()) {
	const told: boolean[] = [];
	const reports: unknown[] = [];
	const offer = new EnvironmentOffer({
		environment: () => environment,
		parse,
		memory: {
			get: (name) => memory.get(name),
			update: (name, value) => Promise.resolve(void memory.set(name, value)),
		},
		setOffered: (isOffered) => Promise.resolve(told.push(isOffered)),
		report: (error) => reports.push(error),
	});
	return { offer, told, reports, memory };
}

describe('the offer of keys in the environment', () => {
	it('is made once: it disappears when the user has seen the keys, and does not come back', async () => {
		const { offer, told, memory } = open({ GEMINI_API_KEYS: `${modern(1)},${modern(2)}` });
		await offer.start();
		assert.deepEqual(told, [true]);
		await offer.markShown();
		assert.deepEqual(told, [true, false]);
		const next = open({ GEMINI_API_KEYS: modern(1) }, memory);
		await next.offer.start();
		assert.deepEqual(next.told, []);
	});

	it('is made again in the next window until the user has looked', async () => {
		const { offer, memory } = open({ GEMINI_API_KEY: modern(1) });
		await offer.start();
		const next = open({ GOOGLE_API_KEY: modern(1) }, memory);
		await next.offer.start();
		assert.deepEqual(next.told, [true]);
	});

	it('is not made without a key in the environment', async () => {
		const nothing = open({ PATH: modern(1), GEMINI_API_KEYS: ' ' });
		await nothing.offer.start();
		assert.deepEqual(nothing.told, []);
		const other = open({ GEMINI_API_KEY: 'no key' });
		await other.offer.start();
		assert.deepEqual(other.told, []);
	});

	it('parses nothing without a variable for keys', async () => {
		const offer = new EnvironmentOffer({
			environment: () => ({ GEMINI_API_KEYS: ' ', PATH: '/bin' }),
			parse: () => assert.fail('parsed'),
			memory: { get: () => undefined, update: () => Promise.resolve() },
			setOffered: () => assert.fail('offered'),
			report: (error) => assert.fail(String(error)),
		});
		await offer.start();
	});

	it('stores nothing about a key, and works in an editor that cannot store anything', async () => {
		const { offer, memory } = open({ GEMINI_API_KEYS: modern(1) });
		await offer.start();
		await offer.markShown();
		assert.deepEqual([...memory], [['keypool.offeredEnvironment', true]]);
		const error = new Error('the disk is full');
		const reports: unknown[] = [];
		const refusing = new EnvironmentOffer({
			environment: () => ({ GEMINI_API_KEYS: modern(1) }),
			parse,
			memory: { get: () => undefined, update: () => Promise.reject(error) },
			setOffered: () => Promise.resolve(),
			report: (one) => reports.push(one),
		});
		await refusing.start();
		await refusing.markShown();
		assert.deepEqual(reports, [error]);
	});
});
