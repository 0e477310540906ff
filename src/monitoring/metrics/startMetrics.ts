import type { Disposable } from '../../common/dispose';
import { openServedPort } from '../../common/servedPort';
import type { Masker } from '../../masking/masking';
import type { Clock, Dispose, LeaderElection } from '../../pool/pool';
import type { Setting } from '../../settings/settings';
import type { Words } from '../../localization/words';
import type { Log } from '../log/log';
import type { WatchedPool } from '../log/poolWatch';
import type { Metrics } from './metrics';

/** A page on the loopback, read again for each visit. */
interface Page {
	readonly path: string;
	readonly contentType: string;
	read(): Promise<string>;
	/** What a visitor must send; undefined: nothing. */
	token(): Promise<string | undefined>;
}

export interface MetricsParts {
	readonly pool: WatchedPool;
	readonly clock: Pick<Clock, 'after'>;
	readonly mask: Masker;
	readonly log: Log;
	readonly words: Words;
	/** Reads what counts, at its first use. */
	readonly load: () => Promise<{ readonly Metrics: typeof Metrics }>;
	/** 0: off. */
	readonly port: Setting<number>;
	readonly election: Pick<LeaderElection, 'campaign'>;
	/** What readers must send to be answered, asked at each visit: another window may have changed it. */
	readonly token: () => Promise<string | undefined>;
	/** Rejects with an error whose `reason` is `inUse`, `notAllowed` or `failed`. */
	readonly servePage: (port: number, page: Page) => Promise<{ close(): Promise<void> }>;
	/** Shows a person a sentence. */
	readonly warn: (text: string) => void;
}

/** ms between tries to have the port. */
const retryMs = 4_000;

/** Serves the metrics on the port that the setting names, from one of the windows that share the store. */
export function startMetrics(parts: MetricsParts): Disposable & { forget(): void } {
	const { port, election, log } = parts;
	const forgets = new Set<() => void>();
	let withdraw: Dispose | undefined;
	const follow = (): void => {
		withdraw?.();
		const wanted = port.value;
		withdraw = wanted === 0 ? undefined : election.campaign('metrics', () => open(wanted));
	};
	const open = (wanted: number): Dispose =>
		openServedPort(wanted, {
			open: async () => {
				const { Metrics: Counting } = await parts.load();
				const count = () => new Counting(parts.pool, parts.clock, parts.mask);
				let counting = count();
				const { contentType } = counting;
				const forget = (): void => {
					counting.dispose();
					counting = count();
				};
				forgets.add(forget);
				const dispose = (): void => {
					forgets.delete(forget);
					counting.dispose();
				};
				return { contentType, text: () => counting.text(), dispose };
			},
			serve: (at, source) =>
				parts.servePage(at, {
					path: '/metrics',
					contentType: source.contentType,
					read: () => source.text(),
					token: parts.token,
				}),
			clock: parts.clock,
			retryMs,
			serving: (at) => log.info(`metrics are served on http://127.0.0.1:${at}/metrics`),
			trouble: (at, error) => {
				log.warn(`metrics cannot be served on port ${at}: ${error instanceof Error ? error.message : String(error)}`);
				parts.warn(inWords(at, error, parts.words));
			},
		});
	follow();
	const registration = port.onDidChange(follow);
	return {
		/** Counts from now on: everything was erased. */
		forget() {
			for (const forget of forgets) forget();
		},
		dispose() {
			registration.dispose();
			withdraw?.();
		},
	};
}

function inWords(port: number, error: unknown, { t }: Words): string {
	const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
	switch (reason) {
		case 'inUse':
			return t('Port {0} for the metrics is taken by another program. Choose another one in the settings.', port);
		case 'notAllowed':
			return t(
				'This computer does not allow port {0} for the metrics: its system keeps it for itself, as Windows does with whole ranges. Choose another one above 1023 in the settings.',
				port,
			);
		default:
			return t('The metrics cannot be served on port {0}. See Keypool’s log for the reason.', port);
	}
}
