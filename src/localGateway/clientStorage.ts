import type { ClientStorage } from '../gateway/gateway';
import type { Disposable } from '../common/dispose';
import { windowMutex, type Clock, type LeaderElection } from '../pool/pool';

/** The part of VS Code's SecretStorage that clients need. */
export interface ClientSecrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

/** The system neither hands out nor stores secrets, for instance while it is locked. */
export class SecretsRefused extends Error {
	override readonly name = 'SecretsRefused';
}

const name = 'gateway.clients';

/** The clients, their tokens as hashes, in the secret storage: all windows share it, and it outlives them. */
export function clientStorage(
	secrets: ClientSecrets,
	{ election, clock }: { readonly election: Pick<LeaderElection, 'tryAcquire'>; readonly clock: Pick<Clock, 'after'> },
): ClientStorage {
	const inTurn = windowMutex('gatewayClients', () => election, clock);
	const refusable = async <T>(call: () => PromiseLike<T>): Promise<T> => {
		try {
			return await call();
		} catch (cause) {
			throw new SecretsRefused(cause instanceof Error ? cause.message : String(cause), { cause });
		}
	};
	const read = (): Promise<string | undefined> => refusable(() => secrets.get(name));
	return {
		read,
		update: (change) =>
			inTurn(async () => {
				const changed = change(await read());
				await refusable(() => secrets.store(name, changed));
			}),
		onDidChange: (listener) =>
			secrets.onDidChange(({ key }) => {
				if (key === name) listener();
			}),
	};
}
