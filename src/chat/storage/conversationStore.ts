import { titleOf, trimmed, type Conversation, type Turn } from '../model/conversation';
import type { Folder } from './folder';
import { aboutFromText, aboutToText, turnFromText, turnToText, type About } from './savedTurn';

export interface ConversationStoreOptions {
	/** Where conversations are kept at the moment: it changes with the setting. */
	readonly folder: () => Folder;
	/** ms since 1970. */
	readonly now: () => number;
	/** As many conversations are kept as can be; `oldest` is what people call the one that goes next. */
	readonly onFull?: (oldest: string) => void;
	/** A conversation is deleted, by a person or as the oldest. */
	readonly onRemoved?: (id: string) => void;
	/** Damaged data was set aside, or something could not be saved or deleted. */
	readonly onTrouble: (what: StorageTrouble, error?: unknown) => void;
}

export type StorageTrouble = 'damaged' | 'unsaved' | 'undeleted';

/** Conversations that are kept; the oldest go first. */
export const maxConversations = 200;

const aboutFile = 'about.json';
/** Of a file that this version, or an older one, could not read. */
const asideEnding = '.damaged';

/**
 * All conversations of a workspace: a folder for each, a file for each turn. A turn is written by the window that asks
 * it, so that windows do not write over each other's; what all of them write (title, options) is last come, last kept.
 */
export class ConversationStore {
	/** Texts that could not be written, by path: they are read from here, and tried again once something else was written. */
	private readonly refused = new Map<string, { readonly folder: Folder; readonly text: string }>();
	/** Conversations whose title and options are not stored as a person gave them last. */
	private readonly undescribed = new Set<string>();
	/** Paths that could not be read when that was last tried: one trouble is told once. */
	private readonly unreadable = new Set<string>();
	/** Paths that could not be deleted when they were to go by themselves, which is told once. */
	private readonly undeletable = new Set<string>();
	private readonly waiting = new Map<string, () => Promise<void>>();
	private working: Promise<void> | undefined;

	constructor(private readonly options: ConversationStoreOptions) {}

	/** Undefined where nothing is stored of it. */
	async open(id: string): Promise<Conversation | undefined> {
		await this.flush();
		const about = await this.about(id);
		const turns = await this.turns(id);
		if (!about && turns.length === 0) {
			return undefined;
		}
		return {
			id,
			...(about?.title !== undefined && { title: about.title }),
			options: about?.options ?? {},
			turns: trimmed(turns),
		};
	}

	/** What is known of every conversation, newest first. */
	async list(): Promise<readonly About[]> {
		const ids = await this.names('');
		const all = await Promise.all(ids.map(async (id) => (await this.about(id)) ?? this.fromTurns(id)));
		const known = all.filter((about) => about !== undefined);
		return known.sort((a, b) => b.changedAt - a.changedAt);
	}

	/** Resolves when the turn is stored, or was reported as unsaved. A title and options that are stored stay. */
	saveTurn(conversation: Conversation, turn: Turn): Promise<void> {
		const { now } = this.options;
		const { id } = conversation;
		// First what cannot be told from anything else: the window may go at any moment.
		const saved = this.put(`${id}/${turn.id}.json`, () => turnToText(turn, now()));
		void this.touch(conversation);
		return saved;
	}

	saveAbout(conversation: Conversation): Promise<void> {
		const { id } = conversation;
		this.undescribed.add(id);
		return this.put(`${id}/${aboutFile}`, () => aboutToText(aboutOf(conversation, this.options.now())));
	}

	/** All of it: where it moves to another folder, or was deleted while it is still in use. */
	async saveAll(conversation: Conversation): Promise<void> {
		await Promise.all([
			...conversation.turns.map((turn) => this.saveTurn(conversation, turn)),
			this.saveAbout(conversation),
		]);
	}

	async removeTurns(id: string, turns: readonly Turn[]): Promise<void> {
		await Promise.all(turns.map((turn) => this.take(`${id}/${turn.id}.json`)));
	}

	/** @param isAsked by a person, who is told each time that it cannot be deleted */
	remove(id: string, isAsked = true): Promise<void> {
		this.undescribed.delete(id);
		this.options.onRemoved?.(id);
		return this.take(id, isAsked);
	}

	/**
	 * Whether what the conversation has of the turn could not be stored, or cannot be read just now: then it is not what was
	 * opened. Without a turn: whether its title and options could not.
	 */
	isUnsaved(id: string, turn?: string): boolean {
		const path = `${id}/${turn === undefined ? aboutFile : `${turn}.json`}`;
		// Of a folder that cannot be read, what could not be written is all that is known to be there.
		const unsaved = turn === undefined ? this.undescribed.has(id) : this.refused.has(path) || this.unreadable.has(id);
		return unsaved || this.unreadable.has(path);
	}

	/** Deletes the oldest beyond what is kept; `current` stays. Says so before the first one goes. */
	async prune(current: string): Promise<void> {
		const all = await this.list();
		const others = all.filter(({ id }) => id !== current);
		const oldest = others[Math.min(others.length, maxConversations - 1) - 1];
		if (oldest && all.length >= maxConversations) this.options.onFull?.(oldest.title ?? oldest.begins);
		const old = all.slice(maxConversations).filter(({ id }) => id !== current);
		await Promise.all(old.map(({ id }) => this.remove(id, false)));
	}

	/** Nothing is kept any more of what could not be written: everything is being erased. */
	letGo(): void {
		this.refused.clear();
	}

	/** Resolves when nothing waits to be written any more. */
	async flush(): Promise<void> {
		await this.working;
	}

	private get folder(): Folder {
		return this.options.folder();
	}

	/** Says that the conversation has changed, without its title and options: another window may have given it others. */
	private async touch(conversation: Conversation): Promise<void> {
		const { folder } = this;
		const path = `${conversation.id}/${aboutFile}`;
		// What is waiting says more.
		if (this.waiting.has(path)) return;
		if (this.undescribed.has(conversation.id)) return this.saveAbout(conversation);
		await this.later(path, async () => {
			// What cannot be read is not written over.
			const stored = await this.described(conversation.id, await folder.read(path));
			const now = this.options.now();
			const about = stored
				? {
						...stored,
						begins: aboutOf(conversation, now).begins,
						changedAt: now,
					}
				: undefined;
			await folder.write(path, aboutToText(about ?? aboutOf(conversation, now)));
		});
	}

	/** Where the description is gone, the turns tell when they were asked, and how it began. */
	private async fromTurns(id: string): Promise<About | undefined> {
		const turns = await this.turns(id);
		const last = turns.at(-1);
		return last && aboutOf({ id, options: {}, turns }, last.askedAt);
	}

	/** In the order they were asked. */
	private async turns(id: string): Promise<readonly Turn[]> {
		const files = await this.turnFiles(id);
		// What could not be read may be deleted by now.
		for (const path of this.unreadable) {
			if (path.startsWith(`${id}/`) && !path.endsWith(aboutFile) && !files.includes(path)) this.unreadable.delete(path);
		}
		const turns = (await Promise.all(files.map((file) => this.turn(file)))).flat();
		return turns.sort((a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1));
	}

	private async turnFiles(id: string): Promise<readonly string[]> {
		const names = new Set(
			(await this.names(id)).map((name) => (name.endsWith(asideEnding) ? name.slice(0, -asideEnding.length) : name)),
		);
		return [...names].filter((name) => name.endsWith('.json') && name !== aboutFile).map((name) => `${id}/${name}`);
	}

	private async turn(file: string): Promise<readonly Turn[]> {
		const text = await this.textOf(file, (aside) => turnFromText(aside) !== undefined);
		const turn = text === undefined ? undefined : turnFromText(text);
		if (text !== undefined && !turn) {
			await this.setAside(file);
		}
		return turn ? [turn] : [];
	}

	private async about(id: string): Promise<About | undefined> {
		const file = `${id}/${aboutFile}`;
		return this.described(id, await this.textOf(file, (aside) => aboutFromText(aside)?.id === id));
	}

	/**
	 * What a file holds. An older version, in another window or after a way back, sets aside whatever it does not know:
	 * what is whole by today's reading is not lost.
	 */
	private async textOf(file: string, isWhole: (aside: string) => boolean): Promise<string | undefined> {
		const text = await this.text(file);
		if (text !== undefined) return text;
		const aside = await this.reading(file + asideEnding, (folder) => folder.read(file + asideEnding));
		return aside !== undefined && isWhole(aside) ? aside : undefined;
	}

	private async text(path: string): Promise<string | undefined> {
		const kept = this.refused.get(path);
		return kept?.folder === this.folder ? kept.text : this.reading(path, (folder) => folder.read(path));
	}

	/** Names in a folder, with those of what could not be written there. */
	private async names(path: string): Promise<readonly string[]> {
		const written = (await this.reading(path, (folder) => folder.names(path))) ?? [];
		const before = path === '' ? '' : `${path}/`;
		const kept = [...this.refused].flatMap(([file, { folder }]) =>
			folder === this.folder && file.startsWith(before) ? (file.slice(before.length).split('/')[0] ?? '') : [],
		);
		return [...new Set([...written, ...kept])];
	}

	private async described(id: string, text: string | undefined): Promise<About | undefined> {
		const about = text === undefined ? undefined : aboutFromText(text);
		if (text !== undefined && about?.id !== id) {
			await this.setAside(`${id}/${aboutFile}`);
			return undefined;
		}
		return about;
	}

	/** One thing that the disk does not give must not hide the others: it counts as missing, and that is told. */
	private async reading<T>(path: string, read: (folder: Folder) => Promise<T>): Promise<T | undefined> {
		try {
			const found = await read(this.folder);
			this.unreadable.delete(path);
			return found;
		} catch (error) {
			if (!this.unreadable.has(path)) this.options.onTrouble('damaged', error);
			this.unreadable.add(path);
			return undefined;
		}
	}

	/** Nothing is lost: what cannot be read stays under another name. */
	private async setAside(file: string): Promise<void> {
		try {
			await this.folder.move(file, file + asideEnding);
			this.options.onTrouble('damaged');
		} catch (error) {
			this.options.onTrouble('damaged', error);
		}
	}

	/** The text is made when its turn to be written comes: of several that wait for one file, the last is written. */
	private put(path: string, text: () => string): Promise<void> {
		const { folder } = this;
		return this.later(path, () => this.write(folder, path, text()));
	}

	private async write(folder: Folder, path: string, text: string): Promise<void> {
		try {
			await folder.write(path, text);
		} catch (error) {
			// Behind the others.
			this.refused.delete(path);
			this.refused.set(path, { folder, text });
			throw error;
		}
		this.refused.delete(path);
		if (path.endsWith(`/${aboutFile}`)) this.undescribed.delete(path.slice(0, -aboutFile.length - 1));
	}

	/** There may be room again: one after the other, until one is refused. A folder that is not used any more gets nothing. */
	private retry(): void {
		for (const [path, { folder, text }] of this.refused) {
			if (folder !== this.folder) this.refused.delete(path);
			else if (!this.waiting.has(path)) {
				// It can be deleted, or let go, before its turn comes.
				const again = async (): Promise<void> => {
					if (this.refused.has(path)) await this.write(folder, path, text);
				};
				return void this.waiting.set(path, again);
			}
		}
	}

	/** What waits to be written into a folder that goes is not written any more. */
	private take(path: string, isAsked = true): Promise<void> {
		const { folder } = this;
		[...this.waiting.keys()].filter((file) => file.startsWith(`${path}/`)).forEach((file) => this.waiting.delete(file));
		const remove = async (): Promise<void> => {
			for (const file of this.refused.keys()) if (`${file}/`.startsWith(`${path}/`)) this.refused.delete(file);
			try {
				await folder.remove(path);
				await folder.remove(path + asideEnding);
			} catch (error) {
				if (isAsked || !this.undeletable.has(path)) this.options.onTrouble('undeleted', error);
				if (!isAsked) this.undeletable.add(path);
			}
		};
		return this.later(path, remove);
	}

	private later(path: string, write: () => Promise<void>): Promise<void> {
		this.waiting.delete(path);
		this.waiting.set(path, write);
		return (this.working ??= this.work());
	}

	private async work(): Promise<void> {
		for (let [next] = this.waiting; next; [next] = this.waiting) {
			const [path, write] = next;
			this.waiting.delete(path);
			try {
				await write();
				this.retry();
			} catch (error) {
				this.options.onTrouble('unsaved', error);
			}
		}
		this.working = undefined;
	}
}

function aboutOf(conversation: Conversation, changedAt: number): About {
	const { id, title, options } = conversation;
	return {
		id,
		...(title !== undefined && { title }),
		begins: titleOf({ turns: conversation.turns }),
		changedAt,
		options,
	};
}
