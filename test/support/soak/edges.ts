import assert from 'node:assert/strict';
import path from 'node:path';
import type { Folder } from '../../../src/chat/storage/folder';
import { ConversationStore } from '../../../src/chat/storage/conversationStore';
import { Keyring } from '../../../src/keys/keyring/keyring';
import { secretOrFailure } from '../../../src/keys/check/secretOrFailure';
import type { Alert } from '../../../src/monitoring/alerts/alert';
import { Alerts } from '../../../src/monitoring/alerts/alerts';
import { DeliveryError } from '../../../src/monitoring/alerts/deliveryError';
import { mementoMemory } from '../../../src/monitoring/alerts/mementoMemory';
import { diskFolder } from '../../../src/node/diskFolder';
import type { KeyId } from '../../../src/pool/pool';
import { done, turn } from '../chat/fixtures';
import { MemoryStore } from '../keys/memoryStore';
import { seeded } from '../simulator/stand';
import type { VirtualClock } from '../virtualClock';
import type { Asked, World } from '../whole/world';
import { FaultyFolder, FaultyMemento } from './faultyEditor';

/** Conversations that answers are kept in. */
const conversations = 50;

/** One answer of so many is kept. */
export const keepEvery = 20;

/** Where the platform of a window refuses now. */
export interface Refusals {
	/** The keychain is locked. */
	locked: boolean;
	/** Nothing can be written. */
	full: boolean;
}

/**
 * What stands around the engine in a window: the keyring, the conversations and the alerts, each over a part of the
 * platform that refuses when it is told to, and now and then by chance.
 */
export class Edges {
	readonly refusals: Refusals = { locked: false, full: false };
	readonly told: Alert['type'][] = [];
	readonly reports: unknown[] = [];
	readonly memento: FaultyMemento;
	private readonly store = new MemoryStore();
	private readonly keyring: Keyring;
	private readonly disk: Folder;
	private readonly folder: FaultyFolder;
	private readonly library: ConversationStore;
	private readonly kept: Asked[] = [];
	private unsaved = 0;
	private alerts: Alerts | undefined;

	constructor(
		root: string,
		private readonly clock: VirtualClock,
		private readonly random: () => number,
	) {
		this.store.refuses = (act) => act === 'get' && (this.refusals.locked || random() < 0.002);
		this.keyring = new Keyring(this.store, {
			clock,
			newId: () => 'unused',
			numberedLabel: String,
			learn: () => undefined,
			report: (error) => this.reports.push(error),
		});
		let ids = 0;
		// By itself: in which order the disk ends what it does at a time, nobody knows.
		const ofDisk = seeded(10);
		this.disk = diskFolder(path.join(root, 'conversations'), () => String(++ids));
		this.folder = new FaultyFolder(this.disk, () => this.refusals.full || ofDisk() < 0.05);
		this.library = new ConversationStore({
			folder: () => this.folder,
			now: clock.wall,
			onTrouble: (what) => {
				assert.equal(what, 'unsaved');
				this.unsaved++;
			},
		});
		this.memento = new FaultyMemento(() => this.refusals.full || random() < 0.1);
	}

	/** Where the pool reads a secret. */
	readonly read = (key: KeyId): Promise<string | undefined> => secretOrFailure(this.keyring.secretOf(key));

	hold(name: string, secret: string): void {
		this.store.entries.set(`key.${name}`, secret);
	}

	/** Tells whoever must know of what happens in this world, now and then in vain. */
	watch({ pool }: World): void {
		const line = (): void => undefined;
		const log = { trace: line, debug: line, info: line, warn: line, error: line };
		const send = ({ type }: Pick<Alert, 'type'>): Promise<void> => {
			if (this.random() < 0.2) return Promise.reject(new DeliveryError('unreachable'));
			this.told.push(type);
			return Promise.resolve();
		};
		this.alerts = new Alerts([{ name: 'webhook', send }], {
			...{ pool, clock: this.clock, random: this.random, log },
			memory: mementoMemory(this.memento, (error) => this.reports.push(error)),
			interval: { value: 600_000 },
		});
	}

	/** Keeps an answer as the chat does. */
	keep(asked: Asked): void {
		this.kept.push(asked);
		const { conversation, id } = place(asked);
		const answered = turn(id, asked.question, done(asked.text));
		void this.library.saveTurn({ id: conversation, options: {}, turns: [answered] }, answered);
	}

	/** What was kept is on the disk as it was, but for what the disk has refused until the end, as the chat was told. */
	async check(): Promise<void> {
		await this.library.flush();
		assert.ok(this.folder.failed.length > 0 && this.kept.length > this.folder.failed.length);
		assert.equal(this.unsaved, this.folder.failed.length, 'each failure was told');
		const fresh = new ConversationStore({
			folder: () => this.disk,
			now: this.clock.wall,
			onTrouble: (what) => assert.fail(what),
		});
		const texts = new Map<string, string>();
		for (const { id } of await fresh.list())
			for (const one of (await fresh.open(id))?.turns ?? []) texts.set(`${id}/${one.id}.json`, one.answer.text);
		for (const asked of this.kept) {
			const { conversation, id, file } = place(asked);
			const isRefused = this.library.isUnsaved(conversation, id);
			assert.ok(!isRefused || this.folder.failed.includes(file), file);
			assert.equal(texts.get(file), isRefused ? undefined : asked.text, file);
		}
	}

	end(): void {
		this.alerts?.dispose();
		this.keyring.dispose();
	}
}

function place({ question }: Asked): { readonly conversation: string; readonly id: string; readonly file: string } {
	const id = /^q\d+/.exec(question)?.[0] ?? '';
	const conversation = `c${Math.floor(Number(id.slice(1)) / keepEvery) % conversations}`;
	return { conversation, id, file: `${conversation}/${id}.json` };
}
