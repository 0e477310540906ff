/** Runs once a second, while it is on. */
export class Ticker {
	private interval: ReturnType<typeof setInterval> | undefined;

	constructor(private readonly run: () => void) {}

	set(on: boolean): void {
		if (on === (this.interval !== undefined)) return;
		clearInterval(this.interval);
		this.interval = on ? setInterval(this.run, 1_000) : undefined;
	}
}
