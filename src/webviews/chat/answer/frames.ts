/** ms of a frame that drawing may take: the rest is for layout, paint and input. */
const budgetMs = 8;

/**
 * Does work in slices, one slice a frame, so that no task gets long. A job does a little and says whether more is
 * left; jobs take turns in the order of their first request.
 */
export class Frames {
	private readonly jobs = new Set<() => boolean>();
	private asked = false;

	constructor(private readonly after: () => void) {}

	/** Asking for a job that is already waiting does nothing. */
	request(job: () => boolean): void {
		this.jobs.add(job);
		this.ask();
	}

	cancel(job: () => boolean): void {
		this.jobs.delete(job);
	}

	private ask(): void {
		if (!this.asked && this.jobs.size > 0) {
			this.asked = true;
			requestAnimationFrame(() => this.frame());
		}
	}

	private frame(): void {
		this.asked = false;
		const end = performance.now() + budgetMs;
		for (const job of [...this.jobs]) {
			let more = true;
			while (more && performance.now() < end) {
				more = job();
			}
			if (!more) {
				this.jobs.delete(job);
			}
		}
		this.after();
		this.ask();
	}
}
