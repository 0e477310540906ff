import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClientFile } from '../../../src/node/clientFile';
import { VirtualClock } from '../../support/virtualClock';

describe('the file of a gateway’s clients', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'keypool-clients-'));
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('is changed by one after the other, also where a lock was left behind', async () => {
		const file = path.join(folder, 'locked.json');
		writeFileSync(`${file}.lock`, '');
		const clock = new VirtualClock();
		let [isWriting, ended] = [false, 0];
		const all = ['a', 'b', 'c', 'd'].map(async (name) => {
			const one = new ClientFile(file, clock);
			await one.update((stored = '') => {
				isWriting = true;
				return stored + name;
			});
			isWriting = false;
			ended++;
			one.dispose();
		});
		// The disk is real: time that went on while it writes would make a lock old that is not.
		while (ended < all.length) await (isWriting ? readdir(folder) : clock.advance(20));
		await Promise.all(all);
		assert.deepEqual(readFileSync(file, 'utf8').split('').sort(), ['a', 'b', 'c', 'd']);
		assert.deepEqual(
			readdirSync(folder).filter((name) => name.startsWith('locked')),
			['locked.json'],
		);
	});

	it('is not changed where its lock cannot be taken away, as that of another user, and says which it is', async () => {
		const file = path.join(folder, 'stuck.json');
		// Nobody can read a folder as a file.
		mkdirSync(`${file}.lock`);
		const clock = new VirtualClock();
		const one = new ClientFile(file, clock);
		let thrown: unknown;
		one.update(() => 'never').catch((error: unknown) => (thrown = error));
		for (let looks = 0; looks < 20_000 && thrown === undefined; looks++) {
			await clock.advance(20);
			await readdir(folder);
		}
		one.dispose();
		assert.match(String(thrown), /EEXIST.*stuck\.json\.lock/);
	});

	it('is written on a drive that keeps nothing for good on demand, and not on one that fails', async () => {
		const handle = await open(path.join(folder, 'any'), 'w');
		await handle.close();
		const calls = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
		const { sync } = calls;
		const file = path.join(folder, 'unable.json');
		const one = new ClientFile(file, new VirtualClock());
		const failing = (code: string) => () => Promise.reject(Object.assign(new Error('fsync'), { code }));
		try {
			calls.sync = failing('EINVAL');
			await one.update(() => 'first');
			calls.sync = failing('ENOSPC');
			await assert.rejects(
				one.update(() => 'second'),
				{ code: 'ENOSPC' },
			);
		} finally {
			calls.sync = sync;
			one.dispose();
		}
		assert.equal(readFileSync(file, 'utf8'), 'first');
	});

	it('is changed although a virus scanner holds the lock as it is to go: who made a token is to see it', async () => {
		const file = path.join(folder, 'scanned.json');
		const clock = new VirtualClock();
		const held = (): Promise<never> => Promise.reject(Object.assign(new Error('held'), { code: 'EBUSY' }));
		const one = new ClientFile(file, clock, { open, readFile, rm: held });
		await one.update(() => 'first');
		one.dispose();
		assert.equal(readFileSync(file, 'utf8'), 'first');
		const next = new ClientFile(file, clock);
		let ended = 0;
		const changed = next.update((stored = '') => `${stored} second`).finally(() => ended++);
		// Left behind, it is taken away.
		while (ended === 0) {
			await clock.advance(20);
			await readdir(folder);
		}
		await changed;
		next.dispose();
		assert.equal(readFileSync(file, 'utf8'), 'first second');
	});

	it('is changed although the lock of another is just about to go, as on Windows while somebody looks at it', async () => {
		const file = path.join(folder, 'going.json');
		const codes = ['EBUSY', 'EBUSY'];
		const opened: typeof open = (...of) => {
			const code = codes.shift();
			return code === undefined ? open(...of) : Promise.reject(Object.assign(new Error(code), { code }));
		};
		const one = new ClientFile(file, new VirtualClock(), { open: opened, readFile, rm });
		await one.update(() => 'first');
		one.dispose();
		assert.equal(readFileSync(file, 'utf8'), 'first');
	});

	it('leaves no lock that a scanner looks at as it is to go, for which the next change would wait', async () => {
		const file = path.join(folder, 'looked.json');
		for (const codes of [{ reading: ['EBUSY', 'EBUSY'] }, { removing: ['EBUSY', 'EBUSY'] }]) {
			const { reading = [], removing = [] }: { reading?: string[]; removing?: string[] } = codes;
			const failing =
				<A extends unknown[], R>(call: (...of: A) => Promise<R>, left: string[]) =>
				(...of: A): Promise<R> => {
					const code = of[0] === `${file}.lock` ? left.shift() : undefined;
					return code === undefined ? call(...of) : Promise.reject(Object.assign(new Error(code), { code }));
				};
			const calls = { open, readFile: failing(readFile, reading) as typeof readFile, rm: failing(rm, removing) };
			const one = new ClientFile(file, new VirtualClock(), calls);
			await one.update(() => 'first');
			one.dispose();
			assert.deepEqual(
				readdirSync(folder).filter((name) => name.startsWith('looked')),
				['looked.json'],
			);
		}
	});

	it('leaves nothing behind where it cannot be written', async () => {
		const file = path.join(folder, 'broken.json');
		// A folder stands in its place.
		mkdirSync(path.join(file, 'x'), { recursive: true });
		const one = new ClientFile(file, new VirtualClock());
		one.read = () => Promise.resolve(undefined);
		await assert.rejects(one.update(() => 'text'));
		assert.deepEqual(
			readdirSync(folder).filter((name) => name.startsWith('broken')),
			['broken.json'],
		);
	});

	it('leaves no lock where the disk is full, for which the next change would wait', async () => {
		const file = path.join(folder, 'full.json');
		const opened: typeof open = async (...of) => {
			const handle = await open(...of);
			handle.writeFile = () => Promise.reject(new Error('no space left'));
			return handle;
		};
		const one = new ClientFile(file, new VirtualClock(), { open: opened, readFile, rm });
		await assert.rejects(one.update(() => 'text'));
		assert.deepEqual(
			readdirSync(folder).filter((name) => name.startsWith('full')),
			[],
		);
	});

	it('tells once more of what could not be read, as after a change by another user, as soon as it can be', async () => {
		const file = path.join(folder, 'unread.json');
		let isDenied = false;
		const reading = ((...of: Parameters<typeof readFile>) =>
			isDenied ? Promise.reject(new Error('EACCES')) : readFile(...of)) as typeof readFile;
		let look = (): void => undefined;
		const clock = { after: (_: number, run: () => void) => ((look = run), () => undefined) };
		const server = new ClientFile(file, clock, { open, readFile: reading, rm });
		const command = new ClientFile(file, clock);
		await command.update(() => 'one');
		assert.equal(await server.read(), 'one');
		server.follow();
		const heard: unknown[] = [];
		const told = new EventTarget();
		server.onDidChange(() => {
			const note = (of: unknown): void => void (heard.push(of), told.dispatchEvent(new Event('read')));
			server.read().then(note, () => note('denied'));
		});
		const looked = async (): Promise<void> => {
			const before = look;
			look();
			while (look === before) await readdir(folder);
		};
		await command.update(() => 'two');
		isDenied = true;
		const denied = once(told, 'read');
		await looked();
		await denied;
		await looked();
		isDenied = false;
		const read = once(told, 'read');
		await looked();
		await read;
		await looked();
		assert.deepEqual(heard, ['denied', 'two']);
		server.dispose();
		command.dispose();
	});

	it('is named where the system does not say what it was about: a folder in its place, a full disk', async () => {
		const file = path.join(folder, 'folder.json');
		mkdirSync(file);
		const one = new ClientFile(file, new VirtualClock());
		const message = `${file}: EISDIR: illegal operation on a directory, read`;
		await assert.rejects(one.read(), { message });
		await assert.rejects(
			one.update(() => ''),
			{ message },
		);
		const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
		const other = new ClientFile(file, new VirtualClock(), { open: () => Promise.reject(full), readFile, rm });
		await assert.rejects(
			other.update(() => ''),
			{ message: `${file}: ${full.message}` },
		);
		for (const each of [one, other]) each.dispose();
	});

	it('tells of what another process has changed, or made, although somebody has read it meanwhile', async () => {
		for (const before of ['one', undefined]) {
			const file = path.join(folder, `clients-${before ?? 'none'}.json`);
			const looks: (() => void)[] = [];
			const clock = { after: (_: number, look: () => void) => (looks.push(look), () => undefined) };
			const [server, command] = [new ClientFile(file, clock), new ClientFile(file, clock)];
			if (before !== undefined) await command.update(() => before);
			assert.equal(await server.read(), before);
			server.follow();
			await command.update(() => 'two');
			assert.equal(await server.read(), 'two');
			const heard = new Promise<void>((resolve) => void server.onDidChange(resolve));
			looks.pop()?.();
			await heard;
			server.dispose();
			command.dispose();
		}
	});
});
