import type { LineRecord, Tx, Waiter, Wall } from '../types/stateStore';
import { skewMs } from '../quota/bucket';
import type { Place } from '../types/leaseRequest';

type Lines = ReadonlyMap<string, LineRecord>;

/** So many chat requests may pass a waiting batch request in a row. */
export const longestChatStreak = 4;
/** ms. A window that waits says so this often. */
export const beatMs = 1_000;
/** ms. One that has not for this long is asleep or gone: nobody waits for it. */
const silenceMs = 3_000;
/** Waiters that one window tells of at most, those in front. */
export const mostTold = 16;

/** The waiters of other windows that are served before `me`, first come first: chat before batch, nobody starved. */
export function ahead(lines: Lines, me: Place, now: Wall): readonly Waiter[] {
	if (lines.size === 0) return [];
	const others = waiting(lines, now, me.window);
	const batchFirst = streak(lines, now) >= longestChatStreak;
	const firstBatch = batchFirst ? [...others, me].filter(isBatch).sort(byArrival)[0] : undefined;
	const rank = (one: Waiter | Place): number => (one === firstBatch ? 0 : one.priority === 'chat' ? 1 : 2);
	const isBefore = (one: Waiter): boolean => rank(one) < rank(me) || (rank(one) === rank(me) && byArrival(one, me) < 0);
	return others.filter(isBefore).sort((a, b) => rank(a) - rank(b) || byArrival(a, b));
}

/** A request has been served: counts how often chat has passed batch in a row, over all windows. */
export function served(tx: Tx, { window, priority }: Place, now: Wall): void {
	const lines = tx.lines();
	if (priority === 'batch') {
		for (const [id, line] of lines) {
			if (line.chatStreak > 0) tx.put({ kind: 'line', id, doc: { ...line, chatStreak: 0 } });
		}
	} else if (waiting(lines, now).some(isBatch)) {
		const own: LineRecord = lines.get(window) ?? { v: 1, beatAt: now, waiters: [], chatStreak: 0 };
		tx.put({ kind: 'line', id: window, doc: { ...own, chatStreak: own.chatStreak + 1 } });
	}
}

function waiting(lines: Lines, now: Wall, except?: string): Waiter[] {
	return [...lines].flatMap(([id, line]) => (id !== except && isAlive(line, now) ? line.waiters : []));
}

export function isAlive({ beatAt }: LineRecord, now: Wall): boolean {
	return beatAt > now - silenceMs && beatAt < now + skewMs;
}

function streak(lines: Lines, now: Wall): number {
	let sum = 0;
	for (const line of lines.values()) if (isAlive(line, now)) sum += line.chatStreak;
	return sum;
}

function isBatch({ priority }: Pick<Waiter, 'priority'>): boolean {
	return priority === 'batch';
}

function byArrival(a: Pick<Waiter, 'id' | 'since'>, b: Pick<Waiter, 'id' | 'since'>): number {
	return a.since - b.since || (a.id < b.id ? -1 : 1);
}
