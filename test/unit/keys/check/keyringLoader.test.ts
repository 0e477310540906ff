import assert from 'node:assert/strict';
import { KeyringLoader, type KeyringLoaderParts } from '../../../../src/keys/check/keyringLoader';
import type { Key, KeyId, ProjectId } from '../../../../src/pool/pool';

const key: Key = {
	id: 'k' as KeyId,
	project: 'p' as ProjectId,
	label: 'Work',
	mask: '…',
	sortOrder: 'a',
	role: 'primary',
	weight: 1,
	enabled: true,
};

/** A store that refuses until it is unlocked, and a person who is told. */
class Stand {
	isLocked = true;
	readonly events: string[] = [];
	/** Answers the oldest "try again?". */
	readonly questions: ((again: boolean) => void)[] = [];
	private keys: readonly Key[] = [];
	readonly parts: KeyringLoaderParts = {
		keyring: {
			load: async () => {
				this.events.push('load');
				await Promise.resolve();
				if (this.isLocked) throw new Error('locked');
				this.keys = [key];
				return { keys: this.keys, projects: [] };
			},
			list: () => ({ keys: this.keys, projects: [] }),
		},
		onLoaded: () => {
			this.events.push('then');
			return Promise.resolve();
		},
		onRefused: () => {
			this.events.push('refused');
			return new Promise((resolve) => this.questions.push(resolve));
		},
		onDidChangeUnread: () => this.events.push(this.first.unread ?? 'read'),
		report: () => this.events.push('report'),
	};
	readonly first = new KeyringLoader(this.parts);
}

describe('loading the keys at the start', () => {
	it('is awaited, and happens once', async () => {
		const stand = new Stand();
		stand.isLocked = false;
		const asked = [stand.first.load(), stand.first.load()];
		assert.equal(stand.first.hasKeys, false, 'not there yet');
		assert.deepEqual(await Promise.all(asked), [true, true]);
		assert.equal(await stand.first.load(), true);
		assert.equal(stand.first.hasKeys, true);
		assert.deepEqual(stand.events, ['load', 'then', 'read']);
	});

	it('never looks as if there were no key: until the keys are known and in use, they are being read', async () => {
		const stand = new Stand();
		stand.isLocked = false;
		const seen: unknown[] = [stand.first.unread];
		const first: KeyringLoader = new KeyringLoader({
			...stand.parts,
			onLoaded: () => {
				seen.push(first.unread);
				return Promise.resolve();
			},
			onDidChangeUnread: () => seen.push(first.unread),
		});
		await first.load();
		assert.deepEqual(seen, ['reading', 'reading', undefined]);
	});

	it('reports a refusal, does not keep callers waiting, and retries at the next question', async () => {
		const stand = new Stand();
		assert.equal(await stand.first.load(), false);
		assert.equal(await stand.first.load(), false);
		assert.deepEqual(stand.events, ['load', 'report', 'locked', 'refused', 'load', 'report'], 'it is on screen still');
		stand.questions.shift()?.(false);
		await new Promise((resolve) => setImmediate(resolve));
		stand.events.length = 0;
		assert.equal(await stand.first.load(false), false);
		assert.deepEqual(stand.events, ['load', 'report'], 'no person has asked');
		assert.equal(await stand.first.load(), false);
		assert.deepEqual(stand.events.slice(2), ['load', 'report', 'refused']);
		stand.isLocked = false;
		assert.equal(await stand.first.load(), true);
		assert.deepEqual([stand.first.hasKeys, stand.first.unread], [true, undefined]);
	});

	it('tells a person of a refusal who has asked while a program’s look was under way', async () => {
		const stand = new Stand();
		await stand.first.load();
		stand.questions.shift()?.(false);
		await new Promise((resolve) => setImmediate(resolve));
		stand.events.length = 0;
		assert.deepEqual(await Promise.all([stand.first.load(false), stand.first.load()]), [false, false]);
		assert.deepEqual(stand.events, ['load', 'report', 'refused']);
		stand.questions.shift()?.(false);
		await new Promise((resolve) => setImmediate(resolve));
		await stand.first.load(false);
		assert.deepEqual(stand.events.slice(3), ['load', 'report'], 'and of that one alone');
	});

	it('is retried when the user asks for it', async () => {
		const stand = new Stand();
		await stand.first.load();
		stand.isLocked = false;
		stand.questions.shift()?.(true);
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(stand.events, ['load', 'report', 'locked', 'refused', 'load', 'then', 'read']);
	});

	it('is not retried otherwise', async () => {
		const stand = new Stand();
		await stand.first.load();
		stand.questions.shift()?.(false);
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(stand.events, ['load', 'report', 'locked', 'refused']);
	});

	it('counts even if `onLoaded` fails', async () => {
		const stand = new Stand();
		stand.isLocked = false;
		const first: KeyringLoader = new KeyringLoader({
			...stand.parts,
			onLoaded: () => Promise.reject(new Error('?')),
			onDidChangeUnread: () => stand.events.push(String(first.unread)),
		});
		assert.equal(await first.load(), true);
		assert.deepEqual(stand.events, ['load', 'report', 'undefined']);
	});
});
