import type { ClientStorage } from '../gateway/gateway';
import type { Disposable } from '../common/dispose';
import { pause, type Clock, type LeaderElection } from '../pool/pool';

/** The part of VS Code's SecretStorage that clients need. */
export interface ClientSecrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

const name = 'gateway.clients';

/**
 * ms between two tries to have the turn, and after which a change goes ahead without. The turn of a window that crashed ends
 * long before; who has it may be asked to unlock the storage.
 */
const retryMs = 50;
const longestWaitMs = 60_000;

/**
 * The clients, their tokens as hashes, in the secret storage: all windows share it, and it outlives them. It has no step that
 * reads and writes in one, so that windows take turns.
 */
export function clientStorage(
	secrets: ClientSecrets,
	{ election, clock }: { readonly election: Pick<LeaderElection, 'tryAcquire'>; readonly clock: Pick<Clock, 'after'> },
): ClientStorage {
	const turn = async (): Promise<(() => void) | undefined> => {
		for (let waited = 0; ; waited += retryMs) {
			const end = await election.tryAcquire('gatewayClients');
			if (end || waited >= longestWaitMs) return end;
			await pause(clock, retryMs);
		}
	};
	let last: Promise<void> = Promise.resolve();
	return {
		read: () => secrets.get(name),
		// One after the other: a change begins with what the one before it wrote.
		update: (change) => {
			const next = last.then(async () => {
				const end = await turn();
				try {
					await secrets.store(name, change(await secrets.get(name)));
				} finally {
					end?.();
				}
			});
			last = next.catch(() => undefined);
			return next;
		},
		onDidChange: (listener) =>
			secrets.onDidChange(({ key }) => {
				if (key === name) listener();
			}),
	};
}
