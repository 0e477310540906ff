import type { ClientStorage } from '../gateway/gateway';
import type { Disposable } from '../common/dispose';
import { pause, type Clock, type LeaderElection } from '../pool/pool';

/** The part of VS Code's SecretStorage that clients need. */
export interface ClientSecrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

/** The system does not hand out or take in secrets, as while it is locked. */
export class SecretsRefused extends Error {
	override readonly name = 'SecretsRefused';
}

const name = 'gateway.clients';

/**
 * ms between two tries to have the turn, and after which a change goes ahead without. The turn of a window that crashed ends
 * long before; who has it may be asked to unlock the storage.
 */
const retryMs = 50;
const longestWaitMs = 60_000;
/** ms after a change in which the turn is kept: the editor hands a secret on to other windows only a moment after it has taken it. */
const handedOnMs = 500;

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
	const refusable = async <T>(call: () => PromiseLike<T>): Promise<T> => {
		try {
			return await call();
		} catch (cause) {
			throw new SecretsRefused(cause instanceof Error ? cause.message : String(cause), { cause });
		}
	};
	const read = (): Promise<string | undefined> => refusable(() => secrets.get(name));
	let last: Promise<void> = Promise.resolve();
	/** Takes the turn that the change before has left; undefined where there is none. */
	let takeKept: (() => () => void) | undefined;
	const keep = (end: () => void): void => {
		const off = clock.after(handedOnMs, () => takeKept?.()());
		takeKept = () => {
			off();
			takeKept = undefined;
			return end;
		};
	};
	return {
		read,
		// One after the other: a change begins with what the one before it wrote.
		update: (change) => {
			const next = last.then(async () => {
				const end = takeKept?.() ?? (await turn());
				try {
					const changed = change(await read());
					await refusable(() => secrets.store(name, changed));
				} finally {
					if (end) keep(end);
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
