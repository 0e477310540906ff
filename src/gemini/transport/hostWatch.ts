import { isUnreadable } from '../errors/network';

type Fetch = typeof globalThis.fetch;

/** ms. A host that has answered somebody within this time is there. */
const recentMs = 15_000;
/** ms. */
const probeTimeoutMs = 5_000;

/**
 * Tells whether the host is there although a browser says nothing of an answer: where an answer lacks the headers that let a
 * page read it, `fetch` throws what it throws without a network.
 */
export class HostWatch {
	private answeredAt = -Infinity;

	/** @param now ms */
	constructor(
		private readonly fetch: Fetch,
		private readonly now: () => number,
	) {}

	/** The same `fetch`, with each answer seen. */
	readonly watched: Fetch = async (input, init) => {
		const response = await this.fetch(input, init);
		this.answeredAt = this.now();
		return response;
	};

	/** Whether a call threw only because the browser may not hand out the answer. */
	async isUnreadable(thrown: unknown, address: string): Promise<boolean> {
		return isUnreadable(thrown) && (this.hasAnsweredLately() || (await this.isThere(address)));
	}

	private hasAnsweredLately(): boolean {
		return this.now() - this.answeredAt < recentMs;
	}

	/** Without a key and a header; nobody reads the answer, which a browser allows of every host. */
	private async isThere(address: string): Promise<boolean> {
		try {
			const signal = AbortSignal.timeout(probeTimeoutMs);
			await this.fetch(new URL(address).origin, { mode: 'no-cors', credentials: 'omit', signal });
			return true;
		} catch {
			return false;
		}
	}
}
