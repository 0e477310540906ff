import assert from 'node:assert/strict';
import {
	Pool,
	type Key,
	type KeyId,
	type StateStore,
	type Limits,
	type OpenStream,
	type PoolEvent,
	type ProjectId,
	type PoolRequest,
	type Snapshot,
} from '../../../src/pool/pool';
import type { VirtualClock } from '../virtualClock';
import type { Windows } from './storeContract';
import { answers, Asked, badKey, fails, hangs, leaked, overloaded, rpd, rpm, type Script, type Send } from './rig';
import { aRequest } from '../aRequest';

/** A send, and whose request it was for. */
type SentBy = Send & { readonly by: string };

/** One window's pool over keys `a` and `b`, each in a project of its own. */
class PoolWindow {
	readonly pool: Pool;
	readonly events: PoolEvent[] = [];
	private asked = 0;

	constructor(
		readonly name: string,
		readonly store: StateStore,
		private readonly clock: VirtualClock,
		private readonly far: {
			script: (send: SentBy, clock: VirtualClock) => ReturnType<Script>;
			readonly sends: SentBy[];
		},
		keys: readonly string[],
		limits: Limits | undefined,
	) {
		this.pool = new Pool({
			store,
			clock,
			random: () => 0,
			check: () => Promise.resolve(),
			window: name,
		});
		this.pool.setKeys(
			keys.map(keyOf),
			keys.map((id) => ({ id: `p-${id}` as ProjectId, tier: 'free', ...(limits ? { limits: { m: limits } } : {}) })),
		);
		this.pool.configure({ strategy: 'roundRobin', model: 'm', whenExhausted: 'wait' });
		this.pool.onEvent((event) => this.events.push(event));
	}

	ask(more: Partial<PoolRequest> = {}): Asked {
		const id = `${this.name}${++this.asked}`;
		const request = aRequest(id, more);
		const open: OpenStream<string> = (on, signal) => {
			const { sends } = this.far;
			const nth = sends.filter(({ key }) => key === on.key).length + 1;
			const at = this.clock.monotonic();
			const send = { key: on.key, model: on.model, at, nth, written: [...on.written], signal, by: id };
			sends.push(send);
			return this.far.script(send, this.clock);
		};
		return new Asked(this.pool.stream(request, open));
	}

	get snapshot(): Snapshot {
		return this.pool.snapshot();
	}

	/** A key's availability, in one word with its reason. */
	availability(key: string): string {
		const view = this.snapshot.keys.find((one) => one.key.id === key);
		if (!view) return 'unknown';
		return 'reason' in view.availability
			? `${view.availability.state} ${view.availability.reason}`
			: view.availability.state;
	}
}

/** What windows must agree on, whichever store they share. */
export function windowsAgree(name: string, start: () => Windows & { readonly clock: VirtualClock }): void {
	describe(`windows agree: ${name}`, () => {
		let windows: ReturnType<typeof start>;
		let clock: VirtualClock;
		let far: { script: (send: SentBy, clock: VirtualClock) => ReturnType<Script>; readonly sends: SentBy[] };
		const pools: Pool[] = [];

		beforeEach(() => {
			windows = start();
			({ clock } = windows);
			far = { script: answers, sends: [] };
		});
		afterEach(async () => {
			for (const pool of pools.splice(0)) pool.dispose();
			await windows.close();
		});

		const open = async (id: string, keys: readonly string[] = ['a', 'b'], limits?: Limits): Promise<PoolWindow> => {
			const store = windows.open();
			await store.transact(() => undefined);
			const window = new PoolWindow(id, store, clock, far, keys, limits);
			pools.push(window.pool);
			return window;
		};
		const order = (): string => far.sends.map(({ by, key }) => `${by}:${key}`).join(' ');
		const only =
			(key: string, then: Script): Script =>
			(send, at) =>
				send.key === key ? then(send, at) : answers(send);

		it('a cooldown that one meets is in the other’s snapshot within a second, and its key is left alone', async () => {
			const [x, y] = [await open('x'), await open('y')];
			far.script = only('a', () => fails(rpm(38_000)));
			const told = y.events.length;
			await windows.until(x.ask().ended);
			assert.equal(x.availability('a'), 'coolingDown rpm');
			await clock.advance(1_000);
			assert.equal(y.availability('a'), 'coolingDown rpm');
			assert.equal(y.snapshot.usable, 1);
			assert.ok(
				y.events.slice(told).some(({ type }) => type === 'changed'),
				'its tree and status bar were told',
			);
			await windows.until(y.ask().ended);
			assert.equal(order(), 'x1:a x1:b y1:b');
		});

		it('a window that was asleep meets nothing that the others have met', async () => {
			const [x, y] = [await open('x'), await open('y')];
			far.script = only('a', () => fails(rpd));
			await windows.until(x.ask().ended);
			// Nothing was told since: its timers have not run.
			await windows.until(y.ask().ended);
			assert.equal(order(), 'x1:a x1:b y1:b');
		});

		it('a limit learnt in one is counted in all', async () => {
			const [x, y] = [await open('x', ['a']), await open('y', ['a'])];
			let sends = 0;
			far.script = (send) => (++sends === 3 ? fails(rpm(70_000, 2)) : answers(send));
			await windows.until(x.ask().ended);
			await windows.until(x.ask().ended);
			const third = x.ask();
			await clock.advance(500);
			const fourth = y.ask();
			await windows.until(Promise.all([third.ended, fourth.ended]));
			for (const window of [y, x]) await windows.until(window.ask().ended);
			const times = far.sends.map(({ at }) => at);
			// Whatever the windows, never more than two within a minute since it is known.
			assert.equal(times.length, 7);
			for (let n = 3; n + 2 < times.length; n++) assert.ok((times[n + 2] ?? Infinity) - (times[n] ?? 0) >= 60_000);
			assert.ok((times[3] ?? 0) - (times[0] ?? 0) >= 60_000, `sent at ${times.join()}`);
		});

		it('the user’s limit holds over all windows together', async () => {
			const limits = { rpm: 3 };
			const all = [await open('x', ['a'], limits), await open('y', ['a'], limits), await open('z', ['a'], limits)];
			const asked = all.flatMap((window) => [window.ask(), window.ask()]);
			await clock.advance(5_000);
			assert.equal(far.sends.length, 3);
			await windows.until(Promise.all(asked.map(({ ended }) => ended)));
			const times = far.sends.map(({ at }) => at);
			assert.ok((times[3] ?? 0) - (times[0] ?? 0) >= 60_000);
			assert.equal(times.length, 6);
		});

		it('first come, first served: whoever waits longer goes first, in whichever window', async () => {
			const limits = { rpm: 1 };
			const [x, y] = [await open('x', ['a'], limits), await open('y', ['a'], limits)];
			const asked: Asked[] = [];
			for (const window of [x, y, x, y, y, x]) {
				asked.push(window.ask({ maxWaitMs: 600_000 }));
				await clock.advance(700);
			}
			await windows.until(Promise.all(asked.map(({ ended }) => ended)));
			assert.equal(far.sends.map(({ by }) => by).join(' '), 'x1 y1 x2 y2 y3 x3');
		});

		it('chat goes before batch, also of another window', async () => {
			const limits = { rpm: 1 };
			const [x, y] = [await open('x', ['a'], limits), await open('y', ['a'], limits)];
			await windows.until(x.ask().ended);
			const batch = x.ask({ priority: 'batch', maxWaitMs: 600_000 });
			await clock.advance(1_500);
			const chat = y.ask({ maxWaitMs: 600_000 });
			await windows.until(Promise.all([batch.ended, chat.ended]));
			assert.equal(far.sends.map(({ by }) => by).join(' '), 'x1 y1 x2');
		});

		it('a window that waited and was killed holds nobody up', async () => {
			const limits = { rpm: 1 };
			const [x, y] = [await open('x', ['a'], limits), await open('y', ['a'], limits)];
			await windows.until(x.ask().ended);
			const dead = await open('dead', ['a'], limits);
			void dead.ask({ maxWaitMs: 600_000 });
			await clock.advance(1_500);
			const waiting = y.ask();
			await clock.advance(500);
			dead.pool.dispose();
			await windows.until(waiting.ended);
			const [first, second] = far.sends;
			assert.equal(second?.by, 'y1');
			assert.ok(second.at - (first?.at ?? 0) < 66_000, `sent after ${second.at - (first?.at ?? 0)} ms`);
		});

		it('after a cooldown one call goes first, whatever waits in how many windows', async () => {
			const all = [await open('x', ['a']), await open('y', ['a']), await open('z', ['a'])];
			const [x] = all;
			far.script = (send) =>
				far.sends.length === 1 ? fails(rpm(20_000)) : far.sends.length === 2 ? hangs(send) : answers(send);
			const asked = [x?.ask()];
			await clock.advance(500);
			asked.push(...all.flatMap((window) => [window.ask(), window.ask()]));
			await clock.advance(18_500);
			assert.equal(far.sends.length, 1);
			await clock.advance(5_000);
			assert.equal(far.sends.length, 2, 'the others wait for its outcome');
			assert.ok(asked.every((one) => one?.done === undefined && one?.error === undefined));
		});

		it('an overload is backed off by all', async () => {
			const [x, y] = [await open('x'), await open('y')];
			let calls = 0;
			far.script = (send) => (++calls === 1 ? fails(overloaded) : answers(send));
			const first = x.ask();
			await clock.advance(300);
			const second = y.ask();
			await clock.advance(300);
			assert.equal(far.sends.length, 1, 'the other window does not knock at a busy model');
			await windows.until(Promise.all([first.ended, second.ended]));
		});

		it('a pause stops all within a second, and a resume anywhere frees all', async () => {
			const [x, y] = [await open('x'), await open('y')];
			far.script = only('a', () => fails(leaked, 'leaked'));
			await windows.until(x.ask().ended);
			await clock.advance(1_000);
			assert.equal(y.snapshot.paused?.reason, 'leaked');
			const refused = y.ask();
			await windows.until(refused.ended);
			assert.equal(refused.error?.reason, 'paused');
			assert.equal(far.sends.length, 1);
			await y.pool.execute({ type: 'resume' });
			await clock.advance(1_000);
			assert.equal(x.snapshot.paused, undefined);
			await windows.until(x.ask().ended);
			assert.equal(order(), 'x1:a x2:b');
		});

		it('a quarantined key is quarantined in all, and one of them alone asks whether it works again', async () => {
			const [x, y] = [await open('x'), await open('y')];
			far.script = only('a', () => fails(badKey, 'not valid'));
			await windows.until(x.ask().ended);
			await clock.advance(1_000);
			assert.equal(y.availability('a'), 'quarantined badKey');
			await clock.advance(600_000);
			assert.deepEqual([x.availability('a'), y.availability('a')], ['usable', 'usable']);
		});

		it('everybody’s requests count in everybody’s statistics', async () => {
			const [x, y] = [await open('x'), await open('y')];
			await windows.until(x.ask().ended);
			await windows.until(y.ask().ended);
			await clock.advance(1_000);
			for (const { pool } of [x, y]) {
				assert.equal(
					pool
						.usage()
						.minutes()
						.reduce((sum, { sends }) => sum + sends, 0),
					2,
				);
				assert.deepEqual(
					pool
						.usage()
						.requestRecords()
						.map(({ request }) => request),
					['x1', 'y1'],
				);
			}
		});

		it('who comes after a restart knows the cooldowns, the counts and the limits', async () => {
			const x = await open('x');
			let sends = 0;
			far.script = (send) => (send.key === 'a' && ++sends === 2 ? fails(rpm(50_000, 1)) : answers(send));
			for (let n = 0; n < 3; n++) await windows.until(x.ask().ended);
			x.pool.dispose();
			const later = await open('later');
			assert.equal(later.availability('a'), 'coolingDown rpm');
			const [model] = later.snapshot.keys[0]?.models ?? [];
			assert.equal(model?.requestsToday, 1);
			assert.equal(model.limitUsage.rpm?.limit, 1);
		});

		it('a call of a window that was killed is spent, and its place is free after its lease', async () => {
			const limits = { rpm: 2 };
			const dead = await open('dead', ['a'], limits);
			const y = await open('y', ['a'], limits);
			far.script = (send) => (send.by === 'dead1' ? hangs(send) : answers(send));
			void dead.ask().ended.catch(() => undefined);
			await clock.advance(1_000);
			const model = () => y.snapshot.keys[0]?.models[0];
			assert.equal(model()?.inFlight, 1);
			await dead.store.close();
			await clock.advance(91_000);
			await windows.until(y.ask().ended);
			await clock.advance(1_000);
			assert.equal(model()?.inFlight, 0);
			assert.equal(model()?.requestsToday, 2, 'what was sent stays spent');
		});
	});
}

function keyOf(id: string, index: number): Key {
	return {
		id: id as KeyId,
		project: `p-${id}` as ProjectId,
		label: id,
		mask: id,
		sortOrder: String(index).padStart(5, '0'),
		role: 'primary',
		weight: 1,
		enabled: true,
	};
}
