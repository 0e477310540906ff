import type { Wall } from '../../pool/pool';
import type { Alert } from './alert';

export type TargetName = 'slack' | 'discord' | 'webhook' | 'mail';

/** Where alerts go. */
export interface Target {
	readonly name: TargetName;
	/** Sends an alert of that time once. Rejects with `DeliveryError`, or with what `signal` was aborted with. */
	send(alert: Alert, at: Wall, signal: AbortSignal): Promise<void>;
}
