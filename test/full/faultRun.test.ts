import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqlitePlace } from '../../src/platform/ledger/sqlitePlace';
import { MemoryLedger, SharedLedger } from '../../src/pool/pool';
import { toContribute } from '../../src/pool/rejoin';
import { keepHouse, Upkeep } from '../../src/pool/upkeep';
import type { BodyName } from '../../src/simulator/service';
import { FaultyPlace } from '../ledger/faults';
import { sum } from '../unit/monitoring/exposition';
import { seeded } from '../unit/simulator/stand';
import { randomFaults } from './randomFaults';
import { dashboardData } from '../../src/views/dashboard/project';
import type { SeriesView } from '../../src/webviews/dashboardProtocol';
import { words } from '../unit/views/snapshots';
import { World, type Asked } from '../unit/whole/world';

const requests = 10_000;
const keys = 10;

describe('a fault run', () => {
	const rejections: unknown[] = [];
	const hear = (reason: unknown): void => void rejections.push(reason);
	before(async () => {
		// Reading it takes real time, which virtual time must not wait for.
		await import('@google/genai/web');
		process.on('unhandledRejection', hear);
	});
	after(() => {
		process.off('unhandledRejection', hear);
	});

	it(`of ${requests} requests loses nothing and doubles nothing, and all who count agree`, async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'keypool-faults-'));
		const troubles: string[] = [];
		let disk: FaultyPlace | undefined;
		const random = seeded(7);
		const world = new World({
			seed: 1,
			keys,
			faults: randomFaults(3 * requests, random),
			ledger: (clock) => {
				disk = new FaultyPlace(new SqlitePlace(folder));
				return new SharedLedger({
					place: disk,
					clock,
					random,
					rejoin: () => Promise.resolve(toContribute),
					onTrouble: (trouble) => troubles.push(trouble),
					onError: (error) => troubles.push(String(error)),
				});
			},
		});
		const { clock, service, pool } = world;
		const endHouse = keepHouse(new Upkeep(world.ledger, pool), clock, hear);
		let heard = 0;
		let thrown = 0;
		pool.onEvent(() => {
			heard++;
			if (random() < 0.01) {
				thrown++;
				throw new Error('a listener');
			}
		});

		const all: Asked[] = [];
		/** What happens when so many requests have come. */
		const acts = new Map<number, () => void>([
			[
				1_000,
				() => service.setFaults([{ when: 'always', kind: 'error', body: '400_api_key_invalid' }], world.secretOf('k1')),
			],
			[1_500, () => clock.jump(600_000)],
			[2_000, () => service.setFaults([], world.secretOf('k1'))],
			[3_000, () => clock.jump(-180_000)],
			[4_000, () => disk && (disk.committing = 'full')],
			[4_400, () => disk && (disk.committing = undefined)],
			[
				5_000,
				() =>
					service.setFaults([{ when: 'always', kind: 'error', body: '403_service_disabled' }], world.secretOf('k2')),
			],
			[6_000, () => clock.jump(3_600_000)],
			[8_000, () => disk && (disk.committing = 'readOnly')],
			[8_200, () => disk && (disk.committing = undefined)],
		]);
		while (all.length < requests) {
			acts.get(all.length)?.();
			const abort = new AbortController();
			if (random() < 0.03) clock.after(random() * 600, () => abort.abort());
			all.push(world.ask(`q${all.length} [short]`, abort.signal));
			await clock.advance(random() * 1_500);
		}
		await clock.until(Promise.all(all.map(({ ended }) => ended)));
		await clock.advance(60_000);

		// Nothing is lost, nothing is doubled.
		assert.ok(all.every(({ ends }) => ends === 1));
		const answered = all.filter(({ finished }) => finished !== undefined);
		assert.ok(answered.length > 0.9 * requests, `${answered.length} answered`);
		const whole = /^You asked "(q\d+ \[short\])", and the simulator answers with (\S+)\.\n$/;
		const nonces = new Set<string>();
		for (const { question, text, finished } of answered) {
			if (finished !== 'STOP') continue;
			const [, quoted, nonce = ''] = whole.exec(text) ?? [];
			assert.equal(quoted, question, `the answer to ${question} is: ${text}`);
			assert.ok(!nonces.has(nonce), `${nonce} came twice`);
			nonces.add(nonce);
		}
		assert.deepEqual(rejections, []);
		assert.equal(world.listenerErrors.length, thrown);
		assert.ok(thrown > 0 && heard > requests);
		assert.deepEqual(troubles, ['full', 'readOnly']);

		// The simulator, the log, the metrics, the ledger and the dashboard count the same.
		const samples = await world.samples();
		const switches = all.reduce((total, asked) => total + asked.switches, 0);
		assert.deepEqual(
			{
				requests: sum(samples, 'gemini_requests_total'),
				answered: sum(samples, 'gemini_requests_total', { status: 'success' }),
				sends: sum(samples, 'gemini_attempts_total'),
				fallbacks: sum(samples, 'gemini_fallbacks_total'),
				inputTokens: sum(samples, 'gemini_tokens_total', { direction: 'input' }),
				loggedSends: world.logged.attempts,
				loggedFallbacks: world.logged.fallbacks,
				loggedAnswers: world.logged.answered,
				loggedFailures: world.logged.failed,
				ledger: world.counted,
			},
			{
				requests,
				answered: answered.length,
				sends: world.taken,
				fallbacks: switches,
				inputTokens: world.counted.input,
				loggedSends: world.taken,
				loggedFallbacks: switches,
				loggedAnswers: answered.length,
				loggedFailures: requests - answered.length,
				ledger: { sends: world.taken, input: world.counted.input },
			},
		);
		assert.equal(world.sent, world.taken);
		const shown = dashboardData(pool.snapshot(), pool.usage(), world.ledger.now(), words, world.masker.mask);
		const { total, byKey, byOutcome, keys: rows } = shown.day;
		assert.deepEqual(
			{ ...total, byKey: sends(byKey), byOutcome: sends(byOutcome), rows: rows.length },
			{
				sends: world.taken,
				answered: sum(samples, 'gemini_attempts_total', { outcome: 'answered' }),
				input: world.counted.input,
				output:
					sum(samples, 'gemini_tokens_total', { direction: 'output' }) +
					sum(samples, 'gemini_tokens_total', { direction: 'thoughts' }),
				byKey: world.taken,
				byOutcome: world.taken,
				rows: keys,
			},
		);
		for (const { label, sends: sent, answered: good } of rows) {
			const of = { key: label };
			assert.deepEqual(
				[sent, good],
				[
					sum(samples, 'gemini_attempts_total', of),
					sum(samples, 'gemini_attempts_total', { ...of, outcome: 'answered' }),
				],
				label,
			);
		}
		const asked = new Map(all.map((one) => [one.question, one]));
		assert.equal(shown.requests.length, 100);
		for (const { id, outcome, switches } of shown.requests) {
			const one = asked.get(id);
			assert.equal(outcome, one?.error?.reason ?? (one?.finished === undefined ? 'cancelled' : 'answered'), id);
			assert.equal(switches.length, one?.switches, id);
		}
		const spans = shown.rests.flatMap((row) => row.spans).length;
		assert.ok(spans > 0 && spans <= sum(samples, 'gemini_rests_total') + sum(samples, 'gemini_benches_total'));
		endHouse();
		await world.end();
		assert.equal(clock.pending, 0);
		rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	});

	for (const body of ['403_leaked_key', '403_consumer_suspended', '403_project_denied'] satisfies BodyName[]) {
		it(`with ${body} pauses at once, spares the other keys, and goes on when a person resumes`, async () => {
			const world = new World({ seed: 3, keys: 6, ledger: (clock) => new MemoryLedger(clock) });
			const { clock, service, pool } = world;
			const all: Asked[] = [];
			const ask = async (times: number): Promise<void> => {
				for (let n = 0; n < times; n++) {
					all.push(world.ask(`q${all.length} [short]`));
					await clock.advance(200);
				}
				await clock.until(Promise.all(all.map(({ ended }) => ended)));
			};
			await ask(100);
			service.setFaults([{ when: 'always', on: 'generation', kind: 'error', body }], world.secretOf('k3'));
			await ask(100);
			const { paused } = pool.snapshot();
			assert.equal(paused?.by, 'k3');
			const { taken } = world;
			await ask(50);
			assert.equal(world.taken, taken, 'nothing was sent during the pause');
			assert.ok(all.slice(-50).every(({ error }) => error?.reason === 'paused'));
			const refused = [...service.counts.generation].filter(([outcome]) => outcome.startsWith('rejected:403'));
			assert.deepEqual(refused, [[`rejected:${body}`, 1]], 'one call met the signal');
			const during = await world.samples();
			assert.equal(sum(during, 'gemini_pool_state', { state: 'paused' }), 1);
			assert.equal(sum(during, 'gemini_available_keys'), 0);
			assert.equal(world.logged.paused, 1);
			await pool.act({ do: 'resume' });
			await ask(50);
			assert.ok(all.slice(-50).every(({ finished }) => finished === 'STOP'));
			const samples = await world.samples();
			assert.equal(sum(samples, 'gemini_requests_total'), all.length);
			assert.equal(sum(samples, 'gemini_attempts_total'), world.taken);
			assert.equal(world.counted.sends, world.taken);
			assert.deepEqual(rejections, []);
			await world.end();
		});
	}

	it('takes nine retired keys for no abuse', async () => {
		const world = new World({ seed: 4, keys: 10, ledger: (clock) => new MemoryLedger(clock) });
		for (let n = 0; n < 9; n++) {
			world.service.setFaults(
				[{ when: 'always', kind: 'error', body: '400_api_key_expired' }],
				world.secretOf(`k${n}`),
			);
		}
		const asked = world.ask('q [short]');
		await world.clock.until(asked.ended);
		assert.equal(asked.finished, 'STOP');
		assert.equal(world.pool.snapshot().paused, undefined);
		assert.equal(world.taken, sum(await world.samples(), 'gemini_attempts_total'));
		await world.end();
	});
});

function sends(series: readonly SeriesView[]): number {
	return series.flatMap((one) => one.sends).reduce((total, n) => total + n, 0);
}
