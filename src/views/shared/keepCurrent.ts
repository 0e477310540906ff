import type { Disposable } from '../../common/dispose';
import type { Dispose } from '../../pool/pool';
import type { PoolView, ViewClock } from './poolView';

/** ms. Under load the pool changes hundreds of times a second; people see twenty of them. */
const usualMs = 50;

/** Of the time, that updates may take: with a thousand keys one takes 100 ms, and answers wait meanwhile. */
const maxShare = 1 / 10;
/** ms. What is shown is no older, however long an update takes. */
const maxSettleMs = 5_000;

/**
 * Runs `update` at once, `settleMs` after each change of the pool, and again after the ms that it returned: a rest ends
 * without any change of the pool, and a countdown moves by itself. Undefined waits for a change. Where the last two updates
 * took long, the next one comes later.
 */
export function keepCurrent(
	pool: Pick<PoolView, 'onDidChange'>,
	clock: ViewClock,
	update: () => number | undefined,
	settleMs = usualMs,
): Disposable & { readonly refresh: () => void } {
	let timer: Dispose | undefined;
	let changed = false;
	/** ms that the last two updates took. One alone is no load: at the start of a window everything takes long. */
	let [lastMs, beforeMs] = [0, 0];

	const arm = (ms: number | undefined) => {
		timer?.();
		timer = ms === undefined ? undefined : clock.after(ms, refresh);
	};
	const refresh = () => {
		changed = false;
		const began = clock.now();
		const next = update();
		[lastMs, beforeMs] = [clock.now() - began, lastMs];
		arm(next);
	};
	const off = pool.onDidChange(() => {
		if (changed) return;
		changed = true;
		arm(Math.max(settleMs, Math.min(lastMs / maxShare, beforeMs / maxShare, maxSettleMs)));
	});
	refresh();

	return {
		refresh,
		dispose() {
			off();
			arm(undefined);
		},
	};
}
