import assert from 'node:assert/strict';
import { DeliveryError } from '../../../../src/monitoring/alerts/deliveryError';
import { minute, openAlerts, use } from '../../../support/monitoring/alerts/alertsRig';
import { badKey, rpd } from '../../../support/pool/rig';

describe('alerts that reached nobody', () => {
	const away = (): Promise<void> => Promise.reject(new DeliveryError('unreachable'));

	it('are told an hour after they were given up, each once, if it is still so', async () => {
		const { rig, trouble, receiver, names } = openAlerts(['a', 'b', 'c', 'd']);
		rig.checking = () => new Promise(() => undefined);
		receiver.take = away;
		trouble.set('a', badKey);
		await use(rig, 4);
		for (const key of ['b', 'c']) trouble.set(key, rpd);
		await use(rig, 3);
		await rig.clock.advance(30 * minute);
		receiver.take = () => Promise.resolve();
		assert.equal(names(), '');
		await rig.clock.advance(30 * minute);
		await rig.clock.advance(30 * minute);
		assert.deepEqual(names().split(' ').sort(), ['almostExhausted', 'keysNeedAttention']);
		await rig.clock.advance(180 * minute);
		assert.deepEqual(names().split(' ').sort(), ['almostExhausted', 'keysNeedAttention'], 'and no second time');
	});

	it('are told after the next hour where nobody was there after the first', async () => {
		const { rig, trouble, receiver, names } = openAlerts();
		rig.checking = () => new Promise(() => undefined);
		receiver.take = away;
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(100 * minute);
		receiver.take = () => Promise.resolve();
		assert.equal(names(), '');
		await rig.clock.advance(80 * minute);
		assert.equal(names(), 'keysNeedAttention');
		await rig.clock.advance(180 * minute);
		assert.equal(names(), 'keysNeedAttention');
	});

	it('are over for nobody where it is over', async () => {
		const { rig, trouble, receiver, names } = openAlerts();
		rig.checking = () => new Promise(() => undefined);
		receiver.take = away;
		trouble.set('a', badKey);
		await use(rig);
		await rig.clock.advance(20 * minute);
		receiver.take = () => Promise.resolve();
		rig.setKeys({ b: {}, c: {} });
		await rig.clock.advance(180 * minute);
		assert.equal(names(), '');
	});
});
