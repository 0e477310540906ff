import assert from 'node:assert/strict';
import { gatewayKey, recordName } from '../../../src/teamGateway/names';
import { GatewayRig, type GatewayKey, type GatewayRigOptions } from '../../support/gateway/gatewayRig';
import { flash, lite } from '../../support/simulator/stand';
import { address, Colleague } from '../../support/teamGateway/colleague';

const hosts = { hosts: ['kp.example'], origins: [] };
const paid = { tier: 'paid' } as const;
const failing = (body: '429_rpm_free' | '403_leaked_key') =>
	({ faults: [{ when: 'always', kind: 'error', body }] }) as const;

/** A gateway of these keys, and a colleague who uses it. */
async function team(keys: Readonly<Record<string, GatewayKey>>, options: GatewayRigOptions = {}, page?: string) {
	const rig = new GatewayRig(keys, { doors: hosts, ...options });
	const colleague = new Colleague(rig, page);
	await colleague.use();
	return { rig, colleague, shown: () => colleague.gateway.shown };
}

describe('a colleague without a key', () => {
	it('is answered through the gateway by its token alone, and nothing goes anywhere else', async () => {
		const { rig, colleague } = await team({ a: paid });
		const { text, error } = await colleague.ask();
		assert.match(text, /sim-answer-/, String(error?.reason));
		assert.deepEqual(colleague.toGoogle, []);
		for (const { url, headers } of colleague.sent) {
			assert.ok(url.startsWith(`${address}/`));
			assert.equal(headers.get('x-goog-api-key'), rig.token);
		}
		assert.equal(rig.events.filter(({ type }) => type === 'ended').length, 1);
		const { usable, total } = colleague.pool.snapshot();
		assert.deepEqual([usable, total], [1, 1]);
	});

	it('is asked by what waits for minutes where an answer comes whole', async () => {
		const { rig, colleague } = await team({ a: paid });
		const { patientFetch = assert.fail('nothing waits') } = colleague.gateway.transportOverride(rig.token) ?? {};
		const url = `${address}/v1beta/models`;
		await rig.clock.until(
			Promise.resolve(patientFetch(url, { headers: { 'x-goog-api-key': rig.token, 'x-other': '1' } })),
		);
		assert.deepEqual(colleague.waitedFor, [url]);
		const { headers } = colleague.sent.at(-1) ?? assert.fail('nothing was sent');
		assert.deepEqual([headers.get('x-keypool-max-wait-ms'), headers.get('x-other')], ['5000', null]);
	});

	it('sees what the gateway tells, soon after it has moved', async () => {
		const { rig, colleague, shown } = await team({ a: paid }, { client: { requestsPerDay: 2, models: [flash] } });
		assert.deepEqual([shown()?.host, shown()?.told?.requests], ['kp.example', { used: 0, max: 2 }]);
		assert.deepEqual(shown()?.told?.models, [{ model: flash, isUsable: true }]);
		await colleague.ask();
		await rig.clock.advance(1_000);
		assert.deepEqual(shown()?.told?.requests, { used: 1, max: 2 });
	});

	it('hears that its budget there is used up, and the token is not at fault', async () => {
		const { colleague } = await team({ a: paid }, { client: { requestsPerDay: 1 } });
		await colleague.ask();
		const { error } = await colleague.ask();
		assert.equal(error?.reason, 'gatewayBudget');
		assert.match(error.facts.serviceMessage ?? '', /the 1 request/);
		assert.equal(colleague.pool.snapshot().keys[0]?.availability.state, 'usable');
	});

	it('waits here, by the time that the gateway states, and is answered then', async () => {
		const { rig, colleague } = await team({
			a: { faults: [{ when: { first: 1 }, kind: 'error', body: '429_rpm_free' }] },
		});
		const before = rig.clock.wall();
		const { text, parts } = await colleague.ask({ maxWaitMs: 120_000 });
		assert.match(text, /sim-answer-/);
		assert.ok(rig.clock.wall() - before > 5_000, 'longer than the gateway waits for it');
		assert.ok(parts.some((part) => part.type === 'waiting' && part.inMs > 5_000));
	});

	it('goes on with another model where its token is not for the first', async () => {
		const quota = { rpm: 1_000, tpm: 10_000_000, rpd: 1_000 };
		const { rig, colleague } = await team({ a: { quota } });
		rig.pool.configure({ model: flash });
		await rig.issue('narrow', { models: [lite] });
		await colleague.use('');
		const { text, parts } = await colleague.ask({ models: [flash, lite] });
		assert.match(text, /sim-answer-/);
		assert.ok(parts.some((part) => part.type === 'switched' && part.to.model === lite));
	});

	it('never takes a paused gateway for a sign of abuse of its own', async () => {
		const { rig, colleague, shown } = await team({ a: failing('403_leaked_key') });
		const { error } = await colleague.ask();
		assert.equal(error?.reason, 'gatewayRefused');
		assert.equal(colleague.pool.snapshot().paused, undefined);
		await rig.clock.advance(1_000);
		assert.equal(shown()?.told?.state, 'paused');
	});

	it('says that a revoked token is good no more, and that the gateway cannot be reached', async () => {
		const { rig, colleague, shown } = await team({ a: paid });
		colleague.isAway = true;
		await rig.clock.advance(60_000);
		assert.deepEqual([shown()?.trouble, shown()?.told?.client], ['unreachable', 'tool']);
		colleague.isAway = false;
		await rig.tokens.revoke(rig.tokens.list()[0]?.id ?? '');
		await rig.clock.advance(60_000);
		assert.deepEqual(shown(), { host: 'kp.example', trouble: 'badToken' });
		await colleague.ask();
		assert.equal(colleague.pool.snapshot().keys[0]?.availability.state, 'quarantined');
	});

	it('sends nothing that must be paid to a gateway that may fall to free keys', async () => {
		const any = await team({ a: paid });
		assert.equal((await any.colleague.ask({ needs: { paid: true } })).error?.reason, 'paidOnly');
		const own = await team({ a: paid, b: {} }, { client: { keys: 'paid' } });
		assert.match((await own.colleague.ask({ needs: { paid: true } })).text, /sim-answer-/);
	});

	it('is in every window at once, survives a reload, and its token goes nowhere once it is left', async () => {
		const { rig, colleague } = await team({ a: paid });
		const token = rig.token;
		const stored = await colleague.secrets.get(recordName);
		assert.equal(stored, JSON.stringify({ v: 1, address, token }));
		await colleague.gateway.stop();
		assert.equal(await colleague.secrets.get(recordName), undefined);
		assert.equal(colleague.gateway.source(), undefined);
		assert.equal(colleague.gateway.secretOf(gatewayKey), undefined);
		const left = colleague.gateway.transportOverride(token);
		assert.ok(left);
		await assert.rejects(left.fetch('https://gateway.invalid/'), TypeError);
		assert.equal(colleague.gateway.transportOverride('AIza-no-token'), undefined);
		// Another window has stored it.
		await colleague.secrets.store(recordName, stored);
		await rig.clock.settle();
		assert.equal(colleague.gateway.shown?.host, 'kp.example');
		await colleague.secrets.store(
			recordName,
			'{"v":1,"address":"http://evil.example","token":"kp_12345678901234567890"}',
		);
		await rig.clock.settle();
		assert.equal(colleague.gateway.isOn, false, 'what is no address for a token is none');
	});
});

describe('a colleague in a browser', () => {
	const page = 'https://v--1.vscode-cdn.net';

	it('is answered where the gateway lists its page, with no header that a preflight refuses', async () => {
		const { colleague, shown } = await team(
			{ a: paid },
			{ doors: { ...hosts, origins: ['https://*.vscode-cdn.net'] } },
			page,
		);
		assert.match((await colleague.ask()).text, /sim-answer-/);
		assert.ok(shown()?.told);
	});

	it('hears the exact wait of a refusal there as well', async () => {
		const { colleague } = await team({ a: failing('429_rpm_free') }, { doors: { ...hosts, origins: [page] } }, page);
		const { error } = await colleague.ask();
		assert.ok((error?.facts.retryAt ?? 0) > 0, error?.reason);
	});

	it('cannot reach a gateway that lists no page', async () => {
		const { colleague, shown } = await team({ a: paid }, {}, page);
		assert.equal(shown()?.trouble, 'unreachable');
		assert.notEqual((await colleague.ask()).error, undefined);
	});
});
