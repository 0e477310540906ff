import { digestOf } from '../../common/digest';

/** Texts that are remembered, the newest: those of some long conversations. */
const maxKnown = 5_000;

/**
 * Looks for the person's keys in all texts of a request, once in each: a conversation repeats what came before, and what was
 * said to another model was never looked through here.
 */
export class HeldKeyCheck {
	/** Digests of the texts that may be sent. */
	private readonly known = new Set<string>();

	/** @param mayBeSent false where a text holds one of the keys, and the person does not want it to be sent */
	constructor(
		private readonly mayBeSent: (texts: readonly string[], initiator: string | undefined) => Promise<boolean>,
	) {}

	async allows(texts: readonly string[], initiator: string | undefined): Promise<boolean> {
		const named = await Promise.all(
			texts.filter((text) => text !== '').map(async (text) => ({ text, digest: await digestOf(text) })),
		);
		const unknown = named.filter(({ digest }) => !this.known.has(digest)).map(({ text }) => text);
		if (unknown.length > 0 && !(await this.mayBeSent(unknown, initiator))) return false;
		for (const { digest } of named) {
			this.known.delete(digest);
			this.known.add(digest);
		}
		for (const oldest of this.known) {
			if (this.known.size <= maxKnown) break;
			this.known.delete(oldest);
		}
		return true;
	}
}
