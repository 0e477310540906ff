import assert from 'node:assert/strict';
import { DeliveryError, type DeliveryReason } from '../../../../src/monitoring/alerts/deliveryError';
import { mementoMemory } from '../../../../src/monitoring/alerts/mementoMemory';
import type { KeyId } from '../../../../src/pool/pool';
import { minute, openAlerts, use } from '../../../support/monitoring/alerts/alertsRig';
import { badKey, leaked } from '../../../support/pool/rig';

describe('alerts on their way', () => {
	it('are tried again with a growing distance, and given up in the end', async () => {
		const { rig, trouble, receiver, lines } = openAlerts();
		const tries: number[] = [];
		receiver.take = () => {
			tries.push(rig.elapsed);
			return Promise.reject(new DeliveryError('serverTrouble', '503'));
		};
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(60 * minute);
		assert.deepEqual(
			tries.map((at, n) => at - (tries[n - 1] ?? at)),
			[0, 5_000, 30_000, 120_000, 600_000],
		);
		assert.match(lines.at(-1) ?? '', /keysNeedAttention to webhook failed: serverTrouble: 503; given up/);
		assert.equal(rig.clock.pending <= 1, true, 'only the re-check of the key is left');
	});

	it('wait for as long as a receiver asks, but not for ever, and do not come back to one that refuses', async () => {
		const { rig, trouble, receiver } = openAlerts();
		const tries: number[] = [];
		receiver.take = () => {
			tries.push(rig.elapsed);
			return Promise.reject(
				tries.length < 3
					? new DeliveryError('rateLimited', '', tries.length === 1 ? 90_000 : 1e9)
					: new DeliveryError('refused'),
			);
		};
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(60 * minute);
		assert.deepEqual(
			tries.map((at, n) => at - (tries[n - 1] ?? at)),
			[0, 90_000, 600_000],
		);
	});

	it('that only a person can mend are told to one, once until one arrives; a receiver that is away is not', async () => {
		const { rig, trouble, receiver, undeliverable } = openAlerts();
		const failing = async (reason: DeliveryReason | undefined): Promise<void> => {
			receiver.take = () => (reason ? Promise.reject(new DeliveryError(reason)) : Promise.resolve());
			trouble.set('a', badKey);
			await use(rig);
			await rig.clock.advance(20 * minute);
			trouble.clear();
			await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
			await rig.clock.advance(20 * minute);
		};
		await failing('unreachable');
		assert.deepEqual(undeliverable, []);
		await failing('refused');
		await failing('refused');
		assert.deepEqual(undeliverable, ['webhook refused']);
		await failing(undefined);
		await failing('redirected');
		assert.deepEqual(undeliverable, ['webhook refused', 'webhook redirected']);
	});

	it('that some of several have got are not told again by the window that takes over, though one refuses them', async () => {
		for (const hasArrived of [true, false]) {
			const { rig, trouble, receiver, alerts, kept, undeliverable } = openAlerts();
			receiver.take = () => Promise.reject(new DeliveryError('refused', '', undefined, {}, hasArrived));
			trouble.set('a', badKey);
			await use(rig);
			assert.deepEqual(undeliverable, ['webhook refused']);
			alerts.dispose();
			const next = openAlerts([], kept, rig);
			await rig.clock.advance(5_000);
			assert.equal(next.names(), hasArrived ? '' : 'keysNeedAttention');
			next.alerts.dispose();
		}
	});

	it('give up on a receiver that hangs, and never hold up a prompt', async () => {
		const { rig, trouble, receiver, lines } = openAlerts();
		receiver.take = () => new Promise(() => undefined);
		trouble.set('a', badKey);
		await use(rig);
		assert.equal((await rig.answer()).text.startsWith('from'), true);
		await rig.clock.advance(20_000);
		assert.match(lines.join('\n'), /failed: timedOut/);
	});

	it('are told later where nobody could be reached for as long as they were tried, once, if it is still so', async () => {
		for (const isStillSo of [true, false]) {
			const { rig, trouble, receiver, sent, names } = openAlerts(['a', 'b', 'c']);
			receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
			trouble.set('a', leaked);
			await use(rig);
			await rig.clock.advance(40 * minute);
			assert.equal(names(), '');
			receiver.take = () => Promise.resolve();
			if (!isStillSo) {
				await rig.pool.execute({ type: 'resume' });
				await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
			}
			await rig.clock.advance(24 * 60 * minute);
			const told = sent.map(({ type }) => type).sort();
			// None has heard that it began.
			assert.deepEqual(told, isStillSo ? ['keysNeedAttention', 'poolPaused'] : []);
		}
	});

	it('are told later also where the one behind them arrived, by the window that takes over as well', async () => {
		for (const isTakenOver of [true, false]) {
			const { rig, trouble, receiver, alerts, kept, names } = openAlerts();
			receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
			trouble.set('a', leaked);
			await use(rig);
			await rig.clock.advance(15 * minute);
			receiver.take = () => Promise.resolve();
			await rig.clock.advance(15 * minute);
			assert.equal(names(), 'keysNeedAttention');
			if (isTakenOver) alerts.dispose();
			const next = isTakenOver ? openAlerts([], kept, rig) : undefined;
			await rig.clock.advance(60 * minute);
			assert.equal(next ? next.names() : names(), next ? 'poolPaused' : 'keysNeedAttention poolPaused');
		}
	});

	it('are not told as over where nobody has heard that they began', async () => {
		const { rig, trouble, receiver, names } = openAlerts();
		receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		trouble.set('a', leaked);
		await use(rig);
		await rig.clock.advance(30 * minute);
		await rig.pool.execute({ type: 'resume' });
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		await rig.clock.advance(20 * minute);
		receiver.take = () => Promise.resolve();
		await rig.clock.advance(24 * 60 * minute);
		assert.equal(names(), '');
	});

	it('nor where it was over while that was still on its way', async () => {
		const { rig, trouble, receiver, names } = openAlerts();
		receiver.take = () => Promise.reject(new DeliveryError('unreachable'));
		trouble.set('a', leaked);
		await use(rig);
		await rig.clock.advance(11 * minute);
		await rig.pool.execute({ type: 'resume' });
		await rig.pool.execute({ type: 'liftQuarantine', key: 'a' as KeyId });
		await rig.clock.advance(5 * minute);
		receiver.take = () => Promise.resolve();
		await rig.clock.advance(24 * 60 * minute);
		// That of the key had waited behind the pause.
		assert.equal(names(), 'keysNeedAttention');
	});

	it('are told once the address is put right, where the old one took none', async () => {
		const { rig, trouble, receiver, alerts, kept, names } = openAlerts();
		receiver.take = () => Promise.reject(new DeliveryError('refused'));
		trouble.set('a', badKey);
		await use(rig);
		// A look that finds nothing new.
		await rig.answer();
		await rig.clock.advance(5_000);
		alerts.dispose();
		assert.equal(names(), '');
		const second = openAlerts([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(second.names(), 'keysNeedAttention');
		second.alerts.dispose();
		const third = openAlerts([], kept, rig);
		await rig.clock.advance(5_000);
		assert.equal(third.names(), '');
	});

	it('arrive where the editor keeps nothing for them, whether it throws or rejects', async () => {
		for (const refuse of [
			(): never => {
				throw new Error('the disk is full');
			},
			(): Promise<void> => Promise.reject(new Error('the disk is full')),
		]) {
			const reports: unknown[] = [];
			const memory = mementoMemory({ get: refuse, update: refuse }, (error) => reports.push(error));
			const { rig, trouble, names } = openAlerts(['a', 'b', 'c'], undefined, undefined, memory);
			trouble.set('a', badKey);
			await use(rig);
			assert.equal(names(), 'keysNeedAttention');
			assert.ok(reports.length > 0);
		}
	});
});
