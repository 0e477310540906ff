import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestAccess } from '../../../src/extension';
import { Keyring, type Keys } from '../../../src/keys/keyring/keyring';
import { Secret } from '../../../src/keys/keyring/secret';
import { systemClock } from '../../../src/node/systemClock';

/** Keys that look real, made at run time. */
const secret = (n: number): Secret => new Secret(`AQ.${`host${n}x`.padEnd(46, 'q')}`);

describe('two keyrings over the secret storage of VS Code', () => {
	const owned: Keyring[] = [];
	let mine: Keyring;
	let other: Keyring;

	before(async () => {
		const extension = vscode.extensions.getExtension<Partial<TestAccess>>('keypool.keypool-gemini');
		const access = await extension?.activate();
		assert.ok(access?.secrets, 'the extension runs from its sources, in a test');
		const { secrets } = access;
		const open = (window: string): Keyring => {
			let ids = 0;
			const keyring = new Keyring(secrets, {
				clock: systemClock,
				newId: () => `${window}-${(ids += 1)}`,
				numberedLabel: (n) => `Key ${n}`,
				learn: () => undefined,
				report: (error) => {
					throw error;
				},
			});
			owned.push(keyring);
			return keyring;
		};
		[mine, other] = [open('mine'), open('other')];
		await Promise.all([mine.load(), other.load()]);
	});

	after(async () => {
		await mine.eraseAll();
		for (const keyring of owned) keyring.dispose();
	});

	/** Acts with one keyring, and waits until the other one knows of it: within a second. */
	async function shared(act: () => Promise<unknown>, isSeen: (keys: Keys) => boolean): Promise<void> {
		const began = performance.now();
		const seen = new Promise<void>((resolve) => {
			const listening = other.onDidChange((keys) => {
				if (!isSeen(keys)) return;
				listening.dispose();
				resolve();
			});
		});
		await Promise.all([act(), seen]);
		const ms = performance.now() - began;
		assert.ok(ms < 1_000, `the other one knew of it after ${Math.round(ms)} ms`);
	}
	const labels = ({ keys }: Keys): string => keys.map(({ label }) => label).join();

	it('see what the other adds, changes and removes, without being asked to look', async () => {
		await shared(
			() => mine.add([{ secret: secret(1), label: 'One' }]),
			(keys) => labels(keys) === 'One',
		);
		const [key] = mine.list().keys;
		assert.ok(key);
		assert.equal(await other.secretOf(key.id), secret(1).reveal());
		await shared(
			() => mine.update(key.id, { label: 'Uno' }),
			(keys) => labels(keys) === 'Uno',
		);
		await shared(
			() => mine.updateProject(key.project, { tier: 'paid' }),
			({ projects }) => projects[0]?.tier === 'paid',
		);
		await shared(
			() => mine.remove(key.id),
			({ keys }) => keys.length === 0,
		);
		await shared(
			() => mine.restore(key.id),
			(keys) => labels(keys) === 'Uno',
		);
	});
});
