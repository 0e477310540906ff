/** A folder of small texts, where conversations survive a reload. Paths have `/` between their parts. */
export interface Folder {
	/** Names directly in a folder, folders among them; none where it does not exist. */
	names(path: string): Promise<readonly string[]>;
	/** Undefined where there is no such file. */
	read(path: string): Promise<string | undefined>;
	/** The file is written whole or not at all. */
	write(path: string, text: string): Promise<void>;
	/** Also a folder with all that is in it; nothing happens where nothing is. */
	remove(path: string): Promise<void>;
	move(from: string, to: string): Promise<void>;
}

/** A folder that is gone with its window. */
export function memoryFolder(): Folder {
	const texts = new Map<string, string>();
	const within = (path: string) => (name: string) => path === '' || name === path || name.startsWith(`${path}/`);
	return {
		names: (path) => {
			const inside = [...texts.keys()].filter((name) => name !== path && within(path)(name));
			const from = path === '' ? 0 : path.length + 1;
			return Promise.resolve([...new Set(inside.map((name) => name.slice(from).split('/')[0] ?? ''))]);
		},
		read: (path) => Promise.resolve(texts.get(path)),
		write: (path, text) => {
			texts.set(path, text);
			return Promise.resolve();
		},
		remove: (path) => {
			[...texts.keys()].filter(within(path)).forEach((name) => texts.delete(name));
			return Promise.resolve();
		},
		move: (from, to) => {
			const text = texts.get(from);
			if (text !== undefined) {
				texts.set(to, text);
				texts.delete(from);
			}
			return Promise.resolve();
		},
	};
}
