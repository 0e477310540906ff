import type { Clock } from '../types/clock';

/** One request's own back-offs. */
export class BackOff {
	/** Ends the back-off under way, if any. */
	end: () => void = () => undefined;

	constructor(
		private readonly clock: Clock,
		private readonly signal: AbortSignal,
	) {}

	/** Throws the signal's reason. */
	wait(ms: number): Promise<void> {
		return new Promise((resolve, reject) => {
			const cancel = (): void => {
				off();
				reject(this.signal.reason instanceof Error ? this.signal.reason : new Error('cancelled'));
			};
			this.end = () => {
				off();
				this.signal.removeEventListener('abort', cancel);
				resolve();
			};
			const off = this.clock.after(ms, this.end);
			if (this.signal.aborted) cancel();
			else this.signal.addEventListener('abort', cancel, { once: true });
		});
	}
}
