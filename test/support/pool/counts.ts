import type { UsageHour, Write } from '../../../src/pool/pool';
import { usageHourId, withCount, type Counted } from '../../../src/pool/usage/count';

/** The hour that holds these counts of one key, as it is written. */
export function usageOf(first: Counted, ...more: readonly Counted[]): Extract<Write, { kind: 'usage' }> {
	const hour = more.reduce<UsageHour>(withCount, withCount(undefined, first));
	return { kind: 'usage', id: usageHourId(first), doc: hour };
}
