import assert from 'node:assert/strict';
import { describeLifetime, forClients } from '../../../src/headless/words';
import { PoolError } from '../../../src/pool/pool';
import { words } from '../../support/views/snapshots';

describe('what a gateway without VS Code tells its clients', () => {
	it('is that it cannot reach the service itself: “this computer” would be the one of whoever asked', () => {
		const { text, remedy, action } = forClients(words).describeError(new PoolError('unreachable', []));
		assert.equal(`${text} ${remedy}`, 'This gateway cannot reach the service. Ask whoever runs this gateway.');
		assert.equal(action, undefined);
	});
});

describe('what a gateway without VS Code tells its operator of its certificate', () => {
	it('is that clients refuse it, or soon will, and on which day', () => {
		const day = 24 * 3_600_000;
		const now = Date.UTC(2026, 10, 20, 12);
		const says = (from: number, to: number) =>
			describeLifetime({ from: now + from * day, to: now + to * day }, now) ?? '';
		assert.match(says(-90, -1), /ended on 2026-11-19: clients refuse it/);
		assert.match(says(1, 90), /is valid from 2026-11-21 on: until then/);
		assert.match(says(-90, 6), /ends on 2026-11-26\. Renew it before/);
		assert.equal(says(-90, 8), '');
	});
});
