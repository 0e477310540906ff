import assert from 'node:assert/strict';
import { Emitter } from '../../../src/common/emitter';
import { PaidDemand } from '../../../src/localGateway/paidDemand';
import type { Role } from '../../../src/pool/types/stateStore';
import { LeaderElection } from '../../../src/pool/maintenance/leaderElection';
import { VirtualClock } from '../../support/virtualClock';
import { settingsOf, Written } from '../../support/written';
import { InMemoryStore } from '../../support/pool/inMemoryStore';

/** The windows of one computer. */
function computer() {
	const clock = new VirtualClock();
	const store = new InMemoryStore(clock);
	const windowOn = (windowId: string, paidOnly = false) => {
		const source = new Written({ paidOnly });
		const election = new LeaderElection(store, clock, windowId);
		const demand = new PaidDemand({
			election,
			clock: { after: clock.after },
			paidOnly: settingsOf(source).paidOnly,
			windowId,
		});
		return { election, demand, write: (value: boolean) => source.write({ paidOnly: value }) };
	};
	return { clock, windowOn };
}

describe('the demand for paid keys of several windows', () => {
	it('holds in the one that serves while any open window makes it, however that window ends', async () => {
		const { clock, windowOn } = computer();
		const serving = windowOn('serving');
		await clock.advance(10);
		assert.equal(serving.demand.isMade, false);
		const [demanding, another] = [windowOn('demanding', true), windowOn('another', true)];
		await clock.advance(300);
		assert.equal(serving.demand.isMade, true);
		demanding.demand.dispose();
		demanding.election.dispose();
		for (let seconds = 0; seconds < 20; seconds++) {
			await clock.advance(1_000);
			assert.equal(serving.demand.isMade, true, 'the other one still demands it');
		}
		another.write(false);
		await clock.advance(5_100);
		assert.equal(serving.demand.isMade, false);
		serving.write(true);
		assert.equal(serving.demand.isMade, true);
	});

	it('holds while windows that have slept wake one after the other', async () => {
		const { clock, windowOn } = computer();
		const [serving, demanding] = [windowOn('first'), windowOn('second', true)];
		await clock.advance(10_400);
		clock.jump(8 * 3_600_000);
		for (let tenths = 0; tenths < 30; tenths++) {
			assert.equal(serving.demand.isMade, true);
			await clock.advance(100);
		}
		demanding.demand.dispose();
		await clock.advance(5_100);
		assert.equal(serving.demand.isMade, false);
	});

	it('holds for the seconds in which a busy window does not say that it still makes it', async () => {
		const clock = new VirtualClock();
		const said = new Set<Role>(['paidOnly:busy']);
		const heard = new Emitter<undefined>(assert.ifError);
		const election = {
			campaign: () => () => undefined,
			remoteRoles: () => [...said],
			onDidChange: (listener: () => void) => {
				const hearing = heard.event(listener);
				return () => hearing.dispose();
			},
		};
		const { paidOnly } = settingsOf(new Written({}));
		const demand = new PaidDemand({ election, clock, paidOnly, windowId: 'serving' });
		heard.fire(undefined);
		said.clear();
		await clock.advance(4_500);
		assert.equal(demand.isMade, true);
		await clock.advance(1_000);
		assert.equal(demand.isMade, false);
	});
});
