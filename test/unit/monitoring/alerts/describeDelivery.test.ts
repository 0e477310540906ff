import assert from 'node:assert/strict';
import { describeRemoval, describeUndeliverable } from '../../../../src/monitoring/alerts/describeDelivery';
import { words } from '../../../support/views/snapshots';

describe('what alerts say of themselves', () => {
	it('is that none goes to an address that was removed, and that they go on without a key or a password', () => {
		for (const address of ['slack', 'discord', 'webhook'] as const)
			assert.match(describeRemoval(address, words), /No more alerts are sent there/);
		for (const secret of ['signingKey', 'mailPassword'] as const)
			assert.doesNotMatch(describeRemoval(secret, words), /No more alerts/);
	});

	it('is that a setting names no mail server, where it does not: an https address would not help', () => {
		assert.doesNotMatch(describeUndeliverable('mail', 'badServer', words), /https/);
	});

	it('is where they do not arrive, why, and what to do', () => {
		assert.equal(
			describeUndeliverable('slack', 'refused', words),
			'Alerts to Slack do not arrive: the receiver refused it. Check that the address is current; the log says what it answered.',
		);
	});
});
