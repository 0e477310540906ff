import type { Disposable } from '../../common/dispose';
import type { Attempt, KeyId, Dispose, RequestRecord } from '../../pool/pool';

/** Where the ends of calls are told: those of this window at once, those of others and of earlier when they were written. */
export interface CallHistory {
	onAttempt(listener: (attempt: Attempt) => void): Dispose;
	/** Oldest first. */
	requestRecords(): readonly RequestRecord[];
}

/** Keys whose last failure is kept in memory. */
const maxKeys = 1_000;

/** The last failed call of each key: what its state came from. */
export class LastFailures implements Disposable {
	private readonly byKey = new Map<KeyId, Attempt>();
	private readonly off: Dispose;

	constructor(private readonly history: CallHistory) {
		this.off = history.onAttempt((attempt) => {
			if (!isFailure(attempt)) return;
			this.byKey.delete(attempt.key);
			this.byKey.set(attempt.key, attempt);
			for (const oldest of this.byKey.keys()) {
				if (this.byKey.size <= maxKeys) break;
				this.byKey.delete(oldest);
			}
		});
	}

	/** Of the key, and of this model where one is named. What the service said is known of this window's calls only. */
	of(key: KeyId, model?: string): Attempt | undefined {
		const isMeant = (attempt: Attempt): boolean =>
			attempt.key === key && isFailure(attempt) && (model === undefined || attempt.model === model);
		const own = this.byKey.get(key);
		const told = own && isMeant(own) ? own : undefined;
		const written = this.history
			.requestRecords()
			.flatMap(({ attempts }) => attempts)
			.filter(isMeant)
			.reduce<Attempt | undefined>((last, one) => (last && last.sentAt >= one.sentAt ? last : one), undefined);
		return told && written && written.sentAt > told.sentAt ? written : (told ?? written);
	}

	dispose(): void {
		this.off();
	}
}

function isFailure({ outcome }: Attempt): boolean {
	return outcome !== 'answered' && outcome !== 'cancelled';
}
