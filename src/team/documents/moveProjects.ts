import { reconcile, type EpochMs, type Write } from '../../pool/pool';
import { careful } from '../away/careful';
import type { TeamCommit } from '../link/link';
import type { Identity } from './identity';
import { sharedBody } from './sharedForm';
import { writeOf, type TeamDocs } from './teamDocs';

/** The fingerprint of a project in the name of a document. */
const projectPattern = /(?<=^(?:bucket|cooldown|spending project) )[\w-]+/;

/**
 * What to commit when projects have got other names. Where a number became known, what was counted under the old name is added
 * to what there is under the new one, and goes: everybody learns the number. Where nobody knows it, a project is named after
 * one of its keys, and has another name once that is gone here: what was counted then stays as well, for whoever holds that
 * key. Undefined where nothing has moved. Both hold the same rows.
 */
export function movedProjects(
	old: TeamDocs,
	next: TeamDocs,
	now: EpochMs,
): Pick<TeamCommit, 'reads' | 'writes'> | undefined {
	const reads = new Map<string, string>();
	const writes: TeamCommit['writes'][number][] = [];
	/** By the new name: several projects may prove to be one. */
	const moved = new Map<string, Write>();
	for (const write of old.view.writes()) {
		if (write.kind !== 'bucket' && write.kind !== 'spending' && write.kind !== 'cooldown') continue;
		const from = old.identity.nameOf(write);
		const own = next.identity.nameOf(write);
		const stays = own !== undefined && !next.identity.isNumbered(projectPattern.exec(own)?.[0] ?? '');
		const to = from === undefined ? undefined : stays ? own : renamed(from, old.identity, next.identity);
		if (from === undefined || to === undefined || from === to || reads.has(from)) continue;
		const version = old.versionOf(from);
		if (version === '0') continue;
		const [ref] = next.identity.refsOf(to);
		const there = moved.get(to) ?? (ref && writeOf(next.view, ref));
		// Each window of the machine does it: what stays must not be added once more.
		const merged = there && (stays ? careful(write, there, now) : reconcile(write, there, undefined, now));
		moved.set(to, merged ?? write);
		reads.set(from, version).set(to, next.versionOf(to));
		if (!stays) writes.push({ name: from, body: undefined });
	}
	for (const [name, write] of moved) writes.push({ name, body: sharedBody(write, next.identity) });
	return writes.length > 0 ? { reads, writes } : undefined;
}

/** By the keys of the project: here they may be another one's now. */
function renamed(name: string, old: Identity, next: Identity): string {
	return name.replace(projectPattern, (before) => {
		const key = [...old.projects].find(([, project]) => project === before)?.[0];
		return (key === undefined ? undefined : next.projects.get(key)) ?? before;
	});
}
