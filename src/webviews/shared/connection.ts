import type { Request, ToView } from '../protocol';

/** What VS Code gives a webview's document, once. */
export interface VsCode {
	postMessage(message: unknown): void;
	getState(): unknown;
	setState(state: unknown): void;
}

/** Requests that wait for a reply; the oldest are given up beyond this. */
const maxPending = 100;

/** The document's end of the channel: `M` is what it asks, `E` what it is told. */
export class Connection<M, E> {
	/** Counts on from the time: a reply can come to a document after the one that asked. */
	private last = Date.now();
	private readonly pending = new Map<number, (error: string | undefined) => void>();

	constructor(
		private readonly vscode: VsCode,
		onEvent: (event: E) => void,
		target: { addEventListener(type: 'message', hear: (message: { readonly data: ToView<E> }) => void): void },
	) {
		target.addEventListener('message', ({ data }) => {
			if (data.type === 'event') {
				onEvent(data.event);
			} else {
				this.settle(data.id, data.ok ? undefined : data.error);
			}
		});
	}

	/** Resolves to undefined, or to what went wrong in words for a person. */
	request(body: M): Promise<string | undefined> {
		const id = ++this.last;
		this.settle(id - maxPending, undefined);
		return new Promise((resolve) => {
			this.pending.set(id, resolve);
			this.vscode.postMessage({ id, body } satisfies Request<M>);
		});
	}

	private settle(id: number, error: string | undefined): void {
		this.pending.get(id)?.(error);
		this.pending.delete(id);
	}
}
