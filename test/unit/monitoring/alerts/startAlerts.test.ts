import assert from 'node:assert/strict';
import type { Alert } from '../../../../src/monitoring/alerts/alert';
import { startAlerts } from '../../../../src/monitoring/alerts/startAlerts';
import type { Receiver } from '../../../../src/monitoring/alerts/receiver';
import { LeaderElection } from '../../../../src/pool/maintenance/leaderElection';
import { badKey, answers, fails, Rig, rpd } from '../../../support/pool/rig';
import { settingsOf, Written } from '../../../support/written';

/** Windows on one store, each with the same receiver. */
function windows(rig: Rig) {
	const kept: { value: unknown } = { value: undefined };
	const open = (name: string) => {
		const sent: Alert[] = [];
		const areSome: boolean[] = [];
		const secrets: ((change: { readonly key: string }) => void)[] = [];
		let receivers: readonly Receiver[] = [];
		let isLocked = false;
		const reports: unknown[] = [];
		const election = new LeaderElection(rig.store, rig.clock, name);
		const settings = settingsOf(new Written());
		const silent = (): void => undefined;
		const alerts = startAlerts({
			pool: rig.pool,
			clock: rig.clock,
			random: () => 0,
			log: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
			memory: { read: () => kept.value, write: (value) => (kept.value = value) },
			settings,
			secrets: {
				onDidChange: (listener) => {
					secrets.push(listener);
					return { dispose: () => undefined };
				},
			},
			receivers: () => (isLocked ? Promise.reject(new Error('locked')) : Promise.resolve(receivers)),
			onReceivers: (are) => areSome.push(are),
			election,
			report: (error) => reports.push(error),
		});
		const lock = (is: boolean): void => {
			isLocked = is;
		};
		const setTarget = async (): Promise<void> => {
			receivers = [
				{
					name: 'slack',
					send: (alert) => {
						sent.push(alert);
						return Promise.resolve();
					},
				},
			];
			for (const listener of secrets) listener({ key: 'alerts.slack' });
			await rig.clock.advance(2_000);
		};
		return { sent, areSome, election, alerts, setTarget, lock, reports };
	};
	return { open };
}

function isFree(rig: Rig): boolean {
	return !rig.store.replica().leader.has('alerts');
}

describe('alerts of several windows', () => {
	it('are sent by one of them, and by another once that one is closed', async () => {
		const bad = new Set(['a']);
		const rig = new Rig({ a: {}, b: {}, c: {}, d: {} }, (send) => (bad.has(send.key) ? fails(badKey) : answers(send)));
		const { open } = windows(rig);
		const one = open('one');
		await one.setTarget();
		const two = open('two');
		await two.setTarget();
		const use = async (): Promise<void> => {
			for (let n = 0; n < 4; n++) await rig.answer();
			await rig.clock.advance(5_000);
		};
		await use();
		assert.deepEqual([one.sent.length, two.sent.length], [1, 0]);
		one.alerts.dispose();
		one.election.dispose();
		await rig.clock.advance(11 * 60_000);
		bad.clear();
		bad.add('b');
		await use();
		assert.deepEqual([one.sent.length, two.sent.length], [1, 1]);
		assert.deepEqual(two.sent[0], { type: 'keysNeedAttention', keys: [{ label: 'b', reason: 'badKey' }], more: 0 });
		two.alerts.dispose();
		two.election.dispose();
	});

	it('begin by themselves once the secret storage can be read, which a person unlocks later', async () => {
		const rig = new Rig({ a: {}, b: {} }, () => fails(rpd));
		const { lock, reports, setTarget, sent, alerts, election } = windows(rig).open('one');
		lock(true);
		await setTarget();
		await rig.answer({ maxWaitMs: 0 });
		await rig.clock.advance(3 * 60_000);
		assert.deepEqual([sent.length, reports.length], [0, 1]);
		lock(false);
		await rig.clock.advance(70_000);
		assert.deepEqual(
			sent.map(({ type }) => type),
			['allExhausted'],
		);
		alerts.dispose();
		election.dispose();
	});

	it('cost nothing where no receiver is set', async () => {
		const rig = new Rig({ a: {} }, answers);
		const { open } = windows(rig);
		const { areSome, election, setTarget } = open('one');
		await rig.clock.advance(10_000);
		assert.deepEqual(areSome, [false]);
		assert.equal(election.owns('alerts'), false);
		assert.ok(isFree(rig));
		await setTarget();
		assert.deepEqual(areSome, [false, true], 'the palette offers a test alert');
	});
});
