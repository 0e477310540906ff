import type { Attempt, KeyId, Off, PoolEvent, Snapshot, Target, Wall } from '../pool/pool';
import { fallbackKind } from './fallbackKind';
import type { Log } from './log';

type WatchedPart = Extract<PoolEvent, { type: 'part' }>['part'];

export interface WatchedPool {
	snapshot(): Snapshot;
	onEvent(listener: (event: PoolEvent) => void): Off;
}

/**
 * Each attempt at debug, and at info where it failed, with what the service said; each fallback a warning with key,
 * reason and until. The request's id ties its lines together.
 */
export function logPool(pool: WatchedPool, log: Log): Off {
	return pool.onEvent((event) => {
		if (event.type === 'changed') return;
		const at = `[${event.request} ${event.origin}]`;
		if (event.type === 'attempt') logAttempt(at, event.attempt, log);
		else if (event.type === 'failed') log.warn(`${at} failed: ${event.reason}`);
		else logPart(at, event.part, pool.snapshot(), log);
	});
}

function logAttempt(at: string, attempt: Attempt, log: Log): void {
	const line = `${at} ${attemptLine(attempt)}`;
	if (attempt.outcome === 'answered' || attempt.outcome === 'cancelled') log.debug(line);
	else log.info(line);
}

function attemptLine({ label, model, outcome, ms, usage, said }: Attempt): string {
	const tokens = usage ? `, ${usage.input} tokens in, ${usage.output + usage.thoughts} out` : '';
	return `attempt: ${label} on ${model}: ${outcome} after ${Math.round(ms)} ms${tokens}${said ? `; said: ${said}` : ''}`;
}

function logPart(at: string, part: WatchedPart, snapshot: Snapshot, log: Log): void {
	switch (part.type) {
		case 'switched': {
			const { from, to, why } = part;
			const end = untilOf(from, snapshot);
			log.warn(
				`${at} fallback: ${nameOf(from, snapshot)} ${fallbackKind(why)} (${why})` +
					`${end === undefined ? '' : ` until ${new Date(end).toISOString()}`}; next: ${nameOf(to, snapshot)}`,
			);
			return;
		}
		case 'waiting':
			log.info(
				`${at} waiting: ${nameOf(part.on, snapshot)} ${part.why}, ${Math.ceil(part.inMs / 1000)} s, ${part.ahead} ahead`,
			);
			return;
		case 'retract':
			log.info(`${at} retracted: ${part.why}`);
			return;
		case 'done':
			log.info(`${at} answered: ${nameOf(part.on, snapshot)} ${part.finished}, ${part.trail.length} attempts`);
			return;
	}
}

function nameOf({ key, model }: { readonly key?: KeyId; readonly model: string }, snapshot: Snapshot): string {
	if (key === undefined) return model;
	const label = snapshot.keys.find((view) => view.key.id === key)?.key.label ?? key;
	return `${label} on ${model}`;
}

/** Until when the key cannot answer for the model, as far as the pool knows. */
function untilOf({ key, model }: Target, snapshot: Snapshot): Wall | undefined {
	const view = snapshot.keys.find((other) => other.key.id === key);
	const standing =
		view?.standing.is === 'benched'
			? view.standing
			: (view?.models.find((other) => other.model === model)?.standing ?? view?.standing);
	switch (standing?.is) {
		case 'resting':
		case 'closed':
			return standing.until;
		case 'benched':
			return standing.recheckAt;
		case 'usable':
		case 'disabled':
		case 'probing':
		case undefined:
			return undefined;
	}
}
