import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/common/emitter';
import { KeyringError, type SecretStore } from '../../../../src/keys/keyring/secretStore';
import { systemClock } from '../../../../src/web/systemClock';
import { Database, keptOpen, resultOf } from '../../../../src/web/database';
import { failing } from './troubles';
import { TabSecrets } from '../../../../src/web/tabSecrets';

/** What the browser holds for all tabs, as VS Code keeps it: one text of all secrets. */
class Browser {
	kept = '{}';
	now = 1_000_000;
	readonly database = `test-secrets-${crypto.randomUUID()}`;
	private readonly tabs: TabSecrets[] = [];

	/** Another tab, which reads its copy now. */
	open(isBlocked = false): Tab {
		const tab = new Tab(this, isBlocked);
		this.tabs.push(tab.secrets);
		return tab;
	}

	async close(): Promise<void> {
		for (const tab of this.tabs) tab.dispose();
		await resultOf(indexedDB.deleteDatabase(this.database));
	}
}

class Tab {
	readonly said: string[] = [];
	goesOn = false;
	readonly secrets: TabSecrets;
	/** @param isBlocked whether the browser refuses storage and locks to this site */
	constructor(browser: Browser, isBlocked: boolean) {
		const refuse = (): never => {
			throw new DOMException('blocked', 'SecurityError');
		};
		this.secrets = new TabSecrets({
			secrets: copyOf(browser),
			database: keptOpen(() => Database.open(browser.database, systemClock, isBlocked ? refuse : undefined)),
			locks: isBlocked
				? { request: () => Promise.reject(new DOMException('blocked', 'SecurityError')) }
				: navigator.locks,
			clock: { wall: () => browser.now },
			newId: () => crypto.randomUUID(),
			report: (error) => this.said.push(String(error)),
			notices: () =>
				Promise.resolve({
					showChangedElsewhere: () => {
						this.said.push('old');
						return Promise.resolve();
					},
					showLostKeys: (count: number) => {
						this.said.push(`lost ${count}`);
						return Promise.resolve(this.goesOn);
					},
				}),
		});
	}

	/** Waits until something was said: it comes by way of a channel and the database. */
	async hears(what: string): Promise<void> {
		for (const end = performance.now() + 10_000; !this.said.includes(what);) {
			if (performance.now() > end) throw new Error(`never said: ${what}, but ${this.said.join()}`);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}
}

/** As VS Code does it in a page: it reads all secrets once, and writes all of them at each change. */
function copyOf(browser: Browser): SecretStore {
	const values = new Map(Object.entries(JSON.parse(browser.kept) as Record<string, string>));
	const changed = new Emitter<{ readonly key: string }>();
	const write = (key: string): Promise<void> => {
		browser.kept = JSON.stringify(Object.fromEntries(values));
		changed.fire({ key });
		return Promise.resolve();
	};
	return {
		get: (name) => Promise.resolve(values.get(name)),
		keys: () => Promise.resolve([...values.keys()]),
		store: (name, value) => {
			values.set(name, value);
			return write(name);
		},
		delete: (name) => {
			values.delete(name);
			return write(name);
		},
		onDidChange: changed.event,
	};
}

const isOld = (error: unknown): boolean => error instanceof KeyringError && error.reason === 'changedElsewhere';

/** Tabs that change the secrets of one browser. */
export function tabSecrets(): void {
	describe('the secrets of two tabs', () => {
		let browser: Browser;
		beforeEach(() => {
			browser = new Browser();
		});
		afterEach(() => browser.close());

		it('are not used any more by a tab once another one has removed them', async () => {
			const one = browser.open();
			for (const name of ['a', 'b']) await one.secrets.store(`key.${name}`, `sim-${name}`);
			const two = browser.open();
			assert.deepEqual(await two.secrets.keys(), ['key.a', 'key.b']);
			const changed: string[] = [];
			two.secrets.onDidChange(({ key }) => changed.push(key));
			await one.secrets.delete('key.a');
			await two.hears('old');
			assert.deepEqual([await two.secrets.keys(), changed], [['key.b'], ['key.a']]);
			assert.deepEqual([await two.secrets.get('key.a'), await two.secrets.get('key.b')], [undefined, 'sim-b']);
			two.said.length = 0;
			await one.secrets.store('key.a', 'sim-a');
			await two.hears('old');
			assert.equal(await two.secrets.get('key.a'), 'sim-a', 'removed, and brought back');
		});

		it('are changed by one tab at will, and its own ids are nobody’s secret', async () => {
			const one = browser.open();
			await one.secrets.store('key.a', 'sim-a');
			await one.secrets.store('key.b', 'sim-b');
			await one.secrets.delete('key.a');
			assert.deepEqual(await one.secrets.keys(), ['key.b']);
			assert.deepEqual(await browser.open().secrets.keys(), ['key.b']);
			assert.deepEqual(one.said, []);
		});

		it('are not written by a tab whose copy is old: it says so, and nothing of the other one is lost', async () => {
			const [one, two] = [browser.open(), browser.open()];
			await one.secrets.store('key.a', 'sim-a');
			await two.hears('old');
			await assert.rejects(two.secrets.store('key.b', 'sim-b'), isOld);
			const reloaded = browser.open();
			assert.equal(await reloaded.secrets.get('key.a'), 'sim-a');
			await reloaded.secrets.store('key.b', 'sim-b');
			assert.deepEqual((await browser.open().secrets.keys()).sort(), ['key.a', 'key.b']);
			assert.deepEqual(reloaded.said, []);
		});

		it('are changed as they come where the browser blocks storage, and locks with it', async () => {
			const tab = browser.open(true);
			await tab.secrets.store('key.a', 'sim-a');
			assert.deepEqual(await tab.secrets.keys(), ['key.a']);
			await tab.secrets.delete('key.a');
			assert.deepEqual([await tab.secrets.keys(), tab.said], [[], []]);
		});

		it('are kept where the database is full, and another tab still hears that its copy is old', async () => {
			const [one, two] = [browser.open(), browser.open()];
			await one.secrets.store('key.a', 'sim-a');
			await two.hears('old');
			two.said.splice(0);
			const giveBack = failing(IDBObjectStore.prototype, 'put', new DOMException('full', 'QuotaExceededError'));
			try {
				await one.secrets.store('key.b', 'sim-b');
			} finally {
				giveBack();
			}
			assert.deepEqual((await one.secrets.keys()).sort(), ['key.a', 'key.b']);
			assert.deepEqual(one.said, ['StoreError: full']);
			await two.hears('old');
		});

		it('can be changed after the person has deleted the site’s data', async () => {
			const tab = browser.open();
			await tab.secrets.store('key.a', 'sim-a');
			await resultOf(indexedDB.deleteDatabase(browser.database));
			await tab.secrets.store('key.b', 'sim-b');
			assert.deepEqual(tab.said, []);
			// They are guarded again.
			const other = browser.open();
			await tab.secrets.store('key.c', 'sim-c');
			await other.hears('old');
			await assert.rejects(other.secrets.store('key.d', 'sim-d'), isOld);
		});

		it('that were changed at the same moment hold one change, and the other tab is told to reload', async () => {
			const [one, two] = [browser.open(), browser.open()];
			const ends = await Promise.allSettled([one.secrets.store('key.a', 'sim-a'), two.secrets.store('key.b', 'sim-b')]);
			assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
			assert.equal((await browser.open().secrets.keys()).length, 1);
		});

		it('whose loss took no key away bar nobody from changes: one that is old right after a start only at first', async () => {
			const before = browser.open();
			await before.secrets.store('key.a', 'sim-a');
			const older = browser.kept;
			await before.secrets.store('meta.a', 'another label');
			browser.kept = older;
			// It may have been read a moment too early.
			const next = browser.open();
			await next.secrets.keys();
			await next.hears('old');
			await assert.rejects(next.secrets.store('key.b', 'sim-b'), isOld);
			browser.now += 61_000;
			const last = browser.open();
			await last.secrets.keys();
			await last.secrets.store('key.b', 'sim-b');
			assert.deepEqual([(await browser.open().secrets.keys()).sort(), last.said], [['key.a', 'key.b'], []]);
		});

		it('that got lost are missed at the next start, until the person goes on without them', async () => {
			const before = browser.open();
			await before.secrets.store('key.a', 'sim-a');
			const older = browser.kept;
			await before.secrets.store('key.b', 'sim-b');
			// What another extension does in a tab of before.
			browser.kept = older;
			const next = browser.open();
			await next.secrets.keys();
			await next.hears('lost 1');
			await assert.rejects(next.secrets.store('key.c', 'sim-c'), isOld);
			const last = browser.open();
			last.goesOn = true;
			await last.secrets.keys();
			await last.hears('lost 1');
			await last.secrets.store('key.c', 'sim-c');
			assert.deepEqual((await last.secrets.keys()).sort(), ['key.a', 'key.c']);
		});
	});
}
