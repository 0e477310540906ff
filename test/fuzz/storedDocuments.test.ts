import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Turn } from '../../src/chat/model/conversation';
import { toMarkdown } from '../../src/chat/model/exportMarkdown';
import { turnView } from '../../src/chat/view/projection';
import { aboutFromText, aboutToText, turnFromText, turnToText } from '../../src/chat/storage/savedTurn';
import { undoMs } from '../../src/keys/keyring/keyring';
import { readMetadata, readProject } from '../../src/keys/keyring/secretVault';
import { changeOf, rowOf } from '../../src/storedDocuments/rows';
import { DocMaps, DocsTransaction, PoolError, type Change, type LeaseId } from '../../src/pool/pool';
import { MemoryStore } from '../support/keys/memoryStore';
import { open } from '../support/keys/opened';
import { modern } from '../support/keys/sample';
import { VirtualClock } from '../support/virtualClock';
import { writeOneOfEach } from '../support/pool/storeContract';
import { answers, Rig } from '../support/pool/rig';
import { noon, translate, words } from '../support/views/snapshots';
import { attackJson, attackLine, attackText, damaged, isUnpolluted } from '../support/fuzz/attacks';
import { property } from '../support/fuzz/property';
import { target } from '../support/fuzz/target';

const anyTime = fc.constantFrom(noon, 0, -1, Date.UTC(9999, 0), 8.64e15, 8.64e15 + 1, 1e308, -1e308, 2 ** 53, 0.5);

/** A document in which some values are others. */
function changed(document: unknown): fc.Arbitrary<unknown> {
	const other = fc.oneof(attackJson, anyTime);
	const walk = (value: unknown, chances: readonly number[], others: readonly unknown[]): unknown => {
		let at = 0;
		const visit = (one: unknown): unknown => {
			const mine = at++;
			const place = chances.indexOf(mine);
			if (place !== -1) return others[place];
			if (Array.isArray(one)) return one.map(visit);
			if (typeof one !== 'object' || one === null) return one;
			return Object.fromEntries(Object.entries(one).map(([name, field]) => [name, visit(field)]));
		};
		return visit(value);
	};
	return fc
		.tuple(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }), fc.array(other, { minLength: 3, maxLength: 3 }))
		.map(([chances, others]) => walk(document, chances, others));
}
const stored = (...documents: readonly unknown[]): fc.Arbitrary<string> => {
	const whole = fc.oneof(...documents.map(changed)).map((value) => JSON.stringify(value));
	return fc.oneof(
		{ weight: 6, arbitrary: whole },
		{ weight: 1, arbitrary: damaged(whole) },
		{ weight: 1, arbitrary: attackText() },
	);
};

const docs = new DocMaps();
const tx = new DocsTransaction(docs, noon);
writeOneOfEach(tx, noon);
const [bucket] = tx.changes.flatMap((change) => (change.kind === 'bucket' ? [change] : []));
const [record] = tx.changes.flatMap((change) => (change.kind === 'key' ? [change] : []));
assert.ok(bucket && record);
/** What a bucket and a key can be, beside fresh. */
const states: readonly Change[] = [
	...(
		[
			{ state: 'coolingDown', reason: 'rpm', since: noon, until: noon + 60_000, backoffLevel: 1 },
			{ state: 'halfOpen', reason: 'rpd', lease: 'l' as LeaseId, backoffLevel: 2 },
			{ state: 'unsupported', reason: 'tierLacksModel', until: noon + 60_000 },
		] as const
	).map((state): Change => ({ ...bucket, doc: { ...bucket.doc, status: state } })),
	...(
		[
			{ state: 'verified', since: noon },
			{ state: 'quarantined', reason: 'badKey', since: noon, recheckAt: noon + 1, rechecksLeft: [1], hadWorked: true },
		] as const
	).map((state): Change => ({ ...record, doc: { ...record.doc, status: state } })),
];
const rows = [...tx.changes, ...states].map(rowOf);
const row = fc
	.constantFrom(...rows)
	.chain((one) =>
		fc.tuple(fc.constant(one.kind), fc.oneof(fc.constant(one.id), attackLine), stored(JSON.parse(one.body ?? ''))),
	)
	.map(([kind, id, body]) => ({ kind, id, body }));

const turn: Turn = {
	id: '1',
	askedAt: noon,
	question: {
		text: 'one',
		origin: 'selection',
		attachments: [{ label: 'a.ts, line 1', file: 'a.ts', language: 'typescript', text: 'x' }],
		pictures: [{ label: 'p.png', mimeType: 'image/png', data: 'AAAA' }],
	},
	answer: {
		state: 'failed',
		text: 'half',
		summary: { ms: 5, attempts: [{ label: 'work', model: 'flash', outcome: 'rpm', ms: 1 }] },
		reason: 'waitedTooLong',
		facts: { retryAt: noon, serviceMessage: 'x', limit: 5, size: 7 },
	},
};
const answered: Turn = {
	...turn,
	answer: {
		state: 'done',
		text: 'whole',
		finishReason: 'STOP',
		summary: {
			on: { key: 'work', model: 'flash' },
			usage: { input: 1, cached: 0, output: 2, thoughts: 3 },
			ms: 5,
			attempts: [],
		},
	},
};
const about = {
	v: 2,
	id: 'c',
	title: 'x',
	begins: 'y',
	changedAt: noon,
	options: { model: 'flash', system: 's', temperature: 1 },
};
const meta = {
	v: 2,
	label: 'work',
	project: 'p-1',
	role: 'primary',
	weight: 1,
	rank: 'V',
	enabled: true,
	removedAt: 1,
};
const project = {
	v: 2,
	label: 'Shop',
	account: 'me',
	tier: 'paid',
	limits: { m: { rpm: 1 } },
	number: '1',
	dailyCap: { requests: 1 },
};

target('stored documents', {
	'of the store are refused, or every step can work with them': property(
		fc.array(row, { minLength: 1, maxLength: 6 }),
		async (all) => {
			const changes = all.flatMap((one) => {
				try {
					return changeOf(one) ?? [];
				} catch (error) {
					assert.ok(error instanceof SyntaxError, String(error));
					return [];
				}
			});
			const rig = new Rig({ a: { project: 'p' }, b: {} }, answers);
			await rig.store.transact((writing) => {
				for (const change of changes) if (change.kind !== 'drop') writing.put(change);
			});
			const { keys } = rig.pool.snapshot();
			for (const { availability } of keys)
				assert.equal(typeof words.describeAvailability(availability, rig.clock.wall()), 'string');
			rig.pool.usage();
			const asked = await rig.answer({ maxWaitMs: 1_000 });
			assert.ok(asked.error instanceof PoolError || asked.done !== undefined);
			await rig.maintenance.applyRetention();
			rig.pool.dispose();
			assert.ok(isUnpolluted());
		},
	),
	'of conversations are refused, or shown': property(
		stored({ v: 2, ...turn }, JSON.parse(turnToText(answered, noon))),
		(text) => {
			const read = turnFromText(text);
			if (read === undefined) return;
			assert.match(read.id, /^[\w-]{1,100}$/);
			assert.deepEqual(turnFromText(turnToText(read, noon)), read);
			assert.ok(JSON.stringify(turnView(read, words, noon)).length > 0);
			toMarkdown({ id: 'c', options: {}, turns: [read] }, translate);
			assert.ok(isUnpolluted());
		},
	),
	'that tell of a conversation are refused, or listed': property(stored(about), (text) => {
		const read = aboutFromText(text);
		if (read === undefined) return;
		assert.match(read.id, /^[\w-]{1,100}$/);
		assert.deepEqual(aboutFromText(aboutToText(read)), read);
		assert.equal(typeof words.describeTime(read.changedAt, noon), 'string');
	}),
	'of keys and projects are put right, and stay so': property(stored(meta, project), async (text) => {
		for (const read of [readMetadata, readProject]) {
			const { value } = read(text);
			assert.deepEqual(read(JSON.stringify({ v: 1, ...value })), { value, state: 'whole', others: { v: 1 } });
			assert.ok(value.label === undefined || /^[^\n\r\0]{1,60}$/.test(value.label));
		}
		const store = new MemoryStore();
		for (const [name, record] of Object.entries({ 'key.k': modern(1), 'meta.k': text, 'project.k': text })) {
			store.entries.set(name, record);
		}
		const clock = new VirtualClock(noon);
		const { keyring } = await open(store, clock);
		for (const key of keyring.list().keys) {
			assert.ok(key.label !== '' && key.sortOrder !== '' && Number.isFinite(key.weight));
		}
		// One that was removed longer ago is about to be erased.
		const { removedAt = Infinity } = readMetadata(text).value;
		const there = removedAt + undoMs > clock.wall() ? 1 : 0;
		assert.equal(keyring.list().keys.length + keyring.removed().length, there);
		keyring.dispose();
		assert.ok(isUnpolluted());
	}),
});
