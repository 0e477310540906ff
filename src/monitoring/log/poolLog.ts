import type { Attempt, Clock, KeyId, KeySetAside, Dispose, PoolEvent, EpochMs } from '../../pool/pool';
import type { Incident } from './episodes';
import { reasonCategory } from './reasonCategory';
import type { Log } from './log';
import { watchPool, type WatchedPool } from './poolWatch';

type WatchedPart = Extract<PoolEvent, { type: 'part' }>['part'];

/**
 * Each attempt at debug; what the service said at trace alone, because it can quote the prompt; each key that is set aside a
 * warning with key, reason and until, once; the supply of keys as it runs out. The request's id ties its lines together.
 */
export function logPool(pool: WatchedPool, clock: Pick<Clock, 'after'>, log: Log): Dispose {
	const names = new KeyNames(pool);
	/** By request, the waits that were logged since its last send: each request that is served moves all behind it up. */
	const waits = new Map<string, Set<string>>();
	const off = pool.onEvent((event) => {
		if (event.type === 'ended') waits.delete(event.record.request);
		if (event.type === 'changed' || event.type === 'ended' || event.type === 'projectNamed') return;
		const at = `[${event.request} ${event.origin}]`;
		if (event.type === 'attempt') {
			waits.delete(event.request);
			names.learn(event.attempt);
			logAttempt(at, event.attempt, log);
		} else if (event.type === 'failed') logFailure(at, event.reason, log);
		else if (event.type === 'keySetAside') logSetAside(at, event, names, log);
		else if (event.part.type !== 'waiting' || isNew(waits, event.request, event.part))
			logPart(at, event.part, names, log);
	});
	const offWatch = watchPool(pool, clock, (incident) => logIncident(incident, log));
	return () => {
		off();
		offWatch();
	};
}

function isNew(
	waits: Map<string, Set<string>>,
	request: string,
	{ on, reason }: Extract<WatchedPart, { type: 'waiting' }>,
): boolean {
	const told = waits.get(request) ?? new Set();
	const what = `${on.model} ${reason}`;
	if (told.has(what)) return false;
	waits.set(request, told.add(what));
	return true;
}

function logIncident(incident: Incident, log: Log): void {
	switch (incident.type) {
		case 'almostExhausted':
			log.error(
				`CRITICAL almost exhausted: ${incident.usable} of ${incident.total} keys can answer with ${incident.model}`,
			);
			return;
		case 'allExhausted':
			log.error(
				`all exhausted: none of ${incident.total} keys can answer with ${incident.model}${untilText(incident.back)}`,
			);
			return;
		case 'recovered':
			log.info(`recovered: ${incident.usable} of ${incident.total} keys can answer with ${incident.model}`);
			return;
		case 'keyNeedsAttention':
			log.warn(`quarantined: ${incident.label} (${incident.reason})`);
			return;
		case 'tierRevoked':
			log.warn(
				`tier revoked: the project of ${incident.label} is marked as paid, and the service counts it as free; ` +
					'prompts that demand paid keys do not go to it',
			);
			return;
		case 'poolPaused':
			log.error(`paused: ${incident.reason}, by ${incident.by}`);
			return;
	}
}

function logAttempt(at: string, attempt: Attempt, log: Log): void {
	const { label, model, outcome, ms, usage, serviceMessage, unsent } = attempt;
	const tokens = usage ? `, ${usage.input} tokens in, ${usage.output + usage.thoughts} out` : '';
	const end = `${outcome}${unsent ? ', not sent,' : ''}`;
	log.debug(`${at} attempt: ${label} on ${model}: ${end} after ${Math.round(ms)} ms${tokens}`);
	// Whatever the status: a gateway can quote the prompt in any of its texts.
	if (serviceMessage) log.trace(`${at} said: ${serviceMessage}`);
}

/** What a person stopped has not failed. */
function logFailure(at: string, reason: string, log: Log): void {
	if (reason === 'cancelled') log.info(`${at} cancelled`);
	else log.warn(`${at} failed: ${reason}`);
}

function logSetAside(at: string, event: KeySetAside, names: KeyNames, log: Log): void {
	const { reason, until } = event;
	log.warn(`${at} fallback: ${names.of(event)} ${reasonCategory(reason)} (${reason})${untilText(until)}`);
}

function logPart(at: string, part: WatchedPart, names: KeyNames, log: Log): void {
	switch (part.type) {
		case 'switched':
			log.info(`${at} goes on with: ${names.of(part.to)}`);
			return;
		case 'waiting':
			log.info(
				`${at} waiting: ${names.of(part.on)} ${part.reason}, ${Math.ceil(part.inMs / 1000)} s, ${part.ahead} ahead`,
			);
			return;
		case 'retract':
			log.info(`${at} retracted: ${part.reason}`);
			return;
		case 'done':
			log.info(`${at} answered: ${answeredBy(part)} ${part.finishReason}, ${part.attempts.length} attempts`);
			return;
	}
}

/** Its last attempt says so. */
function answeredBy({ on, attempts }: Extract<WatchedPart, { type: 'done' }>): string {
	return `${attempts.at(-1)?.label ?? on.key} on ${on.model}`;
}

function untilText(end: EpochMs | undefined): string {
	return end === undefined ? '' : ` until ${new Date(end).toISOString()}`;
}

/** Labels that are kept: more than a keyring holds. */
const maxNames = 2_000;

/** What keys are called, as their last attempts say. A snapshot of all keys for each line would hold up the next attempt. */
class KeyNames {
	private readonly labels = new Map<KeyId, string>();

	constructor(private readonly pool: Pick<WatchedPool, 'snapshot'>) {}

	learn({ key, label }: Pick<Attempt, 'key' | 'label'>): void {
		if (this.labels.size >= maxNames) this.labels.clear();
		this.labels.set(key, label);
	}

	of({ key, model }: { readonly key?: KeyId; readonly model: string }): string {
		return key === undefined ? model : `${this.labels.get(key) ?? this.find(key)} on ${model}`;
	}

	/** One that was set aside, or is waited for, before it was asked. */
	private find(wanted: KeyId): string {
		for (const { key } of this.pool.snapshot().keys) this.learn({ key: key.id, label: key.label });
		return this.labels.get(wanted) ?? wanted;
	}
}
