import assert from 'node:assert/strict';
import { Keyring, type SecretStore } from '../../../../src/keys/keyring/keyring';
import { Secret } from '../../../../src/keys/keyring/secret';
import { LeaderElection, windowMutex } from '../../../../src/pool/pool';
import { InMemoryStore } from '../../../support/pool/inMemoryStore';
import { VirtualClock } from '../../../support/virtualClock';

/** ms after which the editor hands a secret that one window has stored on to the other one. */
const handedOnMs = 200;

describe('two windows that change keys within a moment', () => {
	it('store one secret once', async () => {
		const { clock, windows, close } = await two();
		const added = await clock.until(Promise.all(windows.map((window) => add(window, 'sim-same'))));
		assert.deepEqual(
			added.map(({ length }) => length),
			[1, 0],
		);
		close();
	});

	it('give two keys that got no name two names', async () => {
		const { clock, windows, close } = await two();
		await clock.until(Promise.all(windows.map((window, n) => add(window, `sim-${n}`))));
		await clock.advance(handedOnMs);
		for (const window of windows) assert.deepEqual(labels(window), ['Key 1', 'Key 2']);
		close();
	});

	it('keep what is known of two projects whose keys change places', async () => {
		const { clock, windows, close } = await two();
		const [one, other] = windows;
		const [a, b] = await clock.until(add(one, 'sim-a', 'sim-b'));
		assert.ok(a && b);
		await clock.until(one.updateProject(a.project, { tier: 'paid', label: 'A' }));
		await clock.until(one.updateProject(b.project, { tier: 'paid', label: 'B' }));
		await clock.advance(1_000);
		const moved = [one.update(a.id, { project: b.project }), other.update(b.id, { project: a.project })];
		await clock.until(Promise.allSettled(moved));
		await clock.advance(handedOnMs);
		for (const window of windows) {
			for (const { tier } of window.list().projects) assert.equal(tier, 'paid');
		}
		close();
	});
});

const add = async (keyring: Keyring, ...secrets: string[]) =>
	(await keyring.add(secrets.map((secret) => ({ secret: new Secret(secret) })))).added;

const labels = (keyring: Keyring): readonly string[] => keyring.list().keys.map(({ label }) => label);

/** Two windows, of which each reads at once what it has stored, and the other one a moment later. */
async function two() {
	const clock = new VirtualClock();
	const state = new InMemoryStore(clock);
	const copies = [0, 1].map(() => ({
		entries: new Map<string, string>(),
		tell: undefined as ((name: string) => void) | undefined,
	}));
	const open = (own: number) => {
		const copy = copies[own] ?? assert.fail();
		const change = (name: string, value?: string): Promise<void> => {
			for (const to of copies) {
				const put = (): void => {
					if (value === undefined) to.entries.delete(name);
					else to.entries.set(name, value);
					to.tell?.(name);
				};
				if (to === copy) put();
				else clock.after(handedOnMs, put);
			}
			return Promise.resolve();
		};
		const store: SecretStore = {
			get: (name) => Promise.resolve(copy.entries.get(name)),
			keys: () => Promise.resolve([...copy.entries.keys()]),
			store: change,
			delete: change,
			onDidChange: (listener) => {
				copy.tell = (key) => listener({ key });
				return { dispose: () => undefined };
			},
		};
		const election = new LeaderElection(state, clock, `window ${own}`);
		let ids = 0;
		const keyring = new Keyring(store, {
			...{ clock, newId: () => `w${own}-${(ids += 1)}`, numberedLabel: (n) => `Key ${n}`, learn: () => undefined },
			report: (error) => assert.fail(String(error)),
			inTurn: windowMutex('keyring', () => election, clock),
		});
		return { keyring, election };
	};
	const opened = [open(0), open(1)] as const;
	const windows = [opened[0].keyring, opened[1].keyring] as const;
	await Promise.all(windows.map((window) => window.load()));
	const close = (): void => {
		for (const { keyring, election } of opened) {
			keyring.dispose();
			election.dispose();
		}
	};
	return { clock, windows, close };
}
