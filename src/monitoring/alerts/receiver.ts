import type { EpochMs } from '../../pool/pool';
import type { Alert } from './alert';

export type ReceiverName = 'slack' | 'discord' | 'webhook' | 'mail';

/** Where alerts go. */
export interface Receiver {
	readonly name: ReceiverName;
	/** Sends an alert of that time once. Rejects with `DeliveryError`, or with what `signal` was aborted with. */
	send(alert: Alert, at: EpochMs, signal: AbortSignal): Promise<void>;
}
