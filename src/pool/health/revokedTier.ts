import type { KeyId, Project, ProjectId } from '../types/key';
import type { PoolRecord, RevokedTier, EpochMs } from '../types/stateStore';
import { maxServiceMessage } from '../quota/cooldown';

/** As many as a keyring has keys. */
const maxProjects = 1_000;

/** Records that the service counts the project as free. Only the first time, until the user marks it again. */
export function revokeTier(
	record: PoolRecord,
	project: ProjectId,
	by: KeyId,
	serviceMessage: string,
	now: EpochMs,
): PoolRecord {
	if (isRevoked(record, project)) return record;
	const kept = Object.entries(record.revoked ?? {}).slice(1 - maxProjects);
	const revoked: RevokedTier = {
		since: now,
		by,
		...(serviceMessage ? { serviceMessage: serviceMessage.slice(0, maxServiceMessage) } : {}),
	};
	return { ...record, revoked: Object.fromEntries([...kept, [project, revoked]]) };
}

/** The user has set the project's tier: it counts again. */
export function restoreTier(record: PoolRecord, project: ProjectId): PoolRecord {
	return isRevoked(record, project) ? withoutRevoked(record, (id) => id === project) : record;
}

/** The record without the given projects. */
export function withoutRevoked({ revoked, ...record }: PoolRecord, isGone: (project: string) => boolean): PoolRecord {
	const kept = Object.entries(revoked ?? {}).filter(([project]) => !isGone(project));
	return kept.length > 0 ? { ...record, revoked: Object.fromEntries(kept) } : record;
}

export function isRevoked({ revoked }: PoolRecord, project: ProjectId): boolean {
	return revoked !== undefined && Object.hasOwn(revoked, project);
}

/** The projects with their effective tiers: one whose paid mark is revoked is free. */
export function effectiveProjects(projects: readonly Project[], record: PoolRecord): readonly Project[] {
	return record.revoked === undefined
		? projects
		: projects.map((project) => (isRevoked(record, project.id) ? { ...project, tier: 'free' } : project));
}

/**
 * Merges two sides that were apart: what either has revoked since `base` is revoked, what either has restored is not.
 */
export function mergeRevoked(
	ours: PoolRecord,
	theirs: PoolRecord,
	base: PoolRecord | undefined,
): Pick<PoolRecord, 'revoked'> {
	const before = base?.revoked ?? {};
	const isOld = (project: string, since: EpochMs): boolean => before[project]?.since === since;
	const kept = Object.entries(theirs.revoked ?? {}).filter(
		([project, { since }]) => !isOld(project, since) || ours.revoked?.[project] !== undefined,
	);
	const added = Object.entries(ours.revoked ?? {}).filter(([project, { since }]) => !isOld(project, since));
	const revoked = Object.fromEntries([...added, ...kept]);
	return Object.keys(revoked).length > 0 ? { revoked } : {};
}
