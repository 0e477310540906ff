import { reconcile, type EpochMs, type Write } from '../../pool/pool';
import { careful } from '../away/careful';
import type { TeamCommit, TeamRead } from '../link/link';
import type { Identity } from './identity';
import { sharedBody } from './sharedForm';
import { writeOf, type TeamDocs } from './teamDocs';

/**
 * What to commit when projects have got other names: what was counted under the old name is added to what there is under the
 * new one, and goes. Where the key is gone here that a project was named after, it stays as well, for whoever holds that key.
 * Undefined where nothing has moved. Both hold the same rows.
 */
export function movedProjects(
	old: TeamDocs,
	next: TeamDocs,
	now: EpochMs,
): Pick<TeamCommit, 'reads' | 'writes'> | undefined {
	const reads = new Map<string, TeamRead>();
	const writes: TeamCommit['writes'][number][] = [];
	/** By the new name: several projects may prove to be one. */
	const moved = new Map<string, Write>();
	for (const write of old.view.writes()) {
		if (write.kind !== 'bucket' && write.kind !== 'spending' && write.kind !== 'cooldown') continue;
		const from = old.identity.nameOf(write);
		const byKey = from === undefined ? undefined : renamed(from, old.identity, next.identity);
		const to = byKey ?? next.identity.nameOf(write);
		if (from === undefined || to === undefined || from === to || reads.has(from)) continue;
		const version = old.versionOf(from);
		if (version === '0') continue;
		const [ref] = next.identity.refsOf(to);
		const there = moved.get(to) ?? (ref && writeOf(next.view, ref));
		// Each window of the machine copies it, and it may come back: one history counts once.
		const isCopy = byKey === undefined || old.identity.copied.get(from) === to;
		const merged = there && (isCopy ? careful(write, there, now) : reconcile(write, there, undefined, now));
		moved.set(to, merged ?? write);
		reads.set(from, { version }).set(to, { version: next.versionOf(to) });
		if (byKey === undefined) old.identity.copied.set(to, from);
		else writes.push({ name: from, body: undefined });
	}
	for (const [name, write] of moved) writes.push({ name, body: sharedBody(write, next.identity) });
	return writes.length > 0 ? { reads, writes } : undefined;
}

/** By the first key of the project: here it may be another one's now. Undefined where that key is gone. */
function renamed(name: string, old: Identity, next: Identity): string | undefined {
	const project = /(?<=^(?:bucket|cooldown|spending project) )[\w-]+/.exec(name)?.[0] ?? '';
	const key = [...old.projects].find(([, one]) => one === project)?.[0];
	const now = key === undefined ? project : next.projects.get(key);
	return now === undefined ? undefined : name.replace(project, now);
}
