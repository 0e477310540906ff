import assert from 'node:assert/strict';
import type { TeamReply } from '../../../../src/team/link/link';
import { ServerState } from '../../../../src/team/link/serverState';
import { VirtualClock } from '../../../support/virtualClock';

const reply = (time: number): TeamReply => {
	return { status: 'ok', store: 's', rev: 1, time, machines: 1, since: 0, isComplete: false, rows: [] };
};

describe('the time of a team', () => {
	/** A machine, and how far its clock is ahead of the server's. */
	const machine = (ahead = 0) => {
		const clock = new VirtualClock();
		const start = clock.wall();
		clock.jump(ahead);
		const serverTime = (): number => start + clock.monotonic();
		const state = new ServerState(clock, undefined);
		const ask = (during: () => unknown = () => undefined): Promise<TeamReply> =>
			state.ask(async () => {
				const told = reply(serverTime());
				await during();
				return told;
			});
		return { clock, state, serverTime, ask };
	};

	it('is the server’s from its first answer on, although this machine’s clock is ahead', async () => {
		const { state, serverTime, ask, clock } = machine(100_000);
		assert.equal(state.now(), clock.wall());
		await ask();
		assert.ok(Math.abs(state.now() - serverTime()) <= 50, `${state.now() - serverTime()} ms ahead`);
		await clock.advance(10_000);
		assert.ok(Math.abs(state.now() - serverTime()) <= 50);
	});

	it('does not stand still for an hour where a clock was an hour ahead for a moment', async () => {
		const { state, serverTime, ask, clock } = machine();
		await ask();
		clock.jump(3_600_000);
		state.now();
		await assert.rejects(ask(), /clockOff/);
		clock.jump(-3_600_000);
		await ask();
		assert.ok(Math.abs(state.now() - serverTime()) <= 50, `${state.now() - serverTime()} ms ahead`);
	});

	it('nor while no server is there to be asked', async () => {
		const { state, clock } = machine();
		clock.jump(3_600_000);
		state.now();
		clock.jump(-3_600_000);
		await clock.advance(1_000);
		assert.equal(state.now(), clock.wall());
	});

	it('never goes back by what answers take', async () => {
		const { state, ask, clock } = machine(40);
		let latest = 0;
		for (let n = 0; n < 20; n++) {
			await clock.advance(7);
			await ask(() => clock.advance((n % 4) * 13));
			assert.ok(state.now() >= latest);
			latest = state.now();
		}
	});

	it('is no reason to doubt a clock where the machine slept while it waited for the answer', async () => {
		const { state, ask, clock } = machine();
		await ask();
		// Neither the monotonic clock nor the answer knows of it.
		await ask(() => clock.jump(8 * 3_600_000));
		assert.ok(state.now() >= clock.wall() - 50, 'what was told before says nothing of now');
	});

	it('is doubted where the server’s clock is minutes off', async () => {
		for (const ahead of [-200_000, 200_000]) await assert.rejects(machine(ahead).ask(), /clockOff/);
	});
});
