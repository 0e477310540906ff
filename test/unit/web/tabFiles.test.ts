import assert from 'node:assert/strict';
import { memoryFolder, type Folder } from '../../../src/chat/storage/folder';
import { TabFiles } from '../../../src/web/tabFiles';

/** VS Code's storage as a page sees it: what it knows of was there when the page began, or is its own. */
class Page {
	private known: Folder = memoryFolder();

	constructor(private readonly stored: Map<string, string>) {}

	async begin(): Promise<this> {
		for (const name of this.stored.keys()) await this.known.write(name, '');
		return this;
	}

	readonly folder: Folder = {
		names: (path) => this.known.names(path),
		read: async (path) => ((await this.known.read(path)) === undefined ? undefined : this.stored.get(path)),
		write: async (path, text) => {
			await this.known.write(path, '');
			this.stored.set(path, text);
		},
		remove: async (path) => {
			const isBelow = (name: string): boolean => path === '' || `${name}/`.startsWith(`${path}/`);
			for (const name of this.stored.keys()) {
				if (isBelow(name) && (await this.known.read(name)) !== undefined) this.stored.delete(name);
			}
			await this.known.remove(path);
		},
		move: async (from, to) => {
			const text = await this.folder.read(from);
			if (text === undefined) return;
			await this.folder.write(to, text);
			await this.folder.remove(from);
		},
	};
}

describe('our files in the tabs of a browser, whose VS Code does not look again', () => {
	const root = '/User/globalStorage/conversations/here';
	let stored: Map<string, string>;
	let tabs: TabFiles[];
	beforeEach(() => {
		stored = new Map();
		tabs = [];
	});
	afterEach(() => tabs.forEach((tab) => tab.dispose()));

	async function open(at = root): Promise<Folder> {
		const tab = new TabFiles();
		tabs.push(tab);
		return tab.shared((await new Page(stored).begin()).folder, at);
	}
	/** Waits for what other tabs tell: the browser carries it in its own time. */
	async function reads(tab: Folder, path: string, text: string | undefined): Promise<void> {
		for (let turns = 0; turns < 10_000 && (await tab.read(path)) !== text; turns++) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		assert.equal(await tab.read(path), text);
	}

	it('a tab lists and reads what another one has written since, as it is now', async () => {
		const [one, two] = [await open(), await open()];
		await one.write('a/1.json', 'asked');
		await one.write('a/1.json', 'answered');
		await reads(two, 'a/1.json', 'answered');
		assert.deepEqual([await two.names(''), await two.names('a')], [['a'], ['1.json']]);
		await two.write('a/1.json', 'asked anew');
		await reads(one, 'a/1.json', 'asked anew');
		assert.equal(await two.read('a/1.json'), 'asked anew');
	});

	it('what a tab deletes is gone, whoever wrote it', async () => {
		const [one, two, three] = [await open(), await open(), await open()];
		await one.write('a/1.json', 'one');
		await two.write('a/2.json', 'two');
		for (const [name, text] of [
			['1', 'one'],
			['2', 'two'],
		] as const)
			await reads(three, `a/${name}.json`, text);
		await three.remove('');
		assert.deepEqual([...stored], []);
		for (const tab of [one, two, three]) await reads(tab, 'a/1.json', undefined);
		assert.deepEqual(await three.names('a'), []);
	});

	it('a file of another tab can be set aside', async () => {
		const [one, two] = [await open(), await open()];
		await one.write('a/1.json', 'damaged');
		await reads(two, 'a/1.json', 'damaged');
		await two.move('a/1.json', 'a/1.json.damaged');
		assert.deepEqual([...stored], [['a/1.json.damaged', 'damaged']]);
	});

	it('folders beside each other are told apart, and a strange message is passed over', async () => {
		const [one, two, same] = [await open(), await open(`${root}2`), await open()];
		const stranger = new BroadcastChannel('keypool.files');
		for (const data of ['x', null, { path: 1 }, { text: 'x' }]) stranger.postMessage(data);
		await one.write('a/1.json', 'one');
		await reads(same, 'a/1.json', 'one');
		stranger.close();
		assert.deepEqual(await two.names(''), []);
	});
});
