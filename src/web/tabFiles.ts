import type { Folder } from '../chat/storage/folder';
import type { Disposable } from '../common/dispose';
import { fieldsOf } from '../common/json';

const channelName = 'keypool.files';
/** Texts of other tabs that are kept; the oldest go, and are seen after a reload. */
const maxTexts = 1_000;

/**
 * Our files in the storage of VS Code. A tab's VS Code lists what is there when the page begins, and what it writes itself:
 * what another tab has written since, it neither reads nor deletes. So the tabs of this origin tell each other.
 */
export class TabFiles implements Disposable {
	private readonly channel = new BroadcastChannel(channelName);
	/** What other tabs have written, by its whole path. */
	private readonly theirs = new Map<string, string>();

	constructor() {
		this.channel.onmessage = ({ data }) => this.heard(data);
	}

	/** @param root the whole path of the folder */
	shared(folder: Folder, root: string): Folder {
		const whole = (path: string): string => (path === '' ? root : `${root}/${path}`);
		const told = (path: string): readonly string[] =>
			this.below(whole(path)).map((name) => name.slice(root.length + 1));
		const shared: Folder = {
			names: async (path) => {
				const from = path === '' ? 0 : path.length + 1;
				const names = told(path).flatMap((name) => name.slice(from).split('/')[0] || []);
				return [...new Set([...(await folder.names(path)), ...names])];
			},
			read: async (path) => this.theirs.get(whole(path)) ?? folder.read(path),
			write: async (path, text) => {
				await folder.write(path, text);
				this.theirs.delete(whole(path));
				this.channel.postMessage({ path: whole(path), text });
			},
			remove: async (path) => {
				// VS Code deletes what it knows of.
				for (const name of told(path)) await folder.write(name, '');
				await folder.remove(path);
				this.dropped(whole(path));
				this.channel.postMessage({ path: whole(path) });
			},
			move: async (from, to) => {
				const text = this.theirs.get(whole(from));
				if (text === undefined) return folder.move(from, to);
				await shared.write(to, text);
				await shared.remove(from);
			},
		};
		return shared;
	}

	dispose(): void {
		this.channel.close();
	}

	private heard(data: unknown): void {
		const { path, text } = fieldsOf(data);
		if (typeof path !== 'string') return;
		this.dropped(path);
		if (typeof text !== 'string') return;
		this.theirs.set(path, text);
		const [oldest] = this.theirs.keys();
		if (this.theirs.size > maxTexts && oldest !== undefined) this.theirs.delete(oldest);
	}

	private below(path: string): readonly string[] {
		return [...this.theirs.keys()].filter((name) => name === path || name.startsWith(`${path}/`));
	}

	private dropped(path: string): void {
		for (const name of this.below(path)) this.theirs.delete(name);
	}
}
