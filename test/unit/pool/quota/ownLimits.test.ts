import assert from 'node:assert/strict';
import type { Limits, LimitUsage } from '../../../../src/pool/pool';
import { answers, fails, Rig, rpm } from '../../../support/pool/rig';

const minute = 60_000;

/** A service that answers so many requests in each minute that slides, and counts what it refuses. */
class Service {
	allows = 5;
	private refusals = 0;
	private answered: number[] = [];
	readonly rig: Rig;

	constructor(own: Limits) {
		this.rig = new Rig({ a: { limits: { m: own } } }, (send) => {
			this.answered = this.answered.filter((at) => at > send.at - minute);
			const [first] = this.answered;
			if (first !== undefined && this.answered.length >= this.allows) {
				this.refusals++;
				return fails(rpm(first + minute - send.at + 1000, this.allows));
			}
			this.answered.push(send.at);
			return answers(send);
		});
	}

	setOwn(own: Limits): void {
		this.rig.setKeys({ a: { limits: { m: own } } });
	}

	/** Keeps the pool busy for so long; how many it has answered in it. */
	async busyFor(ms: number): Promise<number> {
		const { rig } = this;
		const end = rig.elapsed + ms;
		let count = 0;
		while (rig.elapsed < end) {
			const { done } = await rig.answer({ maxWaitMs: 10 * minute });
			if (done) count++;
		}
		return count;
	}

	/** Calls that it has refused so far. */
	refused(): number {
		return this.refusals;
	}

	room(): LimitUsage | undefined {
		return this.rig.pool.snapshot().keys[0]?.models[0]?.limitUsage.rpm;
	}
}

describe("a user's own limit", () => {
	it('that is too high gives way to what the service states: it is not run into over and over', async () => {
		const service = new Service({ rpm: 100 });
		await service.busyFor(10 * minute);
		assert.equal(service.refused(), 1);
		assert.deepEqual([service.room()?.limit, service.room()?.source], [5, 'stated']);
		await service.busyFor(50 * minute);
		assert.ok(service.refused() <= 4, `${service.refused()} refusals in an hour`);
	});

	it('is never passed, however far the service raises its own', async () => {
		const service = new Service({ rpm: 8 });
		await service.busyFor(minute);
		service.allows = 1000;
		await service.busyFor(60 * minute);
		assert.deepEqual([service.room()?.limit, service.room()?.source], [8, 'user']);
		const count = await service.busyFor(10 * minute);
		assert.ok(count <= 8 * 11, `${count} in ten minutes`);
	});

	it('that is lower than what the service states holds, and is not tested', async () => {
		const service = new Service({ rpm: 100 });
		await service.busyFor(minute);
		service.setOwn({ rpm: 2 });
		assert.deepEqual([service.room()?.limit, service.room()?.source], [2, 'user']);
		const refused = service.refused();
		await service.busyFor(30 * minute);
		assert.equal(service.refused(), refused);
	});

	it('that a person has set anew counts again, until the service refuses under it', async () => {
		const service = new Service({ rpm: 100 });
		await service.busyFor(minute);
		assert.equal(service.room()?.limit, 5);
		service.allows = 20;
		service.setOwn({ rpm: 20 });
		assert.deepEqual([service.room()?.limit, service.room()?.source], [20, 'user']);
		await service.busyFor(minute);
		const count = await service.busyFor(minute);
		assert.ok(count >= 20, `${count} in a minute`);
	});

	it('of 0 is shown as a rest with an end, is never waited for, and leaves the fallback model', async () => {
		for (const dimension of ['rpm', 'tpm', 'rpd', 'tpd'] as const) {
			const none = { a: { limits: { m: { [dimension]: 0 } } } };
			const unused = new Rig(none, answers);
			const used = new Rig({ a: {} }, answers);
			await used.answer();
			used.setKeys(none);
			for (const rig of [unused, used]) {
				const { error } = await rig.answer({ maxWaitMs: 48 * 60 * minute });
				assert.equal(error?.facts.retryAt, undefined, dimension);
				assert.equal((await rig.answer({ models: ['m', 'lite'] })).done?.on.model, 'lite');
				if (dimension === 'tpm' || dimension === 'tpd') continue;
				const { usable, keys } = rig.pool.snapshot();
				const availability = keys[0]?.availability;
				assert.equal(usable, 0);
				assert.ok(availability?.state === 'coolingDown' && availability.until < Infinity, JSON.stringify(availability));
			}
		}
	});
});
