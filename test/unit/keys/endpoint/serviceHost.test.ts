import assert from 'node:assert/strict';
import { ServiceHost, type CheckedAddress, type RefusedAddress } from '../../../../src/keys/endpoint/serviceHost';

/** The address in force, and a person who is asked. */
class Stand {
	address: CheckedAddress = other('a.invalid');
	readonly asked: string[] = [];
	readonly refused: RefusedAddress[] = [];
	readonly remembered: string[] = [];
	/** Answers the oldest question. */
	readonly answer: ((yes: boolean) => void)[] = [];
	readonly host = new ServiceHost({
		check: () => this.address,
		confirmed: () => this.remembered,
		remember: (host) => {
			this.remembered.push(host);
			return Promise.resolve();
		},
		confirm: (host) => {
			this.asked.push(host);
			return new Promise((resolve) => this.answer.push(resolve));
		},
		onRefused: (reason) => this.refused.push(reason),
	});

	say(yes: boolean): void {
		this.answer.shift()?.(yes);
	}
}

function other(host: string): CheckedAddress {
	return { ok: true, kind: 'other', host };
}

describe('who may receive the keys', () => {
	it('is Google and this computer, without a question', async () => {
		const stand = new Stand();
		for (const kind of ['google', 'loopback'] as const) {
			stand.address = { ok: true, kind, host: kind };
			assert.equal(await stand.host.allowed(), true);
			assert.equal(stand.host.isAllowed, true);
		}
		assert.deepEqual(stand.asked, []);
	});

	it('is another host once the user has confirmed it by name, permanently', async () => {
		const stand = new Stand();
		const both = [stand.host.allowed(), stand.host.allowed()];
		assert.equal(stand.host.isAllowed, false);
		stand.say(true);
		assert.deepEqual(await Promise.all(both), [true, true]);
		assert.equal(await stand.host.allowed(), true);
		assert.deepEqual(stand.asked, ['a.invalid'], 'asked once');
	});

	it('is nobody after a no, until the next action asks again', async () => {
		const stand = new Stand();
		const first = stand.host.allowed();
		stand.say(false);
		assert.equal(await first, false);
		const second = stand.host.allowed();
		assert.deepEqual(stand.asked, ['a.invalid', 'a.invalid']);
		stand.say(true);
		assert.equal(await second, true);
	});

	it('is never a host that replaced the one in the question', async () => {
		const stand = new Stand();
		const first = stand.host.allowed();
		stand.address = other('b.invalid');
		stand.say(true);
		assert.equal(await first, false);
		assert.deepEqual(stand.remembered, ['a.invalid']);
		assert.equal(stand.host.mayReceiveKeys({ ok: true, kind: 'other', host: 'b.invalid' }), false);
		const second = stand.host.allowed();
		stand.say(true);
		assert.equal(await second, true);
		assert.deepEqual(stand.asked, ['a.invalid', 'b.invalid']);
	});

	it('a question about another host does not answer the one that is still open', async () => {
		const stand = new Stand();
		const first = stand.host.allowed();
		stand.address = other('b.invalid');
		const second = stand.host.allowed();
		stand.say(false);
		assert.equal(await first, false);
		const third = stand.host.allowed();
		assert.deepEqual(stand.asked, ['a.invalid', 'b.invalid'], 'the second question still stands');
		stand.say(true);
		assert.deepEqual(await Promise.all([second, third]), [true, true]);
	});

	it('is nobody if the address is invalid, which is reported once', async () => {
		const stand = new Stand();
		stand.address = { ok: false, reason: 'notHttps' };
		for (let n = 0; n < 3; n++) assert.equal(await stand.host.allowed(), false);
		assert.deepEqual(stand.refused, ['notHttps']);
		stand.address = { ok: true, kind: 'google', host: 'google' };
		await stand.host.allowed();
		stand.address = { ok: false, reason: 'notHttps' };
		await stand.host.allowed();
		assert.deepEqual(stand.refused, ['notHttps', 'notHttps']);
	});
});
