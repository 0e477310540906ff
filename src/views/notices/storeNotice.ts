import type { StoreErrorReason } from '../../pool/pool';

export interface StoreNoticeParts {
	/** Puts a trouble into words. */
	readonly say: (trouble: StoreErrorReason) => string;
	/** Shows a person a sentence. */
	readonly warn: (text: string) => unknown;
	/** Each time. */
	readonly log: { warn(line: string): void };
	/** What caused it. */
	readonly report: (error: unknown) => void;
	/** Survives the window. */
	readonly memory: { get(name: string): unknown; update(name: string, value: unknown): Thenable<void> };
}

const saidMissing = 'keypool.saidNoSharedStore';

/** Says once for each window why it does not know of the others; what an editor lacks is said once for good. */
export function createStoreNotice({ say, warn, log, report, memory }: StoreNoticeParts) {
	const serviceMessage = new Set<StoreErrorReason>();
	return (trouble: StoreErrorReason, cause: unknown): void => {
		log.warn(`the record of quotas is out of reach: ${trouble}`);
		if (cause !== undefined) report(cause);
		if (serviceMessage.has(trouble) || (trouble === 'missing' && memory.get(saidMissing) === true)) return;
		serviceMessage.add(trouble);
		if (trouble === 'missing') memory.update(saidMissing, true).then(undefined, report);
		warn(say(trouble));
	};
}
