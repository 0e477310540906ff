import type { Disposable } from '../../common/dispose';
import type { Dispose, Snapshot } from '../../pool/pool';
import type { Setting } from '../../settings/settings';
import { nothingWatched, watch, type Watched } from '../log/episodes';
import { onSettled, type WatchedPool } from '../log/poolWatch';
import { Delivery, type Arrival, type DeliveryParts } from './delivery';
import { remembered, written, type AlertMemory } from './memory';
import type { Receiver } from './receiver';
import { alertThrottle, nameOf, untold, type LostAlert, type NotificationLog } from './alertThrottle';

export interface AlertsParts extends DeliveryParts {
	readonly pool: WatchedPool;
	readonly memory: AlertMemory;
	/** ms between two alerts of the same kind. */
	readonly interval: Pick<Setting<number>, 'value'>;
}

/** ms. What happens together is told together, and what passes at once not at all. */
const groupWaitMs = 2_000;
/** ms after which what reached nobody is told again. */
const againMs = 3_600_000;

/** Watches the pool and tells the receivers. It only looks: no prompt waits for it, whatever becomes of an alert. */
export class Alerts implements Disposable {
	private readonly deliveries: readonly Delivery[];
	private readonly off: Dispose;
	private watched: Watched;
	private told: NotificationLog;
	private kept = '';
	/** What was told before has been kept. */
	private keeping: Promise<void> = Promise.resolve();
	/** The last alerts reached nobody. */
	private isCutOff = false;
	/** What is to be told again, in the order of telling. */
	private readonly lost: LostAlert[] = [];
	private retry: Dispose | undefined;
	private timer: { readonly due: number; readonly off: Dispose } | undefined;

	constructor(
		receivers: readonly Receiver[],
		private readonly parts: AlertsParts,
	) {
		this.deliveries = receivers.map((receiver) => new Delivery(receiver, parts));
		this.told = remembered(parts.memory);
		this.watched = { ...nothingWatched, ...this.told };
		this.off = onSettled(parts.pool, parts.clock, () => this.look());
	}

	dispose(): void {
		this.off();
		this.timer?.off();
		this.retry?.();
		for (const delivery of this.deliveries) delivery.dispose();
	}

	/** Without keys nothing is known: they have not been read yet, or simulator mode hides them. What was told stays. */
	private see(): Snapshot | undefined {
		const snapshot = this.parts.pool.snapshot();
		if (snapshot.keys.length === 0) return undefined;
		this.watched = watch(this.watched, snapshot).after;
		return snapshot;
	}

	private look(): void {
		if (this.see()) this.tellIn(groupWaitMs);
	}

	/** At the earliest of the times asked for. */
	private tellIn(ms: number): void {
		const due = this.parts.clock.wall() + ms;
		if (this.timer && this.timer.due <= due) return;
		this.timer?.off();
		// Not before it is known what has become of the last ones.
		const tell = (): void => void this.keeping.then(() => this.tell());
		this.timer = { due, off: this.parts.clock.after(ms, tell) };
	}

	private tell(): void {
		this.timer = undefined;
		const { clock, interval } = this.parts;
		const now = clock.wall();
		// As it is now: a key can have been put right since the last look.
		const snapshot = this.see();
		if (!snapshot) return;
		const { told: before } = this;
		const after = (log: NotificationLog) => alertThrottle(log, this.watched, snapshot, now, interval.value);
		const { alerts: due, told, again } = after(before);
		// What reached nobody, and is over, is over for nobody.
		const known = new Set(after(this.lost.reduceRight(untold, before)).alerts.map(nameOf));
		const alerts = due.filter((alert) => known.has(nameOf(alert)));
		this.told = told;
		// Each by itself: the first can be given up, and the next arrive.
		const arrivals = alerts.map((alert) => anyOf(this.deliveries.map((delivery) => delivery.add(alert))));
		// In the order of telling: a look that finds nothing new must not keep what is still on its way, or did not arrive.
		this.keeping = this.keeping.then(async () => {
			const became = await Promise.all(arrivals);
			if (alerts.length > 0) this.isCutOff = !became.includes('arrived');
			const away = alerts.filter((_, n) => became[n] === 'away');
			if (away.length > 0) this.tellAgain(away.map((alert) => ({ alert, before, after: told })));
			if (!this.isCutOff) this.keep(this.lost.reduceRight(untold, told));
		});
		if (again !== undefined) this.tellIn(Math.max(1, again - now));
	}

	/** Nobody was there: it is told again after a while, if it is still so. */
	private tellAgain(lost: readonly LostAlert[]): void {
		this.lost.push(...lost);
		this.retry ??= this.parts.clock.after(againMs, () => {
			this.retry = undefined;
			// The last one first: each leads back to what was told before it.
			this.told = this.lost.splice(0).reduceRight(untold, this.told);
			this.look();
		});
	}

	/** What nobody has received is not told: the window that takes over tells it again. */
	private keep(told: NotificationLog): void {
		const value = written(told);
		const text = JSON.stringify(value);
		if (text === this.kept) return;
		this.kept = text;
		this.parts.memory.write(value);
	}
}

/** Resolves once one of them has arrived, or none can any more. */
async function anyOf(arrivals: readonly Promise<Arrival>[]): Promise<Arrival> {
	const failing = arrivals.map(async (arrival) => {
		if ((await arrival) !== 'arrived') throw new Error('It did not arrive.');
	});
	return Promise.any(failing).then(
		() => 'arrived',
		async () => ((await Promise.all(arrivals)).includes('away') ? 'away' : 'refused'),
	);
}
