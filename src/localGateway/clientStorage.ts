import type { ClientStorage } from '../gateway/gateway';
import type { Disposable } from '../common/dispose';

/** The part of VS Code's SecretStorage that clients need. */
export interface ClientSecrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

const name = 'gateway.clients';

/** The clients, their tokens as hashes, in the secret storage: all windows share it, and it outlives them. */
export function clientStorage(secrets: ClientSecrets): ClientStorage {
	let last: Promise<void> = Promise.resolve();
	return {
		read: () => secrets.get(name),
		// One after the other: a change begins with what the one before it wrote.
		update: (change) => {
			const next = last.then(async () => secrets.store(name, change(await secrets.get(name))));
			last = next.catch(() => undefined);
			return next;
		},
		onDidChange: (listener) =>
			secrets.onDidChange(({ key }) => {
				if (key === name) listener();
			}),
	};
}
