import type { Disposable } from '../../common/dispose';
import type { Clock, KeyId, Dispose, ProjectId } from '../../pool/pool';

/** ms for which a removed key can be brought back; its secret is erased afterwards. */
export const undoMs = 10_000;

interface Removed {
	readonly project: ProjectId;
	readonly off: Dispose;
}

/** Removed keys whose secrets are not erased yet: it says when the time has come. */
export class RecentlyRemoved implements Disposable {
	private readonly removed = new Map<KeyId, Removed>();

	constructor(
		private readonly clock: Pick<Clock, 'wall' | 'after'>,
		private readonly due: (id: KeyId) => void,
		private readonly changed: () => void,
	) {}

	/** @param removedAt ms since 1970; one that lies ahead, after a clock was set back, counts as now. */
	put(id: KeyId, project: ProjectId, removedAt: number): void {
		this.removed.get(id)?.off();
		this.removed.delete(id);
		const left = Math.min(undoMs, Math.max(0, removedAt + undoMs - this.clock.wall()));
		this.removed.set(id, {
			project,
			off: this.clock.after(left, () => this.due(id)),
		});
		this.changed();
	}

	/** It is erased, or back. */
	take(id: KeyId): void {
		this.removed.get(id)?.off();
		if (this.removed.delete(id)) this.changed();
	}

	/** The newest last. */
	ids(): readonly KeyId[] {
		return [...this.removed.keys()];
	}

	/** Whether a key in here belongs to the project. */
	holds(project: ProjectId): boolean {
		return [...this.removed.values()].some((key) => key.project === project);
	}

	dispose(): void {
		for (const id of this.ids()) this.take(id);
	}
}
