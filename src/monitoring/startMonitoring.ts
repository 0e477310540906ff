import { commands } from 'vscode';
import { DisposableStore, type Disposable } from '../common/dispose';
import type { LearningMasker } from '../masking/masking';
import type { Clock, LeaderElection, Pool } from '../pool/pool';
import type { Settings } from '../settings/settings';
import type { Words } from '../localization/words';
import type { AlertsParts } from './alerts/alerts';
import { alertCommands } from './alerts/commands';
import { describeUndeliverable } from './alerts/describeDelivery';
import { mementoMemory, type AlertMemento } from './alerts/mementoMemory';
import type { AlertSecretStore } from './alerts/secrets';
import { startAlerts } from './alerts/startAlerts';
import type { Receiver } from './alerts/receiver';
import { readReceivers, type ReceiversParts } from './alerts/receivers';
import type { Log } from './log/log';
import type { MonitoringCommand } from './commandNames';
import { metricsCommands } from './metrics/commands';
import { startMetrics, type MetricsParts } from './metrics/startMetrics';
import { metricsToken } from './metrics/token';
import { logPool } from './log/poolLog';
import { withoutSimulatedKeys, type SimulatedKeys } from './log/withoutSimulatedKeys';

export interface MonitoringParts
	extends Pick<MetricsParts, 'warn'>, Pick<ReceiversParts, 'fetch' | 'sendMail' | 'newId'> {
	/** Absent where no page can be served: in a browser. */
	readonly metrics: Pick<MetricsParts, 'load' | 'servePage'> | undefined;
	readonly pool: Pool;
	readonly clock: Clock;
	readonly random: () => number;
	readonly settings: Settings;
	readonly words: Words;
	readonly log: Log;
	readonly masker: LearningMasker;
	readonly election: Pick<LeaderElection, 'campaign'>;
	readonly secrets: AlertSecretStore;
	/** Keeps what alerts have told. */
	readonly memento: AlertMemento;
	readonly simulatedKeys: SimulatedKeys;
	readonly report: (error: unknown) => void;
}

export interface Monitoring extends Disposable {
	readonly commands: Readonly<Record<MonitoringCommand, () => Promise<void>>>;
	/** Shows no more what was counted until now: everything was erased. */
	forget(): void;
}

/** Everything that looks at the pool and never acts: its log, its metrics, its alerts. */
export function startMonitoring(parts: MonitoringParts): Monitoring {
	const { clock, settings, masker, log, report } = parts;
	const alertReceivers = (): Promise<readonly Receiver[]> => {
		return readReceivers({ ...parts, learn: masker.learn, mask: masker.mask, now: clock.wall });
	};
	const owned = new DisposableStore();
	owned.add({ dispose: logPool(parts.pool, clock, log) });
	const pool = withoutSimulatedKeys(parts.pool, parts.simulatedKeys);
	const token = async (): Promise<string | undefined> => {
		const set = await parts.secrets.get(metricsToken);
		if (set !== undefined) masker.learn(set);
		return set;
	};
	const metrics =
		parts.metrics &&
		owned.add(startMetrics({ ...parts, ...parts.metrics, pool, token, mask: masker.mask, port: settings.metricsPort }));
	const memory = mementoMemory(parts.memento, report);
	const onReceivers = (areSome: boolean): void =>
		void commands.executeCommand('setContext', 'keypool.hasAlertReceivers', areSome);
	const undeliverable: AlertsParts['undeliverable'] = (receiver, reason) =>
		parts.warn(describeUndeliverable(receiver, reason, parts.words));
	owned.add(startAlerts({ ...parts, pool, memory, receivers: alertReceivers, onReceivers, undeliverable }));
	return {
		commands: { ...alertCommands({ ...parts, receivers: alertReceivers }), ...metricsCommands(parts) },
		forget: () => metrics?.forget(),
		dispose: () => owned.dispose(),
	};
}
