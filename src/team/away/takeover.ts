import {
	DocMaps,
	refOf,
	writesByName,
	writesOf,
	type Change,
	type Docs,
	type DocRef,
	type EpochMs,
	type LeaseId,
} from '../../pool/pool';
import { contributions, type Origin } from './contributions';
import { Identity, type Hmac, type TeamKey, type TeamScope } from '../documents/identity';
import { lessonsName, taught, type Lessons } from '../documents/lessons';
import type { TeamCommit, TeamLink, TeamReply } from '../link/link';
import { movedProjects } from '../documents/moveProjects';
import { withLocalNames } from '../documents/sharedForm';
import type { ServerState } from '../link/serverState';
import { TeamDocs } from '../documents/teamDocs';

/** ms. All machines that have something to tell to a server which has lost everything start within so long of the first. */
const gatheringMs = 24 * 3_600_000;

/** What is known here when the team's documents are read anew. */
export interface Known {
	readonly hmac: Hmac;
	readonly scope: TeamScope;
	readonly keys: readonly TeamKey[];
	/** Of the machine's store. */
	readonly machine: Docs;
	/** As they were until now. */
	readonly docs: TeamDocs | undefined;
}

/** The team's documents, and what this machine has to add to them. */
export interface Takeover extends Pick<TeamCommit, 'reads' | 'writes'> {
	readonly docs: TeamDocs;
}

/** The documents without those of the team. */
export function emptyDocs(known: Known, lessons: Lessons): TeamDocs {
	const identity = new Identity(known.hmac, known.scope, known.keys, lessons);
	if (known.docs) identity.adopt(known.docs.identity);
	const docs = docsOf(known, identity);
	docs.lessons = lessons;
	return docs;
}

function docsOf(known: Known, identity: Identity): TeamDocs {
	const docs = new TeamDocs(known.machine, identity);
	docs.fill(writesOf(known.machine));
	return docs;
}

/**
 * What the team has, with what happened here without it.
 *
 * @param ours what this machine has made of `base`
 */
export function takeOver(
	known: Known,
	{ rows, since }: Pick<TeamReply, 'rows' | 'since'>,
	ours: DocMaps,
	base: DocMaps,
	origin: Origin,
	now: EpochMs,
): Takeover {
	const from = origin === 'starting' && now - since < gatheringMs ? 'gathering' : origin;
	const lessons = lessonsFrom(known, rows);
	const docs = emptyDocs(known, lessons.all);
	for (const one of [known.machine, ours, base]) docs.identity.learnLeases(one);
	docs.apply(rows, now);
	const named = withLocalNames([ours, base], docs.identity);
	// Online both are one: of what is reserved in the team this machine's own store knows nothing then.
	const ended = base === ours ? new Set<LeaseId>() : endedAlone(named.at(-1) ?? base, known.machine, now);
	const writes = added(docs, named, ended, from, now).flatMap((change) => docs.split(change).row ?? []);
	if (lessons.body !== undefined) writes.push({ name: lessonsName, body: lessons.body });
	return { docs, writes, reads: new Map(writes.map(({ name }) => [name, { version: docs.versionOf(name) }])) };
}

function added(
	docs: TeamDocs,
	[ours = new DocMaps(), base = ours]: readonly DocMaps[],
	ended: ReadonlySet<LeaseId>,
	origin: Origin,
	now: EpochMs,
): readonly Change[] {
	const bodyOf = (change: Change): string => JSON.stringify(docs.split(change).row);
	const theirs = [...docs.view.writes()].filter((write) => docs.isShared(write));
	return contributions(ours, base, theirs, {
		origin,
		teamName: (ref) => docs.readName(ref),
		isSame: (a, b) => bodyOf(a) === bodyOf(b),
		isForeign: (lease) => docs.identity.isForeign(lease) || ended.has(lease),
		now,
	});
}

/** Leases that have ended while the machine was alone: its store has heard of it, whichever of its windows held them. */
function endedAlone(base: Docs, machine: Docs, now: EpochMs): ReadonlySet<LeaseId> {
	const held = new Set(leasesIn(machine).map(({ lease }) => lease));
	const open = leasesIn(base).filter(({ expiresAt }) => expiresAt > now);
	return new Set(open.map(({ lease }) => lease).filter((lease) => !held.has(lease)));
}

function leasesIn({ bucket, spending }: Docs): readonly { readonly lease: LeaseId; readonly expiresAt: EpochMs }[] {
	const leases = [...bucket.values()].flatMap((one) => one.leases);
	const reservations = [...spending.values()].flatMap((one) => one.reservations);
	return [...leases.map(({ id, expiresAt }) => ({ lease: id, expiresAt })), ...reservations];
}

/** Which key is of which project, as the team knows it and this machine does; and the row, if this machine knows more. */
function lessonsFrom(
	{ hmac, scope, keys, docs: before }: Known,
	rows: TeamReply['rows'],
): { readonly all: Lessons; readonly body: string | undefined } {
	const identity = new Identity(hmac, scope, keys, new Map());
	const docs = new TeamDocs(new DocMaps(), identity);
	docs.apply(
		rows.filter(({ name }) => name === lessonsName),
		0,
	);
	const own = identity.lessonsOf(keys);
	return {
		all: new Map([...docs.lessons, ...own]),
		body: taught(docs.lessons, own, before?.identity.projects ?? new Map()),
	};
}

/** Whether keys or lessons give other names than those in use. */
export function isRenamed(known: Known & { readonly docs: TeamDocs }): boolean {
	const { hmac, scope, keys, docs } = known;
	const next = new Identity(hmac, scope, keys, docs.lessons);
	const { projects, signature } = docs.identity;
	return next.signature !== signature || taught(docs.lessons, next.lessonsOf(keys), projects) !== undefined;
}

/** As the team names them that has been told of no number: what this machine has learnt since it was there last is not in it. */
export function unnumbered(known: Known): TeamDocs {
	return emptyDocs({ ...known, keys: known.keys.map(({ number: _, ...key }) => key) }, new Map());
}

/** Tries to move what is counted under the names that projects had. */
const maxTries = 4;

/**
 * The projects of some keys have other names now: what was counted under the old ones is added to the new ones. Resolves to what
 * the team has, where that was read and is as it was.
 */
export async function moveProjects(
	link: TeamLink,
	server: ServerState,
	known: Known & { readonly docs: TeamDocs },
	newId: () => string,
): Promise<TeamReply | undefined> {
	for (let tries = 0; tries < maxTries; tries++) {
		const page = await server.ask(() => link.read(undefined, -1));
		const { rows, store } = page;
		const now = server.now();
		const old = docsOf(known, known.docs.identity);
		const next = emptyDocs(known, lessonsFrom(known, rows).all);
		for (const docs of [old, next]) docs.apply(rows, now);
		const commit = movedProjects(old, next, now);
		if (!commit) return page;
		// On a conflict another machine has moved them, or counts.
		if ((await server.ask(() => link.commit({ ...commit, id: newId(), store }))).status === 'ok') break;
	}
	return undefined;
}

/** Every document of either. */
export function refsIn(a: Docs, b: Docs): readonly DocRef[] {
	return [...writesByName([...writesOf(a), ...writesOf(b)]).values()].map(refOf);
}
