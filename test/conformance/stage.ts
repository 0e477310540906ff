import type { Gemini, Prompt } from '../../src/gemini/gemini';
import { aKey } from '../support/aKey';
import { createGemini } from '../../src/gemini/service';
import {
	Pool,
	PoolError,
	type Clock,
	type Key,
	type Project,
	type ProjectId,
	type Snapshot,
} from '../../src/pool/pool';
import { collect } from '../support/pool/collect';
import { aRequest } from '../support/aRequest';
import type { Outcome } from './play';
import type { Ask, Scenario } from './scenario';
import { secretOf } from './server/contract';
import type { Call } from './upstream';
import { InMemoryStore } from '../support/pool/inMemoryStore';

export function roomOver(fetch: typeof globalThis.fetch, baseUrl: string): Gemini {
	return createGemini({
		secretOf: (key) => Promise.resolve(secretOf(key)),
		baseUrl: () => baseUrl,
		mask: (text) => text,
		fetch,
	});
}

/** How an ask ended, and what stands on the screen then. */
export interface Ended {
	readonly end: string;
	readonly text: string;
}

/** The pool, with the keys of a scenario and in front of the script that plays the service. */
export class Stage {
	readonly pool: Pool;
	private readonly sends: string[] = [];
	private readonly began: number;

	constructor(
		private readonly scenario: Scenario,
		private readonly clock: Clock,
		private readonly gemini: Gemini,
		baseDelayMs: number,
		/** From then on the time until a cancel counts; absent: from the ask on. */
		private readonly called?: Promise<void>,
	) {
		this.began = clock.wall();
		this.pool = new Pool({
			store: new InMemoryStore(clock),
			clock,
			random: () => 0,
			check: (key, signal) => gemini.check(secretOf(key), signal),
		});
		this.pool.onEvent((event) => {
			if (event.type === 'attempt') this.sends.push(event.attempt.outcome);
		});
		const keys = Object.entries(scenario.keys);
		this.pool.setKeys(keys.map(keyOf), keys.map(projectOf));
		this.pool.configure({ strategy: 'roundRobin', baseDelayMs });
	}

	askAll(): Promise<readonly Ended[]> {
		return Promise.all((this.scenario.asks ?? [{}]).map((ask, index) => this.ask(ask, index)));
	}

	outcome(ended: readonly Ended[], calls: readonly Call[], timed: boolean): Outcome {
		const snapshot = this.pool.snapshot();
		return {
			calls: calls.map(({ key, what, at }) => `${key} ${what}${timed ? ` @${Math.round(at * 10) / 10}` : ''}`),
			outcomes: this.sends,
			ends: ended.map(({ end }) => end),
			texts: ended.map(({ text }) => text),
			keys: Object.fromEntries(snapshot.keys.map((view) => [view.key.id, this.availability(view)])),
			pool: snapshot.paused ? `paused ${snapshot.paused.reason}` : 'open',
			raw: calls,
		};
	}

	async ask(ask: Ask, index: number): Promise<Ended> {
		if (ask.at !== undefined) await this.wait(ask.at);
		const prompt = promptOf(ask);
		const cancel = new AbortController();
		const { cancelAfter } = ask;
		if (cancelAfter !== undefined) {
			const count = () => this.clock.after(cancelAfter * 1000, () => cancel.abort(new Error('enough')));
			if (this.called) void this.called.then(count);
			else count();
		}
		const request = aRequest(`r${index}`, {
			models: ask.models ?? ['gemini-3.8-flash'],
			size: this.gemini.cost(prompt),
			needs: ask.project === undefined ? {} : { project: ask.project as ProjectId },
			recovery: ask.whenBroken ?? 'retract',
			maxWaitMs: (ask.maxWait ?? 120) * 1000,
		});
		try {
			const pieces = await collect(this.pool.stream(request, this.gemini.open(prompt), cancel.signal));
			return { end: 'answered', text: pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('') };
		} catch (error) {
			if (!(error instanceof PoolError)) throw error;
			return { end: error.reason, text: '' };
		}
	}

	private wait(s: number): Promise<void> {
		return new Promise((resolve) => this.clock.after(s * 1000, resolve));
	}

	/** `usable`, `coolingDown rpm until 39`, `quarantined badKey, asked again at 60`, `quarantined leaked`, `unsupported … until …`. */
	private availability({ availability }: Snapshot['keys'][number]): string {
		const at = (wall: number): string => String(Math.round((wall - this.began) / 100) / 10);
		switch (availability.state) {
			case 'coolingDown':
			case 'unsupported':
				return `${availability.state} ${availability.reason} until ${at(availability.until)}`;
			case 'quarantined':
				return `quarantined ${availability.reason}${availability.recheckAt === undefined ? '' : `, asked again at ${at(availability.recheckAt)}`}`;
			case 'halfOpen':
				return `halfOpen ${availability.reason}`;
			case 'usable':
			case 'disabled':
				return availability.state;
		}
	}
}

function keyOf(
	[id, { project = `project of ${id}` }]: readonly [string, Scenario['keys'][string]],
	index: number,
): Key {
	return aKey(id, project, index);
}

function projectOf([id, { project = `project of ${id}`, tier = 'free', account }]: readonly [
	string,
	Scenario['keys'][string],
]): Project {
	return { id: project as ProjectId, tier, ...(account !== undefined && { account }) };
}

function promptOf({ words = 4, options }: Ask): Prompt {
	const text = Array.from({ length: words }, () => 'why').join(' ');
	return { turns: [{ role: 'user', content: [{ type: 'text', text }] }], ...(options && { options }) };
}
