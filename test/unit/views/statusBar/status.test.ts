import assert from 'node:assert/strict';
import { nextWordsMs } from '../../../../src/views/shared/cooldowns';
import { statusOf } from '../../../../src/views/statusBar/status';
import { readable } from '../../../support/ui/readable';
import { keyView, modelView, noon, snapshotOf, standings, words } from '../../../support/views/snapshots';

const status = (...args: Parameters<typeof snapshotOf>) => statusOf(snapshotOf(...args), words, noon);

describe('status bar', () => {
	it('says that no key can answer where all are disabled, or none is a paid one: not how many of none', () => {
		for (const none of [
			status([keyView('A', standings.disabled)]),
			status([keyView('A', standings.usable)], { total: 0, usable: 0 }),
		]) {
			assert.equal(none.spoken, 'No key can answer with gemini-3.8-flash right now.');
			assert.match(readable(none.hover), /No key can answer with gemini-3\.8-flash right now\./);
			assert.equal(none.alarm, 'warning');
		}
	});

	it('says anew at midnight when a key is back: what was "tomorrow" is today', () => {
		const snapshot = snapshotOf([keyView('A', standings.day)]);
		const beforeMidnight = Date.UTC(2026, 10, 24, 23, 59, 30);
		const hoverAt = (now: number): string => readable(statusOf(snapshot, words, now).hover);
		const next = nextWordsMs(snapshot, beforeMidnight);
		assert.ok(next <= 60_000);
		assert.match(hoverAt(beforeMidnight), /08:00 tomorrow/);
		assert.doesNotMatch(hoverAt(beforeMidnight + next), /tomorrow/);
		assert.equal(nextWordsMs(snapshot, standings.day.until - 10_000), 10_000, 'and when it is back');
		const idle = snapshotOf([keyView('A', standings.usable)]);
		assert.equal(nextWordsMs(idle, noon), 60_000, 'a team’s server goes and comes back without a word of the pool');
	});

	it('shows usable over enabled keys, without alarm while one can work', () => {
		const { icon, text, alarm, spoken } = status([
			keyView('A', standings.usable),
			keyView('B', standings.minute),
			keyView('C', standings.disabled),
		]);
		assert.deepEqual([icon, text], ['key', '1/2']);
		assert.equal(alarm, undefined);
		assert.equal(spoken, '1 of 2 keys can answer with gemini-3.8-flash now.');
	});

	it('warns only when keys are there and none can work', () => {
		assert.equal(status([keyView('A', standings.minute)]).alarm, 'warning');
		const none = status([]);
		assert.deepEqual([none.icon, none.text, none.alarm], ['key', 'no keys', undefined]);
	});

	it('shows a pause before anything else', () => {
		const paused = status([keyView('A', standings.usable)], { paused: { reason: 'leaked', by: 'A', since: noon } });
		assert.match(readable(paused.hover), /A: Google has reported this key as leaked/);
		const gone = status([keyView('B', standings.usable)], { paused: { reason: 'leaked', by: 'A', since: noon } });
		assert.match(readable(gone.hover), /It is about a key that is not here: reported as leaked\./);
		assert.deepEqual([paused.icon, paused.text, paused.alarm], ['debug-pause', 'paused', 'error']);
	});

	it('tells on hover what rests until when, and today\u2019s requests once for keys that share a project', () => {
		const key = keyView('A', standings.day, { models: [modelView(standings.day, { requestsToday: 20 })] });
		const other = keyView('B', standings.leaked, { project: key.project, models: key.models });
		const text = readable(status([key, other, keyView('C', standings.usable)]).hover);
		for (const part of [
			'**1 of 3 keys can answer with gemini-3.8-flash now.**',
			'**A:** resting until midnight Pacific, 08:00 tomorrow here: requests per day used up',
			'**B:** needs attention: reported as leaked',
			'20 requests today in total.',
			'Strategy: most quota left first.',
		])
			assert.ok(text.includes(part), `${part}\n---\n${text}`);
		assert.ok(!text.includes('**C'));
		assert.ok(text.includes('[Show Keys](command:keypool.keys.focus)'));
		assert.ok(!text.includes('paid'));
		assert.ok(status([key], { paidOnly: true }).hover.includes('paid projects'));
	});

	it('writes with separators how many requests wait', () => {
		const { hover } = status([keyView('A', standings.usable)], { waiting: 1_234 });
		assert.match(readable(hover), /1,234 requests are waiting\./);
	});

	it('adds up what was sent, and tells what others are thought to have used apart', () => {
		const models = [
			modelView(standings.usable, { requestsToday: 40, sentToday: 8 }),
			modelView(standings.usable, { model: 'gemini-other', requestsToday: 4 }),
		];
		const text = readable(status([keyView('A', standings.usable, { models })]).hover);
		assert.match(text, /^12 requests today in total\. *\nOthers have probably used 32 requests\. *$/m);
	});

	it('says first of all that keys and answers are simulated, and offers the way out', () => {
		const { icon, text, hover, spoken } = statusOf(
			snapshotOf([keyView('A', standings.usable)]),
			words,
			noon,
			'simulated',
		);
		assert.deepEqual([icon, text], ['beaker', 'simulator 1/1']);
		assert.match(spoken, /^Simulator: .* Nothing goes to Google\. 1 of 1 key can answer/);
		assert.match(readable(hover), /^\*\*Simulator: .*\n[^]*\[Leave the Simulator\]\(command:keypool\.leaveSimulator\)/);
		assert.ok(status([]).hover.includes('[Try the Simulator](command:keypool.trySimulator)'));
	});

	it('says of keys that are being read that they are, not that there are none', () => {
		const reading = statusOf(snapshotOf([]), words, noon, 'reading');
		assert.deepEqual([reading.icon, reading.text, reading.alarm], ['key', '…', undefined]);
		assert.equal(reading.spoken, 'Your keys are being read.');
		assert.ok(!reading.hover.includes('keypool.addKey'));
	});

	it('says of keys that cannot be read that they are locked, not that there are none, and offers to try again', () => {
		const locked = statusOf(snapshotOf([]), words, noon, 'locked');
		assert.deepEqual([locked.icon, locked.text, locked.alarm], ['lock', 'keys locked', 'warning']);
		assert.match(locked.spoken, /cannot be read: .* They are not lost/);
		assert.match(readable(locked.hover), /They are not lost/);
		assert.ok(locked.hover.includes('[Try Again](command:keypool.checkAllKeys)'));
		assert.ok(!locked.hover.includes('keypool.addKey'));
	});

	it('tells on hover by which strategy keys are chosen, and when their order is rotated', () => {
		const hover = (rotation?: string): string =>
			readable(statusOf(snapshotOf([keyView('A', standings.usable)]), words, noon, 'own', rotation).hover);
		assert.match(hover(), /Strategy: most quota left first\..+The order of the keys is not rotated\./s);
		assert.match(hover('daily'), /The order of the keys is rotated daily, at midnight\./);
		assert.match(hover('0 6 * * 1-5'), /The order of the keys is rotated by 0 6 \* \* 1-5\./);
	});

	it('tells on hover of the team that shares what is known of the keys, and whether its server is there', () => {
		const hover = (isOnline: boolean): string => {
			const team = { server: 'valkey.example:6379', isOnline };
			const all = snapshotOf([keyView('A', standings.usable)]);
			return readable(statusOf(all, words, noon, 'own', 'off', undefined, team).hover);
		};
		assert.match(hover(true), /In a team on valkey\.example:6379\./);
		assert.match(hover(false), /out of reach: this computer counts by itself/);
		assert.doesNotMatch(readable(status([keyView('A', standings.usable)]).hover), /team/);
	});

	it('tells on hover of the other models that are asked for', () => {
		const supply = (model: string, usable: number) => ({ model, usable, total: 2, states: {}, isOverloaded: false });
		const text = readable(
			status([keyView('A', standings.usable), keyView('B', standings.usable)], {
				supplies: [supply('gemini-3.8-flash', 2), supply('gemini-pro', 0), { ...supply('gemini-ultra', 0), total: 0 }],
			}).hover,
		);
		assert.match(text, /0 of 2 keys can answer with gemini-pro now\./);
		assert.match(
			text,
			/^No key can answer with gemini-ultra right now\. *$/m,
			'no tier has it: the other models are there',
		);
		assert.equal(text.match(/can answer with gemini-3\.8-flash/g)?.length, 1);
	});
});
