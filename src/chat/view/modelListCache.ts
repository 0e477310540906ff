import type { ModelInfo } from '../../gemini/gemini';
import type { KeyId, Snapshot } from '../../pool/pool';

/** ms for which a list is good: models come and go over months. */
const freshMs = 3_600_000;

/** The models that the service offers, read when they are wanted and kept for a while. */
export class ModelListCache {
	private list: { readonly of: string; readonly at: number; readonly models: readonly ModelInfo[] } | undefined;

	constructor(
		private readonly load: (signal: AbortSignal) => Promise<readonly ModelInfo[]>,
		/** ms of a monotonic clock. */
		private readonly now: () => number,
		/** Names who answers now: what another one offers, such as the simulator, counts no more. */
		private readonly whose: () => string = () => '',
	) {}

	/** What was read last; none before the first time. */
	get known(): readonly ModelInfo[] {
		return this.list?.of === this.whose() ? this.list.models : [];
	}

	/** The service's list; rejects as `load` does where none is known yet, else what is known is good enough. */
	async read(signal: AbortSignal): Promise<readonly ModelInfo[]> {
		const of = this.whose();
		if (this.list?.of !== of || this.now() - this.list.at > freshMs) {
			try {
				const models = await this.load(signal);
				// None: nobody could be asked now, which makes what is known no worse.
				if (models.length > 0 && of === this.whose()) this.list = { of, at: this.now(), models };
			} catch (error) {
				if (this.known.length === 0) {
					throw error;
				}
			}
		}
		return this.known;
	}

	/** Input tokens that a model takes in; undefined where the service has not told. */
	inputLimit(model: string): number | undefined {
		return this.known.find(({ id }) => id === model)?.inputLimit;
	}
}

export interface OfferedParts {
	readonly snapshot: () => Pick<Snapshot, 'keys' | 'paused'>;
	/** Undefined where the key is gone. */
	readonly secretOf: (id: KeyId) => Promise<string | undefined>;
	/** Whether the host that would receive this secret is settled already. */
	readonly mayAsk: (secret: string) => Promise<boolean>;
	readonly models: (secret: string, signal: AbortSignal) => Promise<readonly ModelInfo[]>;
}

/**
 * The models that the service offers; none where nobody can be asked now. A paused pool asks nothing by itself, and this
 * list is read by itself: with the chat, and beside a choice that goes without it.
 */
export async function modelsOffered(
	{ snapshot, secretOf, mayAsk, models }: OfferedParts,
	signal: AbortSignal,
): Promise<readonly ModelInfo[]> {
	const { keys, paused } = snapshot();
	if (paused) return [];
	const usable = keys.find(
		({ availability }) => availability.state !== 'quarantined' && availability.state !== 'disabled',
	);
	const secret = usable && (await secretOf(usable.key.id));
	// Looked at again: the pool may have paused while the secret was read.
	if (secret === undefined || !(await mayAsk(secret)) || snapshot().paused) return [];
	return models(secret, signal);
}
