import assert from 'node:assert/strict';
import { modelEntries } from '../../../src/languageModel/models/modelEntries';
import { statusFor } from '../../../src/gateway/answers/status';
import { explain } from '../../../src/views/commands/explain';
import type { KeyPlan } from '../../support/pool/keyPlan';
import { answers, Rig } from '../../support/pool/rig';
import { words } from '../../support/views/snapshots';

const atGateway = {
	client: { id: 't', name: 'tool', hash: '', createdAt: 0, rules: { keys: 'any', parallel: 1, models: ['m'] } },
	usage: { lastUsedAt: 0, underWay: 0, today: { requests: 0, input: 0, output: 0, endsAt: 0 } },
	paidOnly: false,
} as const;

const said = /is 0: it lets nothing through/;

describe('a limit of 0 that a person set', () => {
	for (const [what, plan, change] of [
		['a daily cap', { dailyCap: { requests: 0 } }, 'keypool.setDailyCap'],
		['a daily cap of tokens', { dailyCap: { tokens: 0 } }, 'keypool.setDailyCap'],
		['requests a minute', { limits: { m: { rpm: 0 } } }, 'keypool.setLimits'],
		['requests a day', { limits: { m: { rpd: 0 } } }, 'keypool.setLimits'],
		['tokens a minute', { limits: { m: { tpm: 0 } } }, 'keypool.setLimits'],
		['tokens a day', { limits: { m: { tpd: 0 } } }, 'keypool.setLimits'],
	] as const satisfies readonly (readonly [string, KeyPlan, string])[]) {
		it(`holds until they change it, and nobody is told that it works again by itself: ${what}`, async () => {
			const rig = new Rig({ a: plan }, answers);
			const { error } = await rig.answer();
			assert.ok(error);
			assert.equal(error.facts.retryAt, undefined);
			const { text, remedy = '' } = words.describeError(error);
			assert.match(text, said);
			assert.doesNotMatch(remedy, /by itself/);
			const snapshot = rig.pool.snapshot();
			const [view] = snapshot.keys;
			assert.ok(view);
			const now = rig.clock.wall();
			assert.match(words.announceKey(view, now), /^your limit is 0$/);
			assert.equal(snapshot.supplies[0]?.back, undefined);
			const why = explain(view, undefined, undefined, words, now);
			assert.match(why.paragraphs.join('\n'), said);
			assert.doesNotMatch(why.paragraphs.join('\n'), /by itself|sends it nothing/);
			assert.equal(why.act?.command, change);
			const [, entry] = modelEntries({ models: [], configured: ['m'], snapshot, words });
			assert.doesNotMatch(entry?.warning ?? '', /back/);
			assert.deepEqual(statusFor({ ...atGateway, snapshot, at: now, now }).models, [{ model: 'm', isUsable: false }]);
		});
	}
});
