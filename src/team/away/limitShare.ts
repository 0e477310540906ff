import type { BucketId, LimitShare } from '../../pool/pool';
import type { TeamDocs } from '../documents/teamDocs';
import type { ServerState } from '../link/serverState';
import type { Mode } from '../teamStoreParts';

/** While the server is away, or may have lost counts, each machine keeps to its part. */
export function limitShare(
	id: BucketId,
	mode: Mode,
	docs: TeamDocs,
	{ machines, isYoung }: ServerState,
): LimitShare | undefined {
	const isWhole = mode.state === 'online' && !isYoung;
	if (isWhole || machines <= 1 || !docs.isShared({ kind: 'bucket', id })) return undefined;
	const day = mode.state === 'away' ? mode.away.base.bucket.get(id)?.day : undefined;
	return { part: 1 / machines, ...(day && { day }) };
}
