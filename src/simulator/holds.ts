import { untilAborted } from './time/clock';
import type { Entry } from './log';

/** Stops streams after their first piece, so that somebody can look at half an answer. */
export interface Hold {
	/** Lets the held streams go on, and holds no more. */
	release(): void;
	/** Resolves when the first stream is held. */
	readonly reached: Promise<void>;
}

interface Item {
	readonly match: (entry: Entry) => boolean;
	readonly reach: () => void;
	readonly released: Promise<void>;
}

export class Holds {
	private readonly items = new Set<Item>();

	add(match: (entry: Entry) => boolean): Hold {
		const reached = gate();
		const released = gate();
		const item: Item = { match, reach: reached.open, released: released.passed };
		this.items.add(item);
		return {
			reached: reached.passed,
			release: () => {
				this.items.delete(item);
				released.open();
			},
		};
	}

	/** Returns when nobody holds this stream, or rejects when its caller gives up. */
	async pass(entry: Entry, signal: AbortSignal): Promise<void> {
		for (const item of [...this.items].filter(({ match }) => match(entry))) {
			item.reach();
			await untilAborted(signal, (done) => {
				void item.released.then(done);
				return () => undefined;
			});
		}
	}
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
	let open = (): void => undefined;
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { passed, open: () => open() };
}
