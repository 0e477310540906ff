/** Passes values to one reader until `work` ends. A newer value replaces one that was not read yet. */
export class LatestValueChannel<T, R> {
	private value: { readonly of: T } | undefined;
	private end: { readonly result: R } | { readonly error: unknown } | undefined;
	private notify: (() => void) | undefined;

	constructor(work: Promise<R>) {
		work.then(
			(result) => this.finish({ result }),
			(error: unknown) => this.finish({ error }),
		);
	}

	post(value: T): void {
		this.value = { of: value };
		this.notify?.();
	}

	/** The latest unread value, or the result. Throws what the work threw. */
	async next(): Promise<{ readonly value: T } | { readonly result: R }> {
		for (;;) {
			if (this.end) {
				if ('error' in this.end) throw this.end.error;
				return this.end;
			}
			if (this.value) {
				const { of } = this.value;
				this.value = undefined;
				return { value: of };
			}
			await new Promise<void>((resolve) => {
				this.notify = resolve;
			});
		}
	}

	private finish(end: { readonly result: R } | { readonly error: unknown }): void {
		this.end = end;
		this.notify?.();
	}
}
