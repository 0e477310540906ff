import assert from 'node:assert/strict';
import type { Attempt, KeyId, KeyView, RequestRecord } from '../../../../src/pool/pool';
import { explain } from '../../../../src/views/commands/explain';
import { LastFailures } from '../../../../src/views/shared/lastFailures';
import { hour, keyView, minute, modelView, noon, standings, words } from '../../../support/views/snapshots';

function attempt(outcome: Attempt['outcome'], sentAt: number, more: Partial<Attempt> = {}): Attempt {
	return { key: 'id of A' as KeyId, model: 'gemini-3.8-flash', label: 'A', sentAt, ms: 90, outcome: outcome, ...more };
}

const reason = (...[view, model, failure]: [Parameters<typeof explain>[0], Parameters<typeof explain>[1]?, Attempt?]) =>
	explain(view, model, failure, words, noon);

describe('why a key stands as it does', () => {
	it('says of a key the limit of the model that it rests for, also where another one rests as well', () => {
		const limited = (limit: number) => ({ limitUsage: { rpm: { used: limit, limit, source: 'stated' } } }) as const;
		const other = modelView({ ...standings.minute, until: noon + 9_000 }, { model: 'lite', ...limited(15) });
		const key = keyView('A', standings.minute, { models: [other, modelView(standings.minute, limited(5))] });
		assert.match(reason(key).paragraphs.join('\n'), /The 5 requests allowed per minute are used up/);
	});

	it('says of a day whose tokens are used up that they are, not that a request is larger than all of them', () => {
		const rests = { ...standings.day, reason: 'tpd' } as const;
		const used = { limitUsage: { tpd: { used: 1_000, limit: 1_000, source: 'stated' } } } as const;
		const text = reason(keyView('A', rests, { models: [modelView(rests, used)] })).paragraphs.join('\n');
		assert.match(text, /tokens allowed per day are used up/);
		assert.doesNotMatch(text, /larger|Shorten/);
	});

	it('says of a key with a minute\u2019s rest what happened when, and that it comes back by itself', () => {
		const rooms = { rpm: { used: 5, limit: 5, source: 'stated' } } as const;
		const key = keyView('A', standings.minute, { models: [modelView(standings.minute, { limitUsage: rooms })] });
		const told = reason(
			key,
			undefined,
			attempt('rpm', noon - 18_000, { serviceMessage: 'Quota exceeded.\nRetry in 59s.' }),
		);
		assert.equal(told.title, 'A: resting until 12:01: requests per minute used up');
		const text = told.paragraphs.join('\n');
		assert.equal(told.paragraphs.length, 5);
		for (const part of [
			'The 5 requests allowed per minute are used up.',
			'Its last failed call was at 11:59, with gemini-3.8-flash: requests per minute used up.',
			'The service said: Quota exceeded. Retry in 59s.',
			'Keypool sends it nothing until 12:01. Then it tries again by itself.',
			'Health 100 of 100. Each answer adds 5; each refusal because of the quota or the key itself subtracts 20.',
		])
			assert.ok(text.includes(part), `${part}\n---\n${text}`);
		assert.deepEqual(told.act, { command: 'keypool.clearRest', onKey: true, title: 'Clear the Rest' });
	});

	it('says of a key that a demand for paid keys bars that it takes nothing, and leads to its tier', () => {
		const barred = (label: string, availability: KeyView['availability']) =>
			explain(keyView(label, availability, { isBarred: true }), undefined, undefined, words, noon);
		const usable = barred('A', standings.usable);
		assert.equal(usable.title, 'A: paid keys only');
		assert.deepEqual(usable.paragraphs, [
			'Only keys of paid projects are used here, because of the setting keypool.paidOnly or keypool.paidOnlyInRestrictedMode. If its project has billing, set its tier to paid.',
			'Health 100 of 100. Each answer adds 5; each refusal because of the quota or the key itself subtracts 20.',
		]);
		assert.deepEqual(usable.act, { command: 'keypool.setTier', onKey: true, title: 'Set Tier…' });
		assert.doesNotMatch(barred('A', standings.minute).paragraphs.join('\n'), /by itself/);
		assert.match(barred('A', standings.disabled).paragraphs.join('\n'), /You have disabled it/);
	});

	it('says of a key that could answer that it takes nothing while Keypool has paused, and leads out of the pause', () => {
		const paused = (availability: KeyView['availability']) =>
			explain(keyView('A', availability), undefined, undefined, words, noon, true);
		const usable = paused(standings.usable);
		const text = usable.paragraphs.join('\n');
		assert.match(text, /^Keypool has paused to protect your keys\. Check the key that caused it, then resume\.$/m);
		assert.doesNotMatch(text, /takes requests/);
		assert.deepEqual(usable.act, { command: 'keypool.resume', onKey: false, title: 'Resume' });
		const resting = paused(standings.minute);
		assert.doesNotMatch(resting.paragraphs.join('\n'), /by itself/, 'nothing does while it lasts');
		assert.equal(resting.act?.command, 'keypool.resume');
		assert.match(paused(standings.disabled).paragraphs.join('\n'), /You have disabled it/);
		assert.equal(paused(standings.leaked).act?.command, 'keypool.replaceKey', 'what this key needs helps more');
	});

	it('says of an overloaded model that no other key is used instead', () => {
		const told = reason(keyView('A', { state: 'coolingDown', reason: 'overloaded', until: noon + minute }));
		const text = told.paragraphs.join('\n');
		assert.match(text, /sends nothing to this model until 12:01, with any key/);
		assert.doesNotMatch(text, /other keys/);
	});

	it('says after a reload too what the service said of a rest, and leads to the page on limits', () => {
		const told = reason(keyView('A', { ...standings.day, serviceMessage: 'You exceeded your current quota.' }));
		assert.match(told.paragraphs.join('\n'), /The service said: You exceeded your current quota\./);
		assert.match(told.link?.url ?? '', /docs\/rate-limits$/);
	});

	it('leads to the page that says which tier has a model, and in which regions the service is', () => {
		const until = noon + hour;
		const link = (availability: Parameters<typeof keyView>[1]) => reason(keyView('A', availability)).link?.url ?? '';
		assert.match(link({ state: 'unsupported', reason: 'tierLacksModel', until }), /docs\/pricing$/);
		assert.match(link({ state: 'quarantined', reason: 'region', since: noon }), /docs\/available-regions$/);
	});

	it('says of a leaked key when, what the service said, that only a person helps, and where', () => {
		const told = reason(keyView('A', standings.leaked));
		const text = told.paragraphs.join('\n');
		for (const part of [
			'reported this key as leaked',
			'It happened at 11:00.',
			'The service said: Your API key was reported as leaked.',
			'will not try it again by itself',
			'create a new one',
		])
			assert.ok(text.includes(part), `${part}\n---\n${text}`);
		assert.deepEqual(told.act, { command: 'keypool.replaceKey', onKey: true, title: 'Replace It…' });
		assert.match(told.link?.url ?? '', /aistudio/);
	});

	it('names the time of the next check, and offers to check now', () => {
		const blocked = {
			state: 'quarantined',
			reason: 'blocked',
			since: noon - hour,
			recheckAt: noon + 5 * minute,
		} as const;
		const told = reason(keyView('A', blocked));
		assert.match(told.paragraphs.join('\n'), /will check it again at 12:05/);
		assert.deepEqual(told.act, { command: 'keypool.checkKey', onKey: true, title: 'Check Now' });
	});

	it('offers to use a key again that no check can free', () => {
		const told = reason(keyView('A', { state: 'quarantined', reason: 'billing', since: noon - hour }));
		assert.equal(told.act?.command, 'keypool.useAgain');
		assert.match(told.paragraphs.join('\n'), /choose Use Again/);
	});

	it('says of a usable key which of its models is not, and of one that nobody tried that it is unchecked', () => {
		const key = keyView('A', standings.usable, { models: [modelView(standings.day, { model: 'other' })] });
		assert.match(reason(key).paragraphs.join('\n'), /other: resting until midnight Pacific/);
		const fresh = reason(keyView('A', standings.usable, { isVerified: false }));
		assert.match(fresh.paragraphs.join('\n'), /Ready, but not verified yet/);
		assert.equal(fresh.act?.command, 'keypool.checkKey');
		assert.equal(reason(keyView('A', standings.usable)).act, undefined);
	});

	it('speaks of one model where it is asked about one', () => {
		const closed = { state: 'unsupported', reason: 'tierLacksModel', until: noon + hour } as const;
		const told = reason(keyView('A', standings.usable), modelView(closed, { model: 'big' }));
		assert.match(told.title, /^A on big: /);
		assert.match(told.paragraphs.join('\n'), /does not include big[^]*tries again at 13:00[^]*Choose another model/);
	});

	it('says what a person did, and how to undo it', () => {
		const off = reason(keyView('A', standings.disabled));
		assert.match(off.paragraphs.join('\n'), /You have disabled it/);
		assert.equal(off.act?.command, 'keypool.enableKey');
		const capped = reason(keyView('A', { state: 'coolingDown', reason: 'cap', until: noon + hour }));
		assert.equal(capped.act?.command, 'keypool.setDailyCap');
	});

	it('shortens a page of an answer', () => {
		const serviceMessage = 'x'.repeat(10_000);
		const text = reason(keyView('A', { ...standings.leaked, serviceMessage })).paragraphs.join('');
		assert.ok(text.length < 1_000 && text.includes('…'));
	});
});

describe('the last failure of a key', () => {
	const attempts = (...attempts: Attempt[]): RequestRecord => ({
		request: 'r',
		origin: 'chat',
		endedAt: noon,
		outcome: 'answered',
		attempts,
	});

	it('is the newest of this window and of what was written, for the model that is asked about', () => {
		let tell: (attempt: Attempt) => void = () => undefined;
		const written: RequestRecord[] = [];
		const failures = new LastFailures({
			onAttempt: (listener) => {
				tell = listener;
				return () => (tell = () => undefined);
			},
			requestRecords: () => written,
		});
		const key = 'id of A' as KeyId;
		assert.equal(failures.of(key), undefined);
		tell(attempt('rpm', noon, { serviceMessage: 'live' }));
		tell(attempt('answered', noon + 1));
		tell(attempt('cancelled', noon + 2));
		assert.equal(failures.of(key)?.serviceMessage, 'live');
		assert.equal(failures.of(key, 'other'), undefined);
		assert.equal(failures.of('id of B' as KeyId), undefined);
		written.push(attempts(attempt('rpd', noon - 1, { model: 'other' }), attempt('badKey', noon + 5)));
		assert.equal(failures.of(key, 'other')?.outcome, 'rpd');
		assert.equal(failures.of(key)?.outcome, 'badKey');
		failures.dispose();
		tell(attempt('tpm', noon + 9));
		assert.equal(failures.of(key)?.outcome, 'badKey');
	});
});
