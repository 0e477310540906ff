import type { ChatChange, ChatEvent, ChatState } from '../../webviews/protocol';

/**
 * Sends one document what it must know, numbered and in order. One message is under way at a time; what happens
 * meanwhile goes together in the next, so that a slow window gets fewer and larger messages instead of a backlog.
 * A document that is gone gets nothing until its successor asks for the whole state.
 */
export class WebviewSync {
	private changes: ChatChange[] = [];
	private rev = 0;
	private state: 'absent' | 'stale' | 'current' = 'absent';
	private sending = false;
	/** Counts documents: a message that the old one missed says nothing of the new one. */
	private refreshes = 0;

	constructor(
		private readonly post: (event: ChatEvent) => Promise<boolean>,
		private readonly whole: () => ChatState,
	) {}

	/** The document is there and knows nothing: the whole state is sent. */
	refresh(): void {
		this.changes = [];
		this.state = 'stale';
		this.refreshes++;
		void this.flush();
	}

	/** After a change too large to tell: the whole state again, if a document listens. */
	reset(): void {
		if (this.state !== 'absent') {
			this.refresh();
		}
	}

	add(change: ChatChange): void {
		if (this.state !== 'current') {
			return;
		}
		const last = this.changes.at(-1);
		if (
			(last?.type === 'append' || last?.type === 'appendThoughts') &&
			change.type === last.type &&
			last.turn === change.turn
		) {
			this.changes[this.changes.length - 1] = {
				...last,
				text: last.text + change.text,
			};
		} else {
			this.changes.push(change);
		}
		void this.flush();
	}

	private async flush(): Promise<void> {
		if (this.sending) {
			return;
		}
		this.sending = true;
		try {
			for (let event = this.next(); event; event = this.next()) {
				const document = this.refreshes;
				if (!(await this.post(event)) && document === this.refreshes) {
					this.state = 'absent';
					this.changes = [];
				}
			}
		} finally {
			this.sending = false;
		}
	}

	private next(): ChatEvent | undefined {
		if (this.state === 'stale') {
			this.state = 'current';
			return { type: 'state', rev: ++this.rev, state: this.whole() };
		}
		if (this.state === 'absent' || this.changes.length === 0) {
			return undefined;
		}
		return { type: 'update', rev: ++this.rev, changes: this.changes.splice(0) };
	}
}
