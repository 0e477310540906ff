import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Emitter } from '../../../../src/common/emitter';
import type { BudgetShortage, Project, ProjectId } from '../../../../src/pool/pool';
import { BudgetQuestion } from '../../../../src/views/notices/budgetQuestion';
import { keyView, noon, snapshotOf, spendingOf, standings, words } from '../../../support/views/snapshots';
import { VirtualClock } from '../../../support/virtualClock';

const never = new AbortController().signal;
const ofPool: BudgetShortage = { scope: 'pool', period: 'day', limit: 5_000_000, used: 4_900_000, needed: 250_000 };
const ofProject: BudgetShortage = { ...ofPool, scope: 'project/p', isDefault: true };
const project: Project = { id: 'p' as ProjectId, tier: 'paid', label: 'Shop', budget: { day: 5, isDefault: true } };

/**
 * @param press the button that a person presses, of those that are shown.
 * @param now the project as it stands when it is written
 */
function question(
	press: (buttons: readonly string[], text: string) => string | undefined | Promise<never>,
	snapshot = snapshotOf([keyView('A', standings.usable, { project })]),
	locked?: Error,
	now = project,
) {
	const acts: unknown[] = [];
	const shown: string[] = [];
	const told: unknown[] = [];
	const clock = new VirtualClock();
	const made = new BudgetQuestion({
		after: clock.after,
		view: { snapshot: () => snapshot, onDidChange: () => () => undefined },
		...{ words, now: () => noon, nameOf: (scope: string) => (scope === 'pool' ? 'All' : 'Shop') },
		acts: {
			raiseBudget: (...args) => Promise.resolve(void acts.push(['raise', ...args])),
			updateProject: (id, change) => {
				if (locked) return Promise.reject(locked);
				acts.push(['update', id, typeof change === 'function' ? change(now) : change]);
				return Promise.resolve();
			},
			failed: (error) => void told.push(error),
		},
		show: async (text, ...buttons) => {
			shown.push(`${text} [${buttons.join(' | ')}]`);
			await new Promise((resolve) => setImmediate(resolve));
			return press(buttons, text);
		},
	});
	return { made, acts, shown, told, clock };
}

describe('the question about a budget', () => {
	it('offers to raise it, to wait and to stop, with the sums', async () => {
		const { made, acts, shown } = question((buttons) => buttons[0]);
		const answer = await made.ask({ shortage: ofPool, retryAt: noon + 3_600_000 }, never);
		assert.deepEqual(answer, { type: 'again' });
		assert.deepEqual(acts, [['raise', 'pool', 'day', 5_000_000]]);
		assert.deepEqual(shown, [
			'The budget of $5.00 a day does not allow this request: $4.90 is spent or set aside, and it may cost $0.25. [Raise to $10.00 Today | Wait | Stop]',
		]);
	});

	it('raises it as far as the request needs', async () => {
		const { made, acts } = question((buttons) => buttons.find((button) => button.startsWith('Raise')));
		await made.ask({ shortage: { ...ofPool, period: 'month', limit: 0, used: 0, needed: 700_000 } }, never);
		assert.deepEqual(acts, [['raise', 'pool', 'month', 700_000]]);
	});

	it('raises it to what the button says, whatever has become of the budget since', async () => {
		const raisedTo = async (scope: BudgetShortage['scope'], limit: number): Promise<unknown> => {
			const spending = spendingOf(0, 0, { day: limit });
			const keys = [keyView('A', standings.usable, { project, ...(scope === 'project/p' && { spending }) })];
			const clients = scope === 'client/lm:x' ? [{ client: 'lm:x', spending }] : [];
			const snapshot = snapshotOf(keys, { clients, ...(scope === 'pool' && { spending }) });
			const { made, acts } = question((buttons) => buttons[0], snapshot);
			await made.ask({ shortage: { ...ofPool, scope } }, never);
			return acts[0];
		};
		for (const scope of ['pool', 'project/p', 'client/lm:x'] as const) {
			assert.equal(await raisedTo(scope, 10_000_000), undefined, 'another window raised it');
			assert.deepEqual(await raisedTo(scope, 8_000_000), ['raise', scope, 'day', 2_000_000]);
			assert.deepEqual(await raisedTo(scope, 3_000_000), ['raise', scope, 'day', 7_000_000]);
		}
	});

	it('waits until the budget begins anew, where it does', async () => {
		const { made } = question((buttons) => buttons.find((button) => button === 'Wait'));
		assert.deepEqual(await made.ask({ shortage: ofPool, retryAt: noon + 5_000 }, never), { type: 'wait', ms: 65_000 });
		assert.deepEqual(await made.ask({ shortage: ofPool }, never), { type: 'stop' });
	});

	it('stops by Stop, and where it is closed, also where waiting would help; and says whose budget it is', async () => {
		for (const pressed of ['Stop', undefined]) {
			const { made, acts, shown } = question(() => pressed);
			const shortage = { ...ofPool, scope: 'project/p' } as const;
			assert.deepEqual(await made.ask({ shortage, retryAt: noon + 60_000 }, never), { type: 'stop' });
			assert.deepEqual(acts, []);
			assert.match(shown[0] ?? '', /^Shop: The budget of \$5\.00 a day/);
		}
	});

	it('of a project that is newly paid is asked once: without a budget, or one that is kept', async () => {
		const free = question((buttons) => buttons[0]);
		assert.deepEqual(await free.made.ask({ shortage: ofProject }, never), { type: 'again' });
		assert.match(free.shown[0] ?? '', /^Shop is now marked as paid.*once.*\$5\.00 a day/);
		assert.deepEqual(free.acts, [['update', 'p', { budget: undefined }]]);
		const kept = question((buttons) => buttons[1]);
		await kept.made.ask({ shortage: ofProject }, never);
		assert.deepEqual(kept.acts, [
			['raise', 'project/p', 'day', 5_000_000],
			['update', 'p', { budget: { day: 5 } }],
		]);
		const elsewhere = { ...project, budget: { month: 40 } };
		const changed = question((buttons) => buttons[1], undefined, undefined, elsewhere);
		await changed.made.ask({ shortage: ofProject }, never);
		assert.deepEqual(changed.acts.at(-1), ['update', 'p', { budget: { month: 40 } }], 'another window has set it');
	});

	it('is shown once, however many requests meet the same budget', async () => {
		const { made, shown, acts } = question((buttons) => buttons[0]);
		const all = await Promise.all([1, 2, 3].map(() => made.ask({ shortage: ofPool }, never)));
		assert.deepEqual(all, [{ type: 'again' }, { type: 'again' }, { type: 'again' }]);
		assert.deepEqual([shown.length, acts.length], [1, 1]);
		await made.ask({ shortage: ofPool }, never);
		assert.equal(shown.length, 2);
	});

	it('is no concern of a request that was cancelled, nor answered by one that was closed', async () => {
		const left = new AbortController();
		const open = question(() => new Promise(() => undefined));
		const asked = open.made.ask({ shortage: ofPool }, left.signal);
		left.abort();
		assert.deepEqual(await asked, { type: 'stop' });
		assert.deepEqual(await open.made.ask({ shortage: ofPool }, AbortSignal.abort()), { type: 'stop' });
		const closed = question(() => undefined);
		assert.deepEqual(await closed.made.ask({ shortage: ofPool }, never), { type: 'stop' });
	});

	it('stops a request whose person sees no notice, and asks the next one anew; the button of an old one raises it still', async () => {
		let press: (button: string | undefined) => void = () => undefined;
		const acts: unknown[] = [];
		const clock = new VirtualClock();
		let shown = 0;
		const made = new BudgetQuestion({
			...{ after: clock.after, now: clock.wall, words, nameOf: () => 'All' },
			view: { snapshot: () => snapshotOf([]), onDidChange: () => () => undefined },
			acts: {
				raiseBudget: (...of) => Promise.resolve(void acts.push(of)),
				updateProject: () => Promise.resolve(),
				failed: (error) => assert.ifError(error),
			},
			show: (_, raise) => new Promise((resolve) => (press = () => resolve((shown++, raise)))),
		});
		const [first, second] = [1, 2].map(() => made.ask({ shortage: ofPool }, never));
		await clock.advance(6 * 60_000);
		assert.deepEqual(await Promise.all([first, second]), [{ type: 'stop' }, { type: 'stop' }]);
		const pressOld = press;
		const next = made.ask({ shortage: ofPool }, never);
		await clock.settle();
		assert.notEqual(press, pressOld, 'a notice of its own');
		press(undefined);
		assert.deepEqual(await next, { type: 'again' });
		pressOld(undefined);
		await clock.settle();
		assert.deepEqual([acts.length, shown, clock.pending], [2, 2, 0]);
	});

	it('is no longer waited for once the budget was raised or taken away elsewhere, and the next request has one of its own; nor once there are other keys', async () => {
		const changed = new Emitter(assert.ifError);
		const clock = new VirtualClock();
		let limit: number | undefined;
		let keys = [keyView('A', standings.usable, { project })];
		let shown = 0;
		const made = new BudgetQuestion({
			...{ after: clock.after, now: clock.wall, words, nameOf: () => 'All' },
			view: {
				snapshot: () => snapshotOf(keys, { spending: spendingOf(0, 0, limit === undefined ? {} : { day: limit }) }),
				onDidChange: (listener) => {
					const registration = changed.event(listener);
					return () => registration.dispose();
				},
			},
			acts: {
				raiseBudget: () => assert.fail('nobody has pressed anything'),
				updateProject: () => assert.fail('nobody has pressed anything'),
				failed: (error) => assert.ifError(error),
			},
			show: () => new Promise(() => void shown++),
		});
		for (const then of [5_500_000, undefined]) {
			limit = 5_000_000;
			let answer: unknown;
			void made.ask({ shortage: ofPool }, never).then((found) => (answer = found));
			for (const other of [5_000_000, 4_000_000]) {
				limit = other;
				changed.fire(undefined);
			}
			await clock.settle();
			assert.equal(answer, undefined, 'it allows no more than before');
			limit = then;
			changed.fire(undefined);
			await clock.settle();
			assert.deepEqual(answer, { type: 'again' });
		}
		assert.deepEqual([shown, clock.pending], [2, 0]);
		limit = 5_000_000;
		const others = [1, 2].map(() => made.ask({ shortage: ofPool }, never));
		keys = [...keys, keyView('B', standings.usable)];
		changed.fire(undefined);
		assert.deepEqual(await Promise.all(others), [{ type: 'again' }, { type: 'again' }]);
		void made.ask({ shortage: ofPool }, never);
		await clock.settle();
		assert.equal(shown, 3, 'where another key does not help, the notice that is there still counts');
	});

	it('stops the request with the budget’s own words where the storage refuses what a person chose, and says so once', async () => {
		const locked = new Error('the keychain is locked');
		for (const button of [0, 1]) {
			const { made, told } = question((buttons) => buttons[button], undefined, locked);
			const all = await Promise.all([1, 2].map(() => made.ask({ shortage: ofProject }, never)));
			assert.deepEqual(all, [{ type: 'stop' }, { type: 'stop' }]);
			assert.deepEqual(told, [locked]);
		}
	});

	it('leaves nothing behind on the signal of a request that asks again and again', async () => {
		const request = new AbortController();
		const { made } = question(() => undefined);
		for (let n = 0; n < 20; n++) await made.ask({ shortage: ofPool }, request.signal);
		assert.deepEqual(getEventListeners(request.signal, 'abort'), []);
	});
});
