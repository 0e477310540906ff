import assert from 'node:assert/strict';
import { createMasker } from '../../../../src/masking/masking';
import { createLog, type Log } from '../../../../src/monitoring/log/log';
import { RecentLines } from '../../../../src/monitoring/log/recentLines';
import { problemReport } from '../../../../src/monitoring/report/problemReport';
import { keyView, model, modelView, noon, snapshotOf, standings } from '../../../support/views/snapshots';

const silent: Log = {
	trace: () => undefined,
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};

describe('a problem report', () => {
	const facts = {
		versions: [['Keypool for Gemini', '0.1.0']],
		settings: { strategy: 'weighted', baseUrl: 'https://gateway.example.com', 'alerts.mailTo': ['me@example.com'] },
		snapshot: snapshotOf([
			keyView('Free', standings.minute, {
				models: [modelView(standings.minute, { limitUsage: { rpm: { used: 5, limit: 5, source: 'stated' } } })],
			}),
			keyView('Team', standings.leaked),
			keyView('Shop', { ...standings.day, isEndless: true }),
		]),
		lines: ['2026-11-24T12:00:00.000Z [warn] one', 'a fence ``` in it'],
	} as const;

	it('says versions, settings, the pool and the last lines of the log', () => {
		const text = problemReport(facts, (given) => given);
		for (const part of [
			'- Keypool for Gemini: 0.1.0',
			'- keypool.strategy: "weighted"',
			`- Free (free, primary, weight 1): coolingDown (rpm) until 2026-11-24T12:00:42.000Z; score 100, 0 answered, 0 failed`,
			`  - ${model}: coolingDown (rpm) until 2026-11-24T12:00:42.000Z; 0 sent today; 0 in flight; rpm 5/5 (stated)`,
			'- Team (free, primary, weight 1): quarantined (leaked)',
			'- Shop (free, primary, weight 1): coolingDown (rpd) until a limit of 0 is changed',
			'[warn] one',
		]) {
			assert.ok(text.includes(part), `${part} in\n${text}`);
		}
		assert.equal(text.split('```').length, 3);
	});

	it('names neither people nor machines, and passes the masker as a whole', () => {
		const text = problemReport({ ...facts, settings: { ...facts.settings, model: 'sim-planted' } }, (given) =>
			given.replaceAll('sim-planted', '***'),
		);
		for (const private_ of ['example.com', 'sim-planted']) assert.ok(!text.includes(private_));
		assert.ok(text.includes('- keypool.alerts.mailTo: (set)') && text.includes('"***"'));
	});

	it('has no instruction of the person, which goes along with every prompt, and no endless setting', () => {
		const generation = { system: 'You know my secret plan.', temperature: 1, stopSequences: ['my secret'] };
		const limits = { [`${'x'.repeat(5_000)} end`]: {} };
		const text = problemReport({ ...facts, settings: { generation, limits } }, (given) => given);
		assert.ok(text.includes('- keypool.generation: {"system":"(set)","temperature":1,"stopSequences":"(set)"}'), text);
		assert.ok(!text.includes('secret') && !text.includes('xx end') && text.length < 5_000);
	});

	it('has no text that was meant as an instruction either, where its option has another name or is no object', () => {
		for (const [generation, said] of [
			[{ systemInstruction: { parts: [{ text: 'secret' }] }, topK: 5 }, '{"systemInstruction":"(set)","topK":5}'],
			[{ thinking: 'high', System: ['secret'], store: false }, '{"thinking":"high","System":"(set)","store":false}'],
			['You know my secret plan.', '"(set)"'],
		] as const) {
			const text = problemReport({ ...facts, settings: { generation } }, (given) => given);
			assert.ok(text.includes(`- keypool.generation: ${said}`) && !text.includes('secret'), text);
		}
	});

	it('has nothing that was for tracing, and is bounded', () => {
		const recent = new RecentLines(() => noon);
		const log = createLog(recent.keeping(silent), createMasker().mask);
		log.trace('said: the prompt');
		log.warn('first');
		for (let n = 0; n < 1_000; n++) log.debug(`line ${n}`);
		assert.equal(recent.lines.length, 400);
		assert.equal(recent.lines.at(-1), '2026-11-24T12:00:00.000Z [debug] line 999');
		for (let n = 0; n < 1_000; n++) log.error('x'.repeat(5_000));
		assert.ok(recent.lines.join('').length <= 100_000);
		const text = problemReport({ ...facts, lines: recent.lines }, (given) => given);
		assert.ok(!text.includes('the prompt'));
	});
});
