import { Line } from './line';
import { maxChatStreak } from './sharedQueue';

interface Waiting {
	/** Orders arrivals; each has its own. */
	readonly order: number;
	readonly isWaiting: boolean;
	readonly request: { readonly id: string; readonly priority: 'chat' | 'batch' };
}

/** The requests that wait: chat before batch, none starved. */
export class Lines<E extends Waiting> {
	private readonly chat = new Line<E>();
	private readonly batch = new Line<E>();
	private readonly byId = new Map<string, E>();
	private chatStreak = 0;

	get length(): number {
		return this.chat.length + this.batch.length;
	}

	add(entry: E): void {
		this[entry.request.priority].add(entry);
		this.byId.set(entry.request.id, entry);
	}

	find(id: string): E | undefined {
		return this.byId.get(id);
	}

	/** Call when one has ceased to wait. */
	left(entry: E): void {
		const { id, priority } = entry.request;
		this[priority].left();
		if (this.byId.get(id) === entry) this.byId.delete(id);
	}

	/** Call before a request that is served has left. */
	served({ request }: E): void {
		this.chatStreak = request.priority === 'batch' || this.batch.length === 0 ? 0 : this.chatStreak + 1;
	}

	/** In the order in which they are served, as far as that does not change meanwhile. */
	*inTurn(): Generator<E, void, undefined> {
		const chat = this.chat.entries();
		const batch = this.batch.entries();
		for (let c = 0, b = 0; c < chat.length || b < batch.length;) {
			const batchFirst = b < batch.length && (c >= chat.length || this.chatStreak >= maxChatStreak);
			const entry = batchFirst ? batch[b++] : chat[c++];
			if (entry?.isWaiting) yield entry;
		}
	}

	/** Chat requests first, each in order of arrival. */
	*inOrder(): Generator<E, void, undefined> {
		for (const line of [this.chat, this.batch]) {
			for (const entry of line.entries()) if (entry.isWaiting) yield entry;
		}
	}
}
