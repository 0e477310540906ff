import * as v from 'valibot';
import { DisposableStore, type Disposable } from '../common/dispose';
import type { ToView } from './protocol';
import { envelope } from './schema';

/** The part of `vscode.Webview` that carries messages. */
export interface Post {
	/** Resolves to false when no live document took the message. */
	postMessage(message: unknown): Thenable<boolean>;
	onDidReceiveMessage(listener: (message: unknown) => void): Disposable;
}

interface Thenable<T> {
	then<R>(ok: (value: T) => R, failed: (reason: unknown) => R): unknown;
}

/** An error whose message is already in words for a person. */
export class WordedError extends Error {
	override readonly name = 'WordedError';
}

export interface MessageOptions<M> {
	readonly schema: v.GenericSchema<unknown, M>;
	/** The signal ends with the view. */
	handle(message: M, signal: AbortSignal): void | Promise<void>;
	/** What a person reads when a handler fails without words of its own. */
	readonly failed: string;
	/** For the log: what a person is not shown. */
	onError(error: unknown): void;
}

/**
 * Carries one view's messages, host side. Every valid request gets exactly one reply, an error too; what does not
 * follow the schema is refused. After `dispose` nothing stays pending: running handlers see their signal end, and
 * every `notify` settles.
 */
export class Messages<M, E> implements Disposable {
	private readonly owned = new DisposableStore();
	private readonly end = new AbortController();
	private readonly pending = new Set<() => void>();

	constructor(
		private readonly post: Post,
		private readonly options: MessageOptions<M>,
	) {
		this.owned.add(post.onDidReceiveMessage((message) => void this.receive(message)));
	}

	/** True when a live document took the event. */
	notify(event: E): Promise<boolean> {
		return this.send({ type: 'event', event });
	}

	dispose(): void {
		this.owned.dispose();
		this.end.abort();
		for (const settle of [...this.pending]) {
			settle();
		}
	}

	private send(message: ToView<E>): Promise<boolean> {
		if (this.end.signal.aborted) {
			return Promise.resolve(false);
		}
		return new Promise((resolve) => {
			const settle = (delivered: boolean) => {
				this.pending.delete(drop);
				resolve(delivered);
			};
			const drop = () => settle(false);
			this.pending.add(drop);
			// A view that is being torn down rejects: that is the same as not delivered.
			this.post.postMessage(message).then(settle, drop);
		});
	}

	private async receive(message: unknown): Promise<void> {
		const outer = v.safeParse(envelope, message);
		if (!outer.success) {
			this.options.onError(new Error('A view sent something that is no request.'));
			return;
		}
		const { id, body } = outer.output;
		try {
			await this.options.handle(v.parse(this.options.schema, body), this.end.signal);
			await this.send({ type: 'reply', id, ok: true });
		} catch (error) {
			const worded = error instanceof WordedError;
			if (!worded) {
				this.options.onError(error);
			}
			await this.send({
				type: 'reply',
				id,
				ok: false,
				error: worded ? error.message : this.options.failed,
			});
		}
	}
}
