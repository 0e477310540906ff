import assert from 'node:assert/strict';
import { ServerState } from '../../../../src/team/link/serverState';
import { parseReply } from '../../../../src/team/valkey/parseReply';
import { VirtualClock } from '../../../support/virtualClock';

describe('what a team’s server says of itself', () => {
	it('is of no time to come: a store made in the year 9998, or before its clock was set back, is not young for ever', async () => {
		const clock = new VirtualClock();
		const state = new ServerState(clock, undefined);
		const told = ['ok', 'store', '7', clock.wall(), 1_000_000, Date.UTC(9998, 0), '1'];
		state.follow(parseReply(told));
		assert.equal(state.isYoung, true);
		await clock.advance(62_000);
		assert.equal(state.isYoung, false, 'else each machine would keep to its part of each limit');
	});
});
