import type { KeyId, Project, ProjectId } from '../types/key';
import type { PoolRecord, RevokedTier, EpochMs } from '../types/stateStore';

/** Projects whose mark is remembered as wrong: as many as a keyring has keys. */
const maxProjects = 1_000;
/** Characters of what the service said that are kept. */
const maxServiceMessage = 500;

/** The service said of a project that it is a free one. The first time counts, until a person marks it anew. */
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

/** A person has said what tier the project has: that is believed again. */
export function restoreTier(record: PoolRecord, project: ProjectId): PoolRecord {
	return isRevoked(record, project) ? withoutRevoked(record, (id) => id === project) : record;
}

/** The record without what is known of some projects. */
export function withoutRevoked({ revoked, ...record }: PoolRecord, isGone: (project: string) => boolean): PoolRecord {
	const kept = Object.entries(revoked ?? {}).filter(([project]) => !isGone(project));
	return kept.length > 0 ? { ...record, revoked: Object.fromEntries(kept) } : record;
}

export function isRevoked({ revoked }: PoolRecord, project: ProjectId): boolean {
	return revoked !== undefined && Object.hasOwn(revoked, project);
}

/** The projects as they count: one whose mark is revoked is free. */
export function effectiveProjects(projects: readonly Project[], record: PoolRecord): readonly Project[] {
	return record.revoked === undefined
		? projects
		: projects.map((project) => (isRevoked(record, project.id) ? { ...project, tier: 'free' } : project));
}

/**
 * Two sides that were apart: what either has revoked since `base` is revoked, and what either has believed again is not.
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
