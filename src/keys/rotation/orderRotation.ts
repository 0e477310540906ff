import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Clock, Key, Dispose } from '../../pool/pool';
import type { Setting } from '../../settings/settings';
import { rotated, unrotated } from './rotation';
import { cronTurns, daily, type RotationSchedule } from './rotationSchedule';

export interface OrderRotationParts {
	/** `off`, `daily`, or a cron expression of five fields. */
	readonly when: Setting<string>;
	readonly clock: Pick<Clock, 'wall' | 'after'>;
	/** The setting is no cron expression: the order stays as it is stored. */
	readonly refused: (expression: string) => void;
	/** A listener threw. */
	readonly report: (error: unknown) => void;
}

/** Rotates the order of the keys as the setting says. Nothing is stored: every window computes the same order. */
export class OrderRotation implements Disposable {
	private readonly changed: Emitter<undefined>;
	private readonly registration: Disposable;
	private turns: RotationSchedule | undefined;
	/** What the order was last rotated by. */
	private count = 0;
	private timer: Dispose | undefined;
	private disposed = false;

	constructor(private readonly parts: OrderRotationParts) {
		this.changed = new Emitter<undefined>(parts.report);
		this.registration = parts.when.onDidChange(() => this.follow());
		this.follow();
	}

	/** The order is another one now. */
	onDidChange(listener: () => void): Disposable {
		return this.changed.event(() => listener());
	}

	/** @param keys in their stored order. */
	order(keys: readonly Key[]): readonly Key[] {
		return rotated(keys, this.count);
	}

	/** @param seen keys in the order that people see, or shall see: answers the order to store for that. */
	stored(seen: readonly Key[]): readonly Key[] {
		return unrotated(seen, this.count);
	}

	dispose(): void {
		this.disposed = true;
		this.timer?.();
		this.registration.dispose();
		this.changed.dispose();
	}

	private follow(): void {
		const when = this.parts.when.value;
		if (when === 'off' || when === 'daily') {
			this.use(when === 'daily' ? daily : undefined);
			return;
		}
		// The setting can change again while what reads cron is loaded.
		const isCurrent = (): boolean => !this.disposed && this.parts.when.value === when;
		cronTurns(when).then(
			(turns) => {
				if (isCurrent()) this.use(turns);
			},
			() => {
				if (!isCurrent()) return;
				this.use(undefined);
				this.parts.refused(when);
			},
		);
	}

	private use(turns: RotationSchedule | undefined): void {
		this.turns = turns;
		this.look();
	}

	private look(): void {
		this.timer?.();
		this.timer = undefined;
		const { clock } = this.parts;
		const now = new Date(clock.wall());
		const count = this.turns?.at(now) ?? 0;
		if (this.turns) {
			this.timer = clock.after(Math.max(1, this.turns.next(now).getTime() - now.getTime()), () => this.look());
		}
		if (count === this.count) return;
		this.count = count;
		this.changed.fire(undefined);
	}
}
