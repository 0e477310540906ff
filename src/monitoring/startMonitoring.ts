import { DisposableStore, type Disposable } from '../dispose';
import type { LearningMasker } from '../masking';
import type { Clock, Pool } from '../pool/pool';
import type { Ownership } from '../pool/upkeep';
import type { Settings } from '../settings';
import type { Words } from '../words';
import type { AlertMemory } from './alerts/memory';
import type { AlertSecretStore } from './alerts/secrets';
import { startAlerts } from './alerts/startAlerts';
import type { Target } from './alerts/target';
import type { TargetsParts } from './alerts/targets';
import type { Log } from './log';
import { startMetrics, type MetricsParts } from './metrics/startMetrics';
import { logPool } from './poolLog';

export interface MonitoringParts
	extends Pick<MetricsParts, 'servePage' | 'warn'>, Pick<TargetsParts, 'fetch' | 'sendMail' | 'newId'> {
	readonly pool: Pool;
	readonly clock: Clock;
	readonly random: () => number;
	readonly settings: Settings;
	readonly words: Words;
	readonly log: Log;
	readonly masker: LearningMasker;
	readonly ownership: Pick<Ownership, 'bid'>;
	readonly secrets: AlertSecretStore;
	/** What alerts have told. */
	readonly memory: AlertMemory;
	readonly report: (error: unknown) => void;
}

export interface Monitoring extends Disposable {
	/** Who gets the alerts; read anew each time. */
	readonly alertTargets: () => Promise<readonly Target[]>;
}

/** Everything that looks at the pool and never acts: its log, its metrics, its alerts. */
export function startMonitoring(parts: MonitoringParts): Monitoring {
	const { pool, clock, settings, masker, log } = parts;
	const alertTargets = async (): Promise<readonly Target[]> => {
		const { readTargets } = await import('./alerts/targets');
		return readTargets({ ...parts, learn: masker.learn, now: clock.wall });
	};
	const owned = new DisposableStore();
	owned.add({ dispose: logPool(pool, clock, log) });
	owned.add(startMetrics({ ...parts, mask: masker.mask, port: settings.metricsPort }));
	owned.add(startAlerts({ ...parts, load: () => import('./alerts/alerts'), targets: alertTargets }));
	return { alertTargets, dispose: () => owned.dispose() };
}
