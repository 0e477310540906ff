import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ClientError, TokenRegistry } from '../../../../src/gateway/gateway';
import { defaultRules, maxClients, writeClients } from '../../../../src/gateway/clients/clientRecord';
import { isSameHash } from '../../../../src/gateway/doors/token';
import { memoryClients } from '../../../support/gateway/gatewayRig';
import { flash } from '../../../support/simulator/stand';

/** A registry whose clock a test moves, over a storage that others may share. */
function registry(storage = memoryClients(), time = { now: 1_000 }, report: (error: unknown) => void = assert.ifError) {
	const learnt: string[] = [];
	let ids = 0;
	const tokens = new TokenRegistry({
		storage,
		now: () => time.now,
		newId: () => `id${++ids}-${Math.floor(Math.random() * 1e9)}`,
		randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
		sha256: (text) => createHash('sha256').update(text).digest('hex'),
		learn: (token) => learnt.push(token),
		report,
	});
	return { tokens, storage, time, learnt };
}

const reason = (wanted: ClientError['reason']) => (error: unknown) =>
	error instanceof ClientError && error.reason === wanted;

describe('tokens of clients', () => {
	it('are 32 random bytes behind kp_, shown once and kept as a hash', async () => {
		const { tokens, storage, learnt } = registry();
		const { token, client } = await tokens.issue({ name: 'gemini-cli' });
		assert.match(token, /^kp_[\w-]{43}$/);
		assert.notEqual((await tokens.issue({ name: 'other' })).token, token);
		assert.ok(!storage.text?.includes(token) && !storage.text?.includes(token.slice(3)));
		assert.ok(storage.text?.includes(createHash('sha256').update(token).digest('hex')));
		assert.equal((await tokens.clientOf(token))?.id, client.id);
		assert.ok(learnt.includes(token), 'the masker knows it');
		for (const wrong of ['', token.slice(0, -1), `${token}x`, token.toUpperCase()]) {
			assert.equal(await tokens.clientOf(wrong), undefined);
		}
	});

	it('are compared over their whole hashes, whose length is one', () => {
		const [a, b] = ['a'.repeat(64), `${'a'.repeat(63)}b`];
		assert.ok(isSameHash(a, a));
		for (const other of [b, `b${'a'.repeat(63)}`, '', a.slice(1), `${a}a`]) {
			assert.ok(!isSameHash(a, other) && !isSameHash(other, a), other);
		}
	});

	it('survive the window that made them, and are known to every other one at once', async () => {
		const { tokens, storage } = registry();
		const other = registry(storage).tokens;
		const { token, client } = await tokens.issue({ name: 'tool' });
		await Promise.resolve();
		assert.equal((await other.clientOf(token))?.name, 'tool');
		const next = registry(storage).tokens;
		assert.equal(await next.clientOf(token), undefined);
		await next.load();
		assert.equal((await next.clientOf(token))?.name, 'tool');
		await next.revoke(client.id);
		await Promise.resolve();
		assert.equal(await tokens.clientOf(token), undefined);
		await assert.rejects(next.revoke(client.id), reason('noSuchClient'));
	});

	it('are rotated with an overlap of ten minutes, and end when they expire', async () => {
		const { tokens, time, learnt } = registry();
		const first = await tokens.issue({ name: 'tool', expiresAt: 10_000_000 });
		const second = await tokens.rotate(first.client.id);
		assert.ok(learnt.includes(second.token), 'the masker knows it');
		assert.equal((await tokens.clientOf(first.token))?.id, first.client.id);
		assert.equal((await tokens.clientOf(second.token))?.id, first.client.id);
		time.now += 10 * 60_000;
		assert.equal(await tokens.clientOf(first.token), undefined);
		assert.ok(await tokens.clientOf(second.token));
		time.now = 10_000_000;
		assert.equal(await tokens.clientOf(second.token), undefined);
	});

	it('for somebody else are for paid keys alone, unless it is said otherwise', async () => {
		const { tokens } = registry();
		const keysOf = async (name: string, more: object): Promise<string> =>
			(await tokens.issue({ name, ...more })).client.rules.keys;
		assert.equal(await keysOf('mine', {}), 'any');
		assert.equal(await keysOf('ann', { owner: 'Ann' }), 'paid');
		assert.equal(await keysOf('bo', { owner: 'Bo', rules: { keys: 'any' } }), 'any');
		assert.equal(await keysOf('ci', { owner: 'CI', rules: { parallel: 1 } }), 'paid');
	});

	it('of one terminal are good in every window, and end with it', async () => {
		const { tokens, storage } = registry();
		const other = registry(storage).tokens;
		const issued = await tokens.issueTransient({ name: 'terminal' });
		await Promise.resolve();
		assert.equal((await other.clientOf(issued.token))?.isTransient, true);
		assert.deepEqual(
			tokens.list().map(({ name }) => name),
			['terminal'],
		);
		await issued.end();
		await Promise.resolve();
		assert.equal(await other.clientOf(issued.token), undefined);
		assert.deepEqual(tokens.list(), []);
	});

	it('of one terminal goes on where another process takes it over; no other token does', async () => {
		const { tokens, storage, time } = registry();
		const issued = await tokens.issueTransient({ name: 'terminal' });
		const { token } = await tokens.issue({ name: 'tool' });
		const next = registry(storage, time).tokens;
		await next.load();
		time.now += 9 * 60_000;
		const taken = await next.transientOf(issued.token);
		await taken?.renew();
		time.now += 9 * 60_000;
		assert.ok(await next.clientOf(issued.token));
		assert.equal(await next.transientOf(token), undefined);
		await taken?.end();
		assert.equal(await next.clientOf(issued.token), undefined);
	});

	it('of two terminals that are opened at once, or in two windows, have a name each', async () => {
		const { tokens, storage, time } = registry();
		const other = registry(storage, time).tokens;
		const made = await Promise.all(
			[tokens, tokens, other].map((one) => one.issueTransient({ name: 'terminal', mayBeNumbered: true })),
		);
		assert.deepEqual(
			made.map(({ client }) => client.name),
			['terminal', 'terminal-2', 'terminal-3'],
		);
		for (const { token, client } of made) assert.equal((await tokens.clientOf(token))?.name, client.name);
		assert.equal((await other.issue({ name: 'Terminal', mayBeNumbered: true })).client.name, 'Terminal-4');
	});

	it('are handed out where the storage is locked a moment after it has taken them, and are good', async () => {
		const storage = memoryClients();
		const { tokens } = registry(storage, undefined, () => undefined);
		let isLocked = true;
		storage.read = () => (isLocked ? Promise.reject(new Error('locked')) : Promise.resolve(storage.text));
		const { token, client } = await tokens.issue({ name: 'cline' });
		assert.equal((await tokens.clientOf(token))?.name, 'cline');
		await tokens.revoke(client.id);
		assert.equal(await tokens.clientOf(token), undefined);
		isLocked = false;
		await tokens.load();
		assert.deepEqual(tokens.list(), []);
	});

	it('of a terminal whose window is gone end by themselves, and go from the storage later', async () => {
		const { tokens, storage, time } = registry();
		const [kept, lost] = [await tokens.issueTransient({ name: 'kept' }), await tokens.issueTransient({ name: 'lost' })];
		for (let minutes = 0; minutes < 12; minutes += 4) {
			time.now += 4 * 60_000;
			await kept.renew();
		}
		assert.ok(await tokens.clientOf(kept.token));
		assert.equal(await tokens.clientOf(lost.token), undefined);
		time.now += 24 * 3_600_000;
		await kept.renew();
		await tokens.issue({ name: 'lost' });
		assert.ok(!storage.text?.includes(lost.client.id));
		assert.ok(await tokens.clientOf(kept.token));
		await tokens.revoke(kept.client.id);
		await assert.rejects(kept.renew(), reason('noSuchClient'));
	});

	it('of terminals on a computer that has slept for a weekend are good again as soon as their windows wake', async () => {
		const { tokens, storage, time } = registry();
		const other = registry(storage, time).tokens;
		const [here, there] = [
			await tokens.issueTransient({ name: 'here' }),
			await other.issueTransient({ name: 'there' }),
		];
		time.now += 60 * 3_600_000;
		await here.renew();
		await there.renew();
		for (const { token } of [here, there]) assert.ok(await tokens.clientOf(token));
	});

	it('of a terminal on a computer that slept for a night outlive the terminal that is opened first after it', async () => {
		const { tokens, time } = registry();
		const asleep = await tokens.issueTransient({ name: 'asleep' });
		time.now += 23 * 3_600_000;
		await tokens.issueTransient({ name: 'new' });
		await asleep.renew();
		assert.ok(await tokens.clientOf(asleep.token));
	});

	it('are refused beyond the most that are read: nobody is handed one that is not known', async () => {
		const { tokens, storage } = registry();
		const clients = Array.from({ length: maxClients }, (_, n) => ({
			...{ id: `c${n}`, name: `tool ${n}`, hash: 'a'.repeat(64), createdAt: 0, rules: defaultRules },
		}));
		await storage.update(() => writeClients(clients));
		await assert.rejects(tokens.issue({ name: 'one more' }), reason('full'));
		await tokens.revoke('c0');
		const { token } = await tokens.issue({ name: 'one more' });
		assert.equal((await tokens.clientOf(token))?.name, 'one more');
	});

	it('have a name of their own, and rules that make sense', async () => {
		const { tokens } = registry();
		const { client } = await tokens.issue({ name: 'Cline' });
		await assert.rejects(tokens.issue({ name: 'cline' }), reason('nameTaken'));
		for (const name of ['', ' x', 'a\nb', '$(key)', 'x'.repeat(41), '[a](command:x)']) {
			await assert.rejects(tokens.issue({ name }), reason('badName'), name);
		}
		for (const rules of [
			{ parallel: 0 },
			{ parallel: 65 },
			{ requestsPerDay: -1 },
			{ models: ['a/b'] },
			{ keys: 'all' as never },
		]) {
			await assert.rejects(tokens.setRules(client.id, rules), reason('badRules'));
			await assert.rejects(tokens.issue({ name: 'next', rules }), reason('badRules'));
		}
		for (const owner of ['', ' ', 'x'.repeat(201), 'Ann\nLee', '\u001b[31mAnn', 'Ann\u2028']) {
			await assert.rejects(tokens.issue({ name: 'next', owner }), reason('badOwner'), owner);
		}
		await tokens.setRules(client.id, { keys: 'paid', models: [flash] });
		assert.deepEqual(tokens.list()[0]?.rules, { keys: 'paid', parallel: 8, models: [flash] });
		// What is issued is there: nobody is handed a token that is forgotten at once.
		const owner = `Änn Łee <a@b> ‮${'x'.repeat(180)}`;
		const { token } = await tokens.issue({ name: 'of another', owner });
		assert.equal((await tokens.clientOf(token))?.owner, owner);
	});

	it('are good for nothing where what is stored is damaged', async () => {
		const { tokens, storage } = registry();
		const { token } = await tokens.issue({ name: 'tool' });
		const whole = storage.text ?? '';
		for (const text of ['', '{', '[]', '{"v":2,"clients":[]}', whole.replace('"keys":"any"', '"keys":"x"')]) {
			storage.text = text;
			await tokens.load();
			assert.equal(await tokens.clientOf(token), undefined, text);
		}
	});

	it('of a newer version outlive what a window of this one changes: a terminal that opens and closes, or another tool', async () => {
		const { tokens, storage } = registry();
		await tokens.issue({ name: 'tool' });
		const whole = storage.text ?? '';
		const newer = whole.replace('"keys":"any"', '"keys":"team"').replace('"tool"', '"of tomorrow"');
		storage.text = newer;
		const terminal = await tokens.issueTransient({ name: 'terminal' });
		await terminal.renew();
		await tokens.issue({ name: 'tool' });
		await terminal.end();
		const clientsIn = (text: string): readonly { readonly name: string }[] =>
			(JSON.parse(text) as { readonly clients: readonly { readonly name: string }[] }).clients;
		const names = clientsIn(storage.text).map(({ name }) => name);
		assert.deepEqual(names, ['tool', 'of tomorrow']);
		assert.deepEqual(clientsIn(storage.text)[1], clientsIn(newer)[0]);
		const [first = assert.fail('none')] = clientsIn(whole);
		const many = Array.from({ length: 250 }, (_, n) => ({ ...first, id: `c${n}`, name: `tool ${n}` }));
		storage.text = JSON.stringify({ v: 1, clients: many });
		await tokens.revoke('c7');
		assert.equal(clientsIn(storage.text).length, 249, 'more than this version takes');
		storage.text = whole.replace('"v":1', '"v":2');
		await assert.rejects(tokens.issue({ name: 'other' }), /newer Keypool/);
		assert.equal(storage.text, whole.replace('"v":1', '"v":2'));
		storage.text = '{';
		await tokens.issue({ name: 'after damage' });
	});

	it('stay taken back where a reading of before ends late, as on a slow disk', async () => {
		const { tokens, storage } = registry();
		const { token, client } = await tokens.issue({ name: 'tool' });
		const before = storage.text;
		let end = (): void => undefined;
		const reading = new Promise<string | undefined>((resolve) => {
			end = () => resolve(before);
		});
		storage.read = () => reading;
		const late = tokens.load();
		storage.read = () => Promise.resolve(storage.text);
		await tokens.revoke(client.id);
		end();
		await late;
		assert.equal(await tokens.clientOf(token), undefined);
	});

	it('stay taken back where they could not be read just then: the next request reads them', async () => {
		const { tokens: other, storage } = registry(undefined, undefined, () => undefined);
		const { token, client } = await other.issue({ name: 'tool' });
		const { token: kept } = await other.issue({ name: 'another' });
		const reported: unknown[] = [];
		const locked = new Error('The storage is locked.');
		const reads = (): Promise<string | undefined> => Promise.resolve(storage.text);
		const { tokens } = registry({ ...storage, read: () => storage.read() }, undefined, (error) => reported.push(error));
		await tokens.load();
		storage.read = () => Promise.reject(locked);
		await other.revoke(client.id);
		assert.deepEqual(reported, [locked]);
		assert.ok(await tokens.clientOf(kept), 'what is known lets in until then');
		storage.read = reads;
		assert.equal(await tokens.clientOf(token), undefined);
		assert.ok(await tokens.clientOf(kept));
	});

	it('stay taken back also where a reading that had begun before that ends behind the one that failed', async () => {
		const { tokens: other, storage } = registry(undefined, undefined, () => undefined);
		const { token, client } = await other.issue({ name: 'tool' });
		const reads = (): Promise<string | undefined> => Promise.resolve(storage.text);
		const { tokens } = registry({ ...storage, read: () => storage.read() }, undefined, () => undefined);
		const old = storage.text;
		let goOn = (): void => undefined;
		storage.read = () => new Promise((resolve) => (goOn = () => resolve(old)));
		const early = tokens.load();
		storage.read = () => Promise.reject(new Error('The storage is locked.'));
		await other.revoke(client.id);
		goOn();
		await early;
		storage.read = reads;
		assert.equal(await tokens.clientOf(token), undefined);
	});
});
