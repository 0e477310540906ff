import type { StoreErrorReason } from '../../pool/pool';

export interface StoreNoticeParts {
	/** Describes why the store is out of reach. */
	readonly say: (trouble: StoreErrorReason) => Promise<string>;
	/** Shows a person a sentence. */
	readonly warn: (text: string) => unknown;
	/** Gets a line each time, also when no notice is shown. */
	readonly log: { warn(line: string): void };
	/** Receives the cause. */
	readonly report: (error: unknown) => void;
	/** Survives the window. */
	readonly memory: { get(name: string): unknown; update(name: string, value: unknown): Thenable<void> };
}

const saidMissing = 'keypool.saidNoSharedStore';

/** Shows once in each window why it shares nothing with the others. That the editor is too old is shown once, in one window only. */
export function createStoreNotice({ say, warn, log, report, memory }: StoreNoticeParts) {
	const shown = new Set<StoreErrorReason>();
	return (trouble: StoreErrorReason, cause: unknown): void => {
		log.warn(`the record of quotas is out of reach: ${trouble}`);
		if (cause !== undefined) report(cause);
		if (shown.has(trouble) || (trouble === 'missing' && memory.get(saidMissing) === true)) return;
		shown.add(trouble);
		if (trouble === 'missing') memory.update(saidMissing, true).then(undefined, report);
		say(trouble).then(warn).catch(report);
	};
}
