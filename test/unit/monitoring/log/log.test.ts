import assert from 'node:assert/strict';
import { createLog, type Log } from '../../../../src/monitoring/log/log';
import { Failure, type PoolEvent, type FailureAction } from '../../../../src/pool/pool';
import type { WatchedPool } from '../../../../src/monitoring/log/poolWatch';
import { logPool } from '../../../../src/monitoring/log/poolLog';
import { keyView, model, noon, snapshotOf, standings } from '../../../support/views/snapshots';
import { answers, badKey, fails, hangs, overloaded, Rig, rpm } from '../../../support/pool/rig';
import { VirtualClock } from '../../../support/virtualClock';

function recorder(): { channel: Log; lines: string[] } {
	const lines: string[] = [];
	const level = (name: string) => (line: string) => lines.push(`${name} ${line}`);
	return {
		lines,
		channel: {
			trace: level('trace'),
			debug: level('debug'),
			info: level('info'),
			warn: level('warn'),
			error: level('error'),
		},
	};
}

describe('log', () => {
	it('masks every line, keeps it one line, and bounds it', () => {
		const { channel, lines } = recorder();
		const log = createLog(channel, (text) => text.replaceAll('secret', '***'));
		log.error('a secret\r\nb\u2028c');
		log.debug('x'.repeat(10_000));
		assert.equal(lines[0], 'error a *** b c');
		assert.ok(lines[1] !== undefined && lines[1].length < 2100);
	});

	it('masks no line that goes nowhere', () => {
		const { channel, lines } = recorder();
		const masked: string[] = [];
		const log = createLog({ ...channel, shows: (level) => level === 'error' }, (text) => {
			masked.push(text);
			return text;
		});
		for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level](level);
		assert.deepEqual(masked, ['error']);
		assert.deepEqual(lines, ['error error']);
	});

	it('warns of a request that failed, and of none that a person stopped', async () => {
		const { channel, lines } = recorder();
		const rig = new Rig({ a: {} }, hangs);
		const off = logPool(rig.pool, rig.clock, channel);
		const abort = new AbortController();
		const stopped = rig.ask({}, abort.signal);
		await rig.clock.settle();
		abort.abort();
		await stopped.ended;
		assert.deepEqual(
			lines.filter((line) => !line.startsWith('debug')).map((line) => line.replace(/\[.*\] /, '')),
			['info cancelled'],
		);
		rig.setScript(() => fails({ type: 'fail', reason: 'badRequest' }));
		await rig.answer();
		assert.match(lines.join('\n'), /warn \[.*\] failed: badRequest/);
		off();
	});

	it('takes no snapshot of all keys for a line: a prompt that tries a hundred would wait for a hundred', async () => {
		const { channel, lines } = recorder();
		const keys = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, { label: `key ${n}` }]));
		const rig = new Rig(keys, () => fails(rpm(600_000)));
		let snapshots = 0;
		const pool: WatchedPool = {
			snapshot: () => {
				snapshots++;
				return rig.pool.snapshot();
			},
			onEvent: (listener) => rig.pool.onEvent(listener),
		};
		const off = logPool(pool, rig.clock, channel);
		await rig.answer({ maxWaitMs: 0 });
		const named = lines.filter((line) => /fallback: key \d+ on m rate_limited/.test(line));
		assert.deepEqual([rig.sends.length, named.length], [100, 100]);
		assert.ok(snapshots <= 5, String(snapshots));
		rig.setKeys({ ...keys, k0: { label: 'renamed' } });
		await rig.clock.advance(700_000);
		await rig.answer({ maxWaitMs: 0 });
		assert.ok(lines.some((line) => line.includes('fallback: renamed on m')));
		off();
	});

	it('says once what a request waits for, not each time that one before it is served: the report of a problem held nothing else', async () => {
		const rig = new Rig({ a: { limits: { m: { rpm: 5 } } }, b: { limits: { m: { rpm: 5 } } } }, answers);
		const lines = logged(rig);
		const asked = Array.from({ length: 60 }, () => rig.ask({ maxWaitMs: 3_600_000 }));
		await rig.clock.until(Promise.all(asked.map(({ ended }) => ended)));
		const waiting = lines.filter((line) => line.includes('waiting: '));
		assert.equal(lines.filter((line) => line.includes('answered: ')).length, 60);
		assert.equal(waiting.length, 50, `${waiting.length} lines`);
		assert.match(waiting[0] ?? '', /^info \[r11 test\] waiting: [ab] on m rpm, \d+ s, 0 ahead$/);
	});

	it('says anew that a request waits where a send has come between', async () => {
		const rig = new Rig({ a: {} }, (send) => (send.nth < 3 ? fails(rpm(20_000)) : answers(send)));
		const lines = logged(rig);
		await rig.answer();
		assert.deepEqual(
			lines.flatMap((line) => /(?:waiting|attempt): \w+ on m:? \w+/.exec(line)?.[0] ?? []),
			[
				...['attempt: a on m: rpm', 'waiting: a on m rpm', 'attempt: a on m: rpm', 'waiting: a on m rpm'],
				'attempt: a on m: answered',
			],
		);
	});

	it('writes each attempt at debug, and each fallback as a warning with key, reason and until', () => {
		const { channel, lines } = recorder();
		const keys = [keyView('Free', standings.minute), keyView('Paid', standings.usable)] as const;
		const [free, paid] = keys.map(({ key }) => ({ key: key.id, model }));
		assert.ok(free && paid);
		const listeners: ((event: PoolEvent) => void)[] = [];
		logPool(
			{
				snapshot: () => snapshotOf(keys),
				onEvent: (listener) => {
					listeners.push(listener);
					return () => undefined;
				},
			},
			new VirtualClock(),
			createLog(channel, (text) => text),
		);
		const about = { request: 'r1', origin: 'chat' };
		const attempt = {
			...free,
			label: 'Free',
			sentAt: noon,
			ms: 12.4,
			outcome: 'rpm',
			serviceMessage: 'Quota exceeded',
		} as const;
		for (const listener of listeners) {
			listener({ type: 'attempt', ...about, attempt });
			listener({
				type: 'attempt',
				...about,
				attempt: { ...paid, label: 'Paid', sentAt: noon, ms: 3, outcome: 'network', unsent: true },
			});
			listener({
				type: 'attempt',
				...about,
				attempt: { ...paid, label: 'Paid', sentAt: noon, ms: 900, outcome: 'answered' },
			});
			const until = noon + 42_000;
			listener({ type: 'keySetAside', ...about, key: free.key, model, reason: 'rpm', until });
			listener({ type: 'part', ...about, part: { type: 'switched', attempt: 2, from: free, to: paid, reason: 'rpm' } });
		}
		assert.deepEqual(lines, [
			`debug [r1 chat] attempt: Free on ${model}: rpm after 12 ms`,
			'trace [r1 chat] said: Quota exceeded',
			`debug [r1 chat] attempt: Paid on ${model}: network, not sent, after 3 ms`,
			`debug [r1 chat] attempt: Paid on ${model}: answered after 900 ms`,
			`warn [r1 chat] fallback: Free on ${model} rate_limited (rpm) until 2026-11-24T12:00:42.000Z`,
			`info [r1 chat] goes on with: Paid on ${model}`,
		]);
	});

	function logged(rig: Rig): string[] {
		const { channel, lines } = recorder();
		logPool(
			rig.pool,
			rig.clock,
			createLog(channel, (text) => text),
		);
		return lines;
	}

	it('says CRITICAL once an episode, which ends when two keys are usable', async () => {
		let failing = ['a', 'b'];
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) =>
			failing.includes(send.key) ? fails(rpm(30_000)) : answers(send),
		);
		const lines = logged(rig);
		const supply = (): string[] => lines.filter((line) => /exhausted|recovered/.test(line));
		await rig.answer();
		await rig.clock.advance(1_000);
		await rig.answer();
		await rig.clock.advance(1_000);
		assert.deepEqual(supply(), ['error CRITICAL almost exhausted: 1 of 3 keys can answer with m']);
		failing = [];
		await rig.clock.advance(60_000);
		assert.deepEqual(supply().slice(1), ['info recovered: 3 of 3 keys can answer with m']);
		failing = ['a', 'b', 'c'];
		rig.ask({ maxWaitMs: 0 });
		await rig.clock.advance(1_000);
		assert.deepEqual(
			supply()
				.slice(2)
				.map((line) => line.replace(/ until .*/, '')),
			[
				'error CRITICAL almost exhausted: 0 of 3 keys can answer with m',
				'error all exhausted: none of 3 keys can answer with m',
			],
		);
	});

	it('says CRITICAL for each model that is asked for, not for that of the setting alone', async () => {
		const dry = new Set(['pro']);
		const rig = new Rig({ a: {}, b: {}, c: {} }, (send) => (dry.has(send.model) ? fails(rpm(30_000)) : answers(send)));
		const lines = logged(rig);
		const supply = (): string[] =>
			lines.splice(0).flatMap((line) => (/exhausted|recovered/.test(line) ? line.replace(/ until .*/, '') : []));
		await rig.answer({ models: ['pro'], maxWaitMs: 0 });
		await rig.clock.advance(1_000);
		assert.deepEqual(supply(), [
			'error CRITICAL almost exhausted: 0 of 3 keys can answer with pro',
			'error all exhausted: none of 3 keys can answer with pro',
		]);
		dry.add('m');
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(1_000);
		assert.deepEqual(supply(), [
			'error CRITICAL almost exhausted: 0 of 3 keys can answer with m',
			'error all exhausted: none of 3 keys can answer with m',
		]);
		dry.clear();
		await rig.clock.advance(60_000);
		assert.deepEqual(supply().sort(), [
			'info recovered: 3 of 3 keys can answer with m',
			'info recovered: 3 of 3 keys can answer with pro',
		]);
	});

	it('says that a project which is marked as paid counts as free, once', async () => {
		const tier = new Failure(rpm(1_000), true, 'Quota exceeded', 429, 'free');
		const refuses = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(tier) }) });
		const rig = new Rig({ a: { tier: 'paid', project: 'p' }, b: { tier: 'paid', project: 'p' } }, refuses);
		const lines = logged(rig);
		for (let n = 0; n < 2; n += 1) {
			await rig.answer({ maxWaitMs: 0 });
			await rig.clock.advance(30_000);
		}
		const told = lines.filter((line) => line.includes('tier revoked'));
		assert.equal(told.length, 1);
		assert.match(told[0] ?? '', /^warn tier revoked: the project of a is marked as paid/);
	});

	it('calls an overloaded model no lack of keys', async () => {
		const rig = new Rig({ a: {}, b: {} }, (send) => (send.nth < 3 ? fails(overloaded) : answers(send)));
		const lines = logged(rig);
		const asked = rig.ask();
		await rig.clock.advance(500);
		assert.equal(rig.pool.snapshot().usable, 0);
		await rig.clock.until(asked.ended);
		await rig.clock.advance(2_000);
		assert.deepEqual(
			lines.filter((line) => /exhausted|recovered/.test(line)),
			[],
		);
	});

	it('knows only "all exhausted" where one key is enabled', async () => {
		const rig = new Rig({ a: {}, b: { enabled: false } }, () => fails(badKey));
		const lines = logged(rig);
		await rig.answer();
		await rig.clock.advance(1_000);
		assert.deepEqual(
			lines.filter((line) => line.startsWith('error')),
			['error all exhausted: none of 1 keys can answer with m'],
		);
		assert.ok(lines.includes('warn quarantined: a (badKey)'));
	});

	it('keeps what the service said, which can quote the prompt, for those who trace, whatever went wrong', async () => {
		const verdicts: readonly FailureAction[] = [
			{ type: 'fail', reason: 'badRequest' },
			{ type: 'fail', reason: 'unexpected' },
			{ type: 'coolDown', reason: 'rpm', delayMs: 600_000 },
			{ type: 'quarantine', reason: 'denied', scope: 'key', abuse: false, recheckMs: [] },
			{ type: 'retrySameKey', reason: 'overloaded', scope: 'model', maxRetries: 0, afterRetries: 'fail' },
		];
		for (const verdict of verdicts) {
			const rig = new Rig({ a: {} }, () => fails(verdict, 'cannot read "my secret plan"'));
			const lines = logged(rig);
			await rig.answer({ maxWaitMs: 0 });
			const quoting = lines.filter((line) => line.includes('secret plan'));
			assert.deepEqual(quoting, ['trace [r1 test] said: cannot read "my secret plan"'], verdict.reason);
		}
	});
});
