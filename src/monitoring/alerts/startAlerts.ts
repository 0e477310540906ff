import { DisposableStore, type Disposable } from '../../common/dispose';
import type { Dispose, LeaderElection } from '../../pool/pool';
import type { Settings } from '../../settings/settings';
import { Alerts, type AlertsParts } from './alerts';
import { isAlertSecret, type AlertSecretStore } from './secrets';
import type { Receiver } from './receiver';

export interface StartAlertsParts extends Omit<AlertsParts, 'interval'> {
	readonly settings: Settings;
	readonly secrets: Pick<AlertSecretStore, 'onDidChange'>;
	readonly receivers: () => Promise<readonly Receiver[]>;
	/** Hears whether there are any. */
	readonly onReceivers: (areSome: boolean) => void;
	readonly election: Pick<LeaderElection, 'campaign'>;
	readonly report: (error: unknown) => void;
}

/** ms after which receivers that could not be read are read again: a person may unlock the secret storage later. */
const retryMs = 60_000;

/** Sends alerts to the receivers that are set, from one of the windows that share the store. */
export function startAlerts(parts: StartAlertsParts): Disposable {
	const { settings, election, report } = parts;
	const owned = new DisposableStore();
	let withdraw: Dispose | undefined;
	/** Counts the readings: an older one that is still under way is of no use. */
	let reading = 0;
	const follow = async (): Promise<void> => {
		const own = ++reading;
		const receivers = await parts.receivers();
		if (own !== reading) return;
		withdraw?.();
		withdraw = undefined;
		parts.onReceivers(receivers.length > 0);
		if (receivers.length === 0) return;
		withdraw = election.campaign('alerts', () => {
			const alerts = new Alerts(receivers, { ...parts, interval: settings.alertInterval });
			return () => alerts.dispose();
		});
	};
	let retry: Dispose | undefined;
	let isOver = false;
	let isReported = false;
	const again = (): void => {
		retry?.();
		follow().catch((error: unknown) => {
			if (isOver) return;
			if (!isReported) report(error);
			isReported = true;
			retry?.();
			retry = parts.clock.after(retryMs, again);
		});
	};
	owned.add(
		parts.secrets.onDidChange(({ key }) => {
			if (isAlertSecret(key)) again();
		}),
	);
	for (const setting of [settings.alertSmtp, settings.alertMailFrom, settings.alertMailTo]) {
		owned.add(setting.onDidChange(again));
	}
	again();
	owned.add({
		dispose: () => {
			reading++;
			isOver = true;
			retry?.();
			withdraw?.();
		},
	});
	return owned;
}
