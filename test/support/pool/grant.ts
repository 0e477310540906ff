import { bucketId, type KeyId, type LeaseId, type ProjectId } from '../../../src/pool/pool';
import type { LeaseGrant } from '../../../src/pool/types/leaseRequest';

/** A grant of key `a`, for what asks of it no more than who got what. */
export function grantOf(model = 'm', project = 'p' as ProjectId): LeaseGrant {
	return {
		...{
			key: 'a' as KeyId,
			model,
			resolved: model,
			lease: 'r1.1' as LeaseId,
			holder: 'r1',
			client: 'chat',
			label: 'a',
		},
		...{ project, tier: 'free', bucketId: bucketId(project, model), isWatched: false, serviceTier: 'standard' },
		...{ likelyTokens: 1, size: { bytes: 1, tokens: 0 }, sentAt: 0, knownAt: 0, leaseMs: 1 },
	};
}
