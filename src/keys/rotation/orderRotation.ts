import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Clock, Key, Dispose } from '../../pool/pool';
import type { Setting } from '../../settings/settings';
import { rotated, unrotated } from './rotation';
import { cronSchedule, dailySchedule, type RotationSchedule } from './rotationSchedule';

export interface OrderRotationParts {
	/** `off`, `daily`, or a cron expression of five fields. */
	readonly expression: Setting<string>;
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** The setting is not a cron expression: the stored order counts. */
	readonly onInvalid: (expression: string) => void;
	/** A listener threw. */
	readonly report: (error: unknown) => void;
}

/** Rotates the order of the keys on the schedule of the setting. Nothing is stored: every window computes the same order. */
export class OrderRotation implements Disposable {
	private readonly changed: Emitter<undefined>;
	private readonly registration: Disposable;
	private schedule: RotationSchedule | undefined;
	/** Rotations of the current order. */
	private count = 0;
	private timer: Dispose | undefined;
	private disposed = false;

	constructor(private readonly parts: OrderRotationParts) {
		this.changed = new Emitter<undefined>(parts.report);
		this.registration = parts.expression.onDidChange(() => this.readSetting());
		this.readSetting();
	}

	/** The order changed. */
	onDidChange(listener: () => void): Disposable {
		return this.changed.event(() => listener());
	}

	/** @param keys in their stored order. */
	order(keys: readonly Key[]): readonly Key[] {
		return rotated(keys, this.count);
	}

	/** The order to store so that the keys are shown in this one. */
	stored(seen: readonly Key[]): readonly Key[] {
		return unrotated(seen, this.count);
	}

	dispose(): void {
		this.disposed = true;
		this.timer?.();
		this.registration.dispose();
		this.changed.dispose();
	}

	private readSetting(): void {
		const when = this.parts.expression.value;
		if (when === 'off' || when === 'daily') {
			this.setSchedule(when === 'daily' ? dailySchedule : undefined);
			return;
		}
		// The setting can change again while the cron library loads.
		const isCurrent = (): boolean => !this.disposed && this.parts.expression.value === when;
		cronSchedule(when).then(
			(schedule) => {
				if (isCurrent()) this.setSchedule(schedule);
			},
			() => {
				if (!isCurrent()) return;
				this.setSchedule(undefined);
				this.parts.onInvalid(when);
			},
		);
	}

	private setSchedule(schedule: RotationSchedule | undefined): void {
		this.schedule = schedule;
		this.update();
	}

	private update(): void {
		this.timer?.();
		this.timer = undefined;
		const { clock } = this.parts;
		const now = new Date(clock.wall());
		const count = this.schedule?.countAt(now) ?? 0;
		if (this.schedule) {
			this.timer = clock.after(Math.max(1, this.schedule.nextAfter(now).getTime() - now.getTime()), () =>
				this.update(),
			);
		}
		if (count === this.count) return;
		this.count = count;
		this.changed.fire(undefined);
	}
}
