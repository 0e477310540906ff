import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/pool/pool';
import type { Entry, Fault } from '../../../src/simulator/service';
import { sendsOf } from '../../../scripts/start/agreement';
import type { World } from '../whole/world';

/** One generating call as the simulator saw it, and what went wrong with it by its own plan. */
export interface Seen {
	readonly entry: Entry;
	/** What the simulator made of it: why it refused, what it broke the answer with, or that it answered. */
	readonly made: string;
}

/** Keeps every generating call of a run: the simulator's log alone forgets old ones. */
export class Recorder {
	private readonly entries: Entry[] = [];

	constructor(
		private readonly world: World,
		private readonly faults: readonly Fault[],
	) {}

	/** To be called before the simulator has forgotten what came since the last time. */
	note(): void {
		const last = this.entries.at(-1)?.n ?? 0;
		this.entries.push(...sendsOf(this.world.service.log).filter(({ n }) => n > last));
	}

	/** The calls of each prompt, in the order in which they left. */
	byQuestion(): ReadonlyMap<string, readonly Seen[]> {
		assert.equal(this.entries.length, this.world.calls.length);
		const planned = new Map(this.faults.map((fault) => [nthOf(fault), fault]));
		const calls = new Map<string, Seen[]>();
		for (const [at, entry] of this.entries.entries()) {
			const question = this.world.calls[at] ?? '';
			// What was refused was not read.
			assert.equal(entry.question ?? question, question);
			const seen = { entry, made: madeOf(entry, planned.get(at + 1)) };
			calls.set(question, [...(calls.get(question) ?? []), seen]);
		}
		return calls;
	}
}

function nthOf({ when }: Fault): number {
	return typeof when === 'object' && 'nth' in when ? when.nth : 0;
}

function madeOf({ outcome }: Entry, fault: Fault | undefined): string {
	if (outcome !== 'answered') return outcome.replace('rejected:', '');
	if (!fault) return outcome;
	return 'body' in fault ? `${fault.kind} ${fault.body}` : fault.kind;
}

/** What the pool must call it, unless the prompt was cancelled meanwhile. */
const outcomes: Readonly<Record<string, Attempt['outcome']>> = {
	'400_api_key_invalid': 'badKey',
	'400_location_not_supported': 'region',
	'403_service_disabled': 'serviceDisabled',
	'429_no_details': 'capacity',
	'429_rpm_free': 'rpm',
	'500_internal': 'internal',
	'503_deadline_expired': 'deadline',
	'503_overloaded': 'overloaded',
	aborted: 'cancelled',
	answered: 'answered',
	blockedPrompt: 'contentBlocked',
	brokenJson: 'cutStream',
	cutEvent: 'cutStream',
	cutStream: 'network',
	emptyBody: 'emptyAnswer',
	'error 503_overloaded': 'overloaded',
	'errorFrame 503_overloaded': 'overloaded',
	finish: 'answered',
	hang: 'idle',
	html: 'internal',
	latency: 'answered',
	redirect: 'redirected',
	reset: 'network',
	rpm: 'rpm',
	silentEnd: 'cutStream',
	wordCode: 'overloaded',
};

/** How a call ended, by what the simulator says of it. */
export function outcomeOf({ entry, made }: Seen): Attempt['outcome'] | undefined {
	const outcome = outcomes[made];
	return outcome === 'answered' && entry.end === 'aborted' ? 'cancelled' : outcome;
}
