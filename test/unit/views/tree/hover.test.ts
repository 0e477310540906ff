import assert from 'node:assert/strict';
import type { LimitUsage } from '../../../../src/pool/pool';
import { rowsOf } from '../../../../src/views/shared/rows';
import { hoverOf } from '../../../../src/views/tree/hover';
import { hour, keyView, modelView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';

/** Signs are written as numbers in it. */
const decoded = (hover: string): string =>
	hover.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

function hoverOfKey(view: ReturnType<typeof keyView>, more: Parameters<typeof snapshotOf>[1] = {}): string {
	const row = rowsOf(snapshotOf([view], more)).byId.get(view.key.id);
	assert.ok(row);
	return decoded(hoverOf(row, words, noon));
}

describe('the hover of a key', () => {
	it('says how many models it leaves out', () => {
		const withModels = (count: number): string => {
			const models = Array.from({ length: count }, (_, n) => modelView(standings.usable, { model: `model-${n}` }));
			return hoverOfKey(keyView('A', standings.usable, { models }));
		};
		assert.doesNotMatch(withModels(6), /more model/);
		assert.match(withModels(7), /^1 more model$/m);
		assert.match(withModels(9), /^3 more models$/m);
		assert.doesNotMatch(withModels(9), /model-6/);
	});

	it('shows what is used of each known limit, and which of them a person has set', () => {
		const usage = (used: number, limit: number, source: LimitUsage['source']): LimitUsage => ({ used, limit, source });
		const limitUsage = {
			rpm: usage(2, 5, 'user'),
			rpd: usage(7, 20, 'stated'),
			tpm: usage(1_000, 250_000, 'stated'),
			tpd: usage(3_000, 9_000, 'user'),
		} as const;
		const hover = hoverOfKey(keyView('A', standings.usable, { models: [modelView(standings.usable, { limitUsage })] }));
		assert.match(hover, /7 of 20 requests today *$/m);
		assert.match(hover, /2 of 5 requests this minute \(your limit\)/);
		assert.match(hover, /1,000 of 250,000 input tokens this minute *$/m);
		assert.match(hover, /3,000 of 9,000 input tokens today \(your limit\)/);
	});

	it('says what others have probably used beside Keypool', () => {
		const models = [modelView(standings.usable, { sentToday: 3, requestsToday: 10 })];
		assert.match(hoverOfKey(keyView('A', standings.usable, { models })), /Keypool sent 3, others have probably used 7/);
	});

	it('says role, weight, last use, health, and how many calls were answered and refused', () => {
		const view = keyView('A', standings.usable, { lastUsed: noon - hour, success: 2, fail: 1, score: 40 });
		const hover = hoverOfKey({ ...view, key: { ...view.key, role: 'backup', weight: 3 } });
		for (const line of ['Backup key', 'Weight 3', 'Last used 11:00', '2 answered, 1 refused'])
			assert.ok(hover.includes(line), `${line}: ${hover}`);
		assert.match(hover, /Health 40 of 100/);
		const fresh = hoverOfKey(keyView('A', standings.usable));
		assert.match(fresh, /Never used/);
		assert.doesNotMatch(fresh, /Backup|Weight|answered|keys = 1 quota/);
	});

	it('says what a daily cap leaves', () => {
		const rpd = { used: 3, limit: 9, source: 'user' } as const;
		const tpd = { used: 100, limit: 2_000, source: 'user' } as const;
		const cap = { availability: standings.usable, limitUsage: { rpd, tpd }, dayEndsAt: standings.day.until };
		const hover = hoverOfKey(keyView('A', standings.usable, { cap }));
		assert.match(hover, /3 of 9 requests today \(your daily cap\)/);
		assert.match(hover, /100 of 2,000 tokens today \(your daily cap\)/);
	});

	it('promises of a cap or a limit of 0 neither that it works again by itself nor Google’s help', () => {
		for (const standing of [standings.minute, standings.day, { ...standings.day, reason: 'cap' } as const]) {
			assert.match(hoverOfKey(keyView('A', standing)), /It works again by itself\./, standing.reason);
			const hover = hoverOfKey(keyView('A', { ...standing, isEndless: true }));
			assert.match(hover, /your limit is 0/);
			assert.doesNotMatch(hover, /by itself|rate limits/, standing.reason);
		}
	});

	it('says what the service said, shortened, and when the key is checked again', () => {
		const standing = { ...standings.leaked, serviceMessage: 'x'.repeat(400), recheckAt: noon + hour } as const;
		const hover = hoverOfKey(keyView('A', standing));
		assert.match(hover, /The service said: x{300}…/);
		assert.doesNotMatch(hover, /x{301}/);
		assert.match(hover, /Keypool checks it again by itself: 13:00/);
		assert.doesNotMatch(hoverOfKey(keyView('A', standings.leaked)), /checks it again/);
	});

	it('names the setting that keeps a free key out', () => {
		const setting = /because of the setting keypool\.paidOnly or keypool\.paidOnlyInRestrictedMode\.$/m;
		assert.match(hoverOfKey(keyView('A', standings.usable), { paidOnly: true }), setting);
		assert.doesNotMatch(hoverOfKey(keyView('A', standings.usable)), setting);
	});
});
