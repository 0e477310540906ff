import assert from 'node:assert/strict';
import type { KeyId, ProjectId, Snapshot } from '../../../../src/pool/pool';
import { noticeInWords, type Notice } from '../../../../src/views/notices/noticeInWords';
import { createNotices } from '../../../../src/views/notices/notices';
import { fails, leaked, Rig } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';
import {
	keyView,
	minute,
	model,
	noon,
	SettablePool,
	snapshotOf,
	standings,
	words,
} from '../../../support/views/snapshots';

const good = snapshotOf([keyView('A', standings.usable), keyView('B', standings.minute)]);
const exhausted = snapshotOf([keyView('A', standings.day), keyView('B', standings.day)]);
const paused: Snapshot = { ...exhausted, paused: { reason: 'leaked', by: 'A', since: noon } };

function watch(first: Snapshot) {
	const clock = new VirtualClock(noon);
	const pool = new SettablePool(first);
	const shown: Notice[] = [];
	const notices = createNotices(pool, clock, (...of) => {
		const [snapshot, now, revoked] = of;
		shown.push(noticeInWords(snapshot, words, now, { revoked }));
	});
	const become = async (snapshot: Snapshot, ms = 1000) => {
		pool.set(snapshot);
		await clock.advance(ms);
	};
	return { become, shown, notices, clock };
}

describe('notices', () => {
	it('tell once an episode that no key is usable, though limits come and go', async () => {
		const { become, shown } = watch(good);
		for (let round = 0; round < 4; round++) {
			await become(exhausted, minute);
			await become(good, minute);
		}
		assert.equal(shown.length, 1);
		assert.equal(
			shown[0]?.text,
			'No key can answer with gemini-3.8-flash right now. The first key is back at Wed 08:00.',
		);
		assert.equal(shown[0].action.command, 'keypool.addKey');
	});

	it('are silent while the first key is back within a minute, and tell it where that becomes a longer rest', async () => {
		const short = snapshotOf([keyView('A', standings.minute), keyView('B', standings.day)]);
		const { become, shown } = watch(good);
		await become(short, minute);
		await become(good, minute);
		assert.deepEqual(shown, []);
		await become(short);
		await become(exhausted);
		assert.equal(shown.length, 1);
	});

	it('speak of paid keys alone where only those may be used: a free one that is back first is of no use', async () => {
		const paid = { id: 'shop' as ProjectId, label: 'Shop', tier: 'paid' } as const;
		const cap = { ...standings.day, reason: 'cap' } as const;
		const keys = [
			keyView('Free', standings.minute),
			keyView('Capped', cap),
			keyView('Leaked', standings.leaked),
			keyView('Paid', standings.day, { project: paid }),
		];
		const { become, shown } = watch(good);
		await become(snapshotOf(keys, { paidOnly: true, usable: 0, total: 1 }));
		assert.equal(
			shown[0]?.text,
			'No key can answer with gemini-3.8-flash right now. The first key is back at Wed 08:00.',
		);
		assert.equal(shown[0].action.command, 'keypool.addKey');
	});

	it('are silent while the model is overloaded, which another key would not help, and tell what is so afterwards', async () => {
		const busy = { state: 'coolingDown', reason: 'overloaded', until: noon + 20_000 } as const;
		const supply = { model, usable: 0, total: 2, states: {}, isOverloaded: true };
		const overloaded = snapshotOf([keyView('A', busy), keyView('B', busy)], { supplies: [supply] });
		const { become, shown } = watch(good);
		await become(overloaded);
		assert.deepEqual(shown, []);
		await become(exhausted);
		assert.equal(shown.length, 1);
		await become(overloaded);
		await become(exhausted);
		assert.equal(shown.length, 1, 'one episode');
	});

	it('are silent where the model is none, or Google refuses every key: who asks is told, and another key is no help', async () => {
		for (const none of [
			{ state: 'unsupported', reason: 'noSuchModel', until: noon + 10 * minute },
			{ state: 'coolingDown', reason: 'throttled', until: noon + minute },
		] as const) {
			const { become, shown } = watch(good);
			await become(snapshotOf([keyView('A', none), keyView('B', standings.leaked)]));
			assert.deepEqual(shown, [], none.reason);
			await become(exhausted);
			assert.equal(shown.length, 1);
		}
	});

	it('never say that a gateway is usable: it tells so of itself, while its token waits for one test call', () => {
		const testing = snapshotOf([keyView('kp.example', { state: 'halfOpen', reason: 'rpm' })]);
		const told = {
			...({ state: 'open', client: 'ann', keys: 'any', requests: { used: 0 }, dollars: { used: 0 } } as const),
			...{ models: [{ model, isUsable: true }], dayEndsAt: noon + minute },
		};
		const { text } = noticeInWords(testing, words, noon, { gateway: { host: 'kp.example', told } });
		assert.equal(text, 'No key can answer right now.');
	});

	it('tell again after a calm time', async () => {
		const { become, shown } = watch(exhausted);
		await become(good, 6 * minute);
		await become(exhausted);
		assert.equal(shown.length, 2);
	});

	it('tell again after a calm time where the clock was set back by hours in it', async () => {
		const { become, shown, clock } = watch(exhausted);
		await become(good);
		clock.jump(-180 * minute);
		await become(good, 6 * minute);
		await become(exhausted);
		assert.equal(shown.length, 2);
	});

	it('lead to the keys when some need a person', async () => {
		const { become, shown } = watch(good);
		await become(snapshotOf([keyView('A', standings.leaked, { lastUsed: noon })]));
		assert.equal(shown[0]?.action.command, 'keypool.keys.focus');
		assert.match(shown[0].text, /^No key can answer right now\. 1 key needs attention\.$/);
	});

	it('leave it to the check to say that the first key is refused', async () => {
		const badKey = { ...standings.leaked, reason: 'badKey' } as const;
		const { become, shown } = watch(snapshotOf([]));
		await become(snapshotOf([keyView('A', standings.usable)]));
		await become(snapshotOf([keyView('A', badKey), keyView('B', badKey), keyView('C', standings.disabled)]));
		const paid = { id: 'shop' as ProjectId, tier: 'paid' } as const;
		const keys = [keyView('Free', standings.usable), keyView('Paid', badKey, { project: paid })];
		const barred = watch(snapshotOf([]));
		await barred.become(snapshotOf(keys, { paidOnly: true, usable: 0, total: 1 }));
		assert.deepEqual([shown, barred.shown], [[], []]);
	});

	it('lead to the daily cap where one is reached: it is the person’s own', async () => {
		const cap = { ...standings.day, reason: 'cap' } as const;
		const shop = { id: 'shop' as ProjectId, label: 'Shop', tier: 'free' } as const;
		const first = watch(good);
		await first.become(snapshotOf([keyView('A', cap), keyView('B', standings.leaked)]));
		assert.match(first.shown[0]?.text ?? '', /^No key can answer right now\. The daily cap of A is reached\. /);
		const change = { command: 'keypool.setDailyCap', title: 'Change the Daily Cap' };
		assert.deepEqual(first.shown[0]?.action, { ...change, key: 'id of A' });
		const second = watch(good);
		const shared = [keyView('A', cap, { project: shop }), keyView('B', cap, { project: shop })];
		await second.become(snapshotOf(shared));
		assert.match(second.shown[0]?.text ?? '', /The daily cap of Shop is reached\./);
		const third = watch(good);
		await third.become(snapshotOf([...shared, keyView('C', cap)]));
		assert.match(third.shown[0]?.text ?? '', /The daily caps of 2 projects are reached\./);
		assert.deepEqual(third.shown[0]?.action, change);
	});

	it('lead to the limits where one is 0 and no key comes back by itself', async () => {
		const zero = { ...standings.day, isEndless: true } as const;
		const change = { command: 'keypool.setLimits', title: 'Set Limits…' };
		const { become, shown } = watch(good);
		await become(snapshotOf([keyView('A', zero), keyView('B', standings.leaked)]));
		assert.match(shown[0]?.text ?? '', /A limit that you set is 0/);
		assert.doesNotMatch(shown[0]?.text ?? '', /back/);
		assert.deepEqual(shown[0]?.action, { ...change, key: 'id of A' });
		const other = watch(good);
		await other.become(snapshotOf([keyView('A', zero), keyView('B', standings.day)]));
		assert.equal(other.shown[0]?.action.command, 'keypool.addKey', 'B comes back by itself: 0 is how they want it');
	});

	it('name the key that made the pool pause', async () => {
		const rig = new Rig({ a: { label: 'Work' }, b: {} }, () => fails(leaked));
		await rig.answer().catch(() => undefined);
		const snapshot = rig.pool.snapshot();
		assert.match(noticeInWords(snapshot, words, noon).text, /protect your keys\. Work: Google has reported this key/);
		const gone = { ...snapshot, keys: snapshot.keys.slice(1) };
		assert.match(
			noticeInWords(gone, words, noon).text,
			/protect your keys\. It is about a key that is not here: reported/,
			'it is not here',
		);
	});

	it('tell a pause once with the way out, and not the same keys again when it ends', async () => {
		const { become, shown } = watch(good);
		await become(paused);
		await become({ ...paused, rev: 2 });
		await become(exhausted);
		assert.deepEqual(
			shown.map(({ severity, action }) => [severity, action.command]),
			[['error', 'keypool.resume']],
		);
		await become(good);
		await become(paused);
		assert.equal(shown.length, 2);
	});

	it('are silent while there is no key, while one can work, and after the end', async () => {
		const { become, shown, notices, clock } = watch(snapshotOf([]));
		await become(good, minute);
		notices.dispose();
		await become(exhausted, minute);
		assert.deepEqual(shown, []);
		assert.equal(clock.pending, 0);
	});

	it('tell once of each project that is marked as paid and counts as free, and what to do', async () => {
		const project = { id: 'shared' as ProjectId, tier: 'free' } as const;
		const revoked = { since: noon + 500, by: 'id of B' as KeyId, serviceMessage: 'Quota exceeded' };
		const [a, b] = ['A', 'B'].map((label) => keyView(label, standings.usable, { project, revoked }));
		assert.ok(a && b);
		const { become, shown } = watch(good);
		await become(snapshotOf([a, b]));
		await become(snapshotOf([a, b], { rev: 2 }));
		assert.deepEqual(
			shown.map(({ severity, text }) => [severity, text]),
			[
				[
					'warning',
					'B: Its project is marked as paid, but since 12:00 Google counts it as free tier: Keypool no longer treats it as paid. Check its billing in Google AI Studio. Once it is paid, set its tier to paid again.',
				],
			],
		);
		await become(snapshotOf([keyView('A', standings.usable)]));
		await become(snapshotOf([{ ...a, revoked: { ...revoked, since: noon + 9_000 } }]));
		assert.equal(shown.length, 2, 'again where it was believed in between');
	});

	it('tell of one also where the clock was set back by hours since the window began', async () => {
		const at = (since: number) =>
			snapshotOf([keyView('A', standings.usable, { revoked: { since, by: 'id of A' as KeyId } })]);
		const { become, shown, clock } = watch(at(noon - minute));
		clock.jump(-180 * minute);
		await become(at(noon - minute));
		assert.deepEqual(shown, [], 'that was known');
		await become(at(noon - 180 * minute));
		await become(at(noon - 180 * minute));
		assert.equal(shown.length, 1);
	});

	it('tell nothing of a mark that was revoked before the window began', () => {
		const before = keyView('A', standings.usable, { revoked: { since: noon, by: 'id of A' as KeyId } });
		assert.deepEqual(watch(snapshotOf([before])).shown, []);
	});
});
