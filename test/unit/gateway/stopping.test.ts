import assert from 'node:assert/strict';
import { GatewayRig, question, stream } from '../../support/gateway/gatewayRig';

/** A call that the service holds until it is released. */
async function held(rig: GatewayRig) {
	const hold = rig.service.hold();
	const answered = rig.read(rig.send(stream, question()));
	await rig.clock.until(hold.reached);
	return { answered, release: () => hold.release() };
}

describe('a gateway that stops', () => {
	it('tells its clients, where it ends what they have under way', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		const call = await held(rig);
		rig.gateway.dispose();
		assert.match((await rig.clock.until(call.answered)).text, /"code":503.*KEYPOOL_STOPPING/);
		call.release();
	});

	it('lets answers finish, and takes nothing new', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		const call = await held(rig);
		let isIdle = false;
		const drained = rig.gateway.drain().then(() => {
			isIdle = true;
		});
		const late = await rig.ask(stream, question());
		assert.deepEqual([late.status, isIdle], [503, false]);
		call.release();
		assert.ok((await rig.clock.until(call.answered)).isWhole);
		await drained;
		assert.equal(rig.gateway.underWay, 0);
	});

	it('ends at once where nothing is under way', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		assert.ok((await rig.ask(stream, question())).isWhole);
		await rig.clock.until(rig.gateway.drain());
	});

	it('has counted the last answer before it has ended', async () => {
		const rig = new GatewayRig({ a: {} });
		await rig.ready;
		// As a team's server is.
		const transact = rig.store.transact.bind(rig.store);
		rig.store.transact = async (step) => {
			await new Promise<void>((resolve) => void rig.clock.after(20, resolve));
			return transact(step);
		};
		const call = await held(rig);
		const drained = rig.gateway.drain();
		call.release();
		await rig.clock.until(call.answered);
		await rig.clock.until(drained);
		assert.equal(rig.gateway.usageOf(rig.tokens.list()[0]?.id ?? '').today.requests, 1);
	});
});
