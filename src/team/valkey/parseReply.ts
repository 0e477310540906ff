import { TeamError, type TeamReply, type TeamRow } from '../link/link';

/** Characters. No document that this extension writes comes near it. */
const maxBody = 262_144;
const maxName = 600;
const statuses = ['ok', 'conflict', 'other'] as const;

/** What the script answered, checked: anybody who may write to the server can have put anything there. */
export function parseReply(reply: unknown): TeamReply {
	if (!Array.isArray(reply)) throw new TeamError('otherSchema');
	const [first, store, rev, time, machines, since, isComplete, ...pairs] = (reply as unknown[]).map(String);
	if (first === 'full') throw new TeamError('full');
	const status = statuses.find((one) => one === first);
	if (status === undefined || store === undefined) throw new TeamError('otherSchema');
	const rows: TeamRow[] = [];
	for (let n = 0; n + 1 < pairs.length; n += 2) rows.push(rowOf(pairs[n] ?? '', pairs[n + 1] ?? ''));
	const at = numberOf(time);
	return {
		...{ status, store, rows, isComplete: isComplete === '1' },
		// Its clock may have been set back since.
		...{ rev: numberOf(rev), time: at, machines: numberOf(machines), since: Math.min(numberOf(since), at) },
	};
}

/** What is too large, or no document of this layout, counts as absent; with its version, so that it can be replaced. */
function rowOf(name: string, value: string): TeamRow {
	const version = /^\d+/.exec(value)?.[0] ?? '0';
	const isFit = name.length <= maxName && value.length <= maxBody && value[version.length] === ' ' && version !== '0';
	return { name, version, body: isFit ? value.slice(version.length + 1) : undefined };
}

function numberOf(text: string | undefined): number {
	const value = Number(text);
	if (!Number.isFinite(value) || value < 0) throw new TeamError('otherSchema');
	return value;
}
