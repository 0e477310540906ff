import type { Disposable } from '../../common/dispose';
import type { Dispose } from '../../pool/pool';
import type { PoolView, ViewClock } from './poolView';

/** ms. Under load the pool changes hundreds of times a second; people see twenty of them. */
const usualMs = 50;

/**
 * Runs `update` at once, `settleMs` after each change of the pool, and again after the ms that it returned:
 * a rest ends without any change of the pool, and a countdown moves by itself. Undefined waits for a change.
 */
export function keepCurrent(
	pool: Pick<PoolView, 'onDidChange'>,
	clock: Pick<ViewClock, 'after'>,
	update: () => number | undefined,
	settleMs = usualMs,
): Disposable & { readonly refresh: () => void } {
	let timer: Dispose | undefined;
	let changed = false;

	const arm = (ms: number | undefined) => {
		timer?.();
		timer = ms === undefined ? undefined : clock.after(ms, refresh);
	};
	const refresh = () => {
		changed = false;
		arm(update());
	};
	const off = pool.onDidChange(() => {
		if (changed) return;
		changed = true;
		arm(settleMs);
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
