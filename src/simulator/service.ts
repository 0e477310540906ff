/** The simulator's face: a stand-in for the Gemini service, pure given a clock and chance. */
import { invalidKey, multipleCredentials, unregisteredCaller, type Body } from './bodies/bodies';
import { sleep } from './time/clock';
import type { Form } from './delivery';
import { FaultList, type Fault } from './bodies/faults';
import { Holds, type Hold } from './holds';
import { Log, type Call, type Counts, type Entry } from './log';
import { resolveModel } from './quota/models';
import type { ServiceOptions } from './options';
import { Projects, type Project } from './projects';
import type { Quota, Spending } from './quota/quota';
import { decide, wrappingOf, type Reception, type Subject } from './reception';
import { credentialsOf, readRequest } from './request';
import { jsonResponse, wrap } from './bodies/responses';
import { receive, type Route } from './route';

export type { Chance, Clock } from './time/clock';
export { systemClock } from './time/clock';
export { bodyNames, type BodyName } from './bodies/bodies';
export type { Failing, Fault, When, Wrapping } from './bodies/faults';
export type { Hold } from './holds';
export type { Counts, Entry } from './log';
export type { KeyOptions, ProjectOptions, ServiceOptions } from './options';
export type { Quota, Spending } from './quota/quota';
export type { Tier } from './bodies/quotaBodies';
export type { DailyDelay, MinuteDelay } from './bodies/quotaRefusal';
export { windowKinds, type WindowKind } from './quota/windows';

export interface Service {
	/** Answers as the service does over a network, connection faults included. Fits `httpOptions.fetch` of the SDK. */
	readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
	/** The last calls, oldest first; at most 10,000. */
	readonly log: readonly Entry[];
	/** Sums over all calls ever. */
	readonly counts: Counts;
	/** Changes a project's limits for a resolved model from now on; what was used stays used. */
	setQuota(project: string, model: string, quota: Quota): void;
	/** Somebody else uses the project. */
	spend(project: string, model: string, spending: Spending): void;
	/** Replaces the faults of one key, or without `secret` those that meet every key. */
	setFaults(faults: readonly Fault[], secret?: string): void;
	/** Lets streams whose entry matches (absent: every stream) stop after their first piece. */
	hold(match?: (entry: Entry) => boolean): Hold;
}

export function createService(options: ServiceOptions): Service {
	return new Simulator(options);
}

interface Key {
	readonly index: number;
	readonly project: Project;
	faults: FaultList;
}

const PACE = 20;

class Simulator implements Service {
	private readonly journal = new Log();
	private readonly holds = new Holds();
	private readonly projects: Projects;
	private readonly keys: ReadonlyMap<string, Key>;
	private faults: FaultList;
	private readonly began: number;
	private readonly reception: Reception;

	constructor(private readonly options: ServiceOptions) {
		const { clock, chance, latency = 0, minuteDelay = 'nextMinute', dailyDelay = 'nextUtcDay' } = options;
		this.reception = {
			clock,
			chance,
			delays: { minuteDelay, dailyDelay },
			wording: options.wording,
			holds: this.holds,
			latency: typeof latency === 'number' ? () => latency : latency,
		};
		this.began = options.clock.now();
		this.projects = new Projects(options);
		this.faults = new FaultList(options.faults);
		this.keys = new Map(
			options.keys.map(({ secret, project, faults }, index) => [
				secret,
				{ index, project: this.projects.get(project), faults: new FaultList(faults) },
			]),
		);
	}

	get log(): readonly Entry[] {
		return this.journal.entries;
	}

	get counts(): Counts {
		return this.journal.counts;
	}

	setQuota(project: string, model: string, quota: Quota): void {
		this.projects.get(project).account(model).quota = quota;
	}

	spend(project: string, model: string, spending: Spending): void {
		this.projects.get(project).account(model).spend(spending, this.options.clock.now());
	}

	setFaults(faults: readonly Fault[], secret?: string): void {
		const list = new FaultList(faults);
		if (secret === undefined) {
			this.faults = list;
			return;
		}
		const key = this.keys.get(secret);
		if (!key) {
			throw new Error('The simulator has no such key.');
		}
		key.faults = list;
	}

	hold(match: (entry: Entry) => boolean = () => true): Hold {
		return this.holds.add(match);
	}

	readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
		const received = await readRequest(input, init);
		received.signal.throwIfAborted();
		const { route, body } = receive(received.method, received.url.pathname, received.body);
		const incoming = { ...received, body };
		const { secret, others } = credentialsOf(incoming, route.dialect);
		const key = this.keys.get(secret);
		const named = route.type === 'call' || route.type === 'get' ? route.model : undefined;
		const model = named === undefined || route.type === 'none' ? undefined : resolveModel(named, route.version);
		const modelName = model?.name ?? named;
		const call = this.journal.open(this.options.clock.now(), {
			// A shorter one would be told whole.
			tail: secret.length > 4 ? secret.slice(-4) : '',
			method: route.type === 'call' ? route.method : route.type === 'none' ? '' : route.type,
			...(key && { key: key.index, project: key.project.id }),
			...(modelName !== undefined && { model: modelName }),
		});
		const form = formOf(route, incoming.url);
		if (others > 0) {
			return refuse(call, '400_multiple_credentials_interactions', multipleCredentials(), wrappingOf(form, route));
		}
		if (secret === '') {
			return refuse(call, 'no_key', unregisteredCaller(), wrappingOf(form, route));
		}
		if (!key) {
			return refuse(call, '400_api_key_invalid', invalidKey(), wrappingOf(form, route));
		}
		return this.answer({ incoming, route, secret, project: key.project, model, call, form }, key);
	};

	private async answer(subject: Subject, key: Key): Promise<Response> {
		const { incoming, route, call, model } = subject;
		const { clock, pace = PACE } = this.options;
		const occasion = {
			model: model?.name,
			generates: route.type === 'call' && route.method !== 'countTokens',
			at: clock.now() - this.began,
		};
		const met = [...key.faults.meet(occasion), ...this.faults.meet(occasion)];
		const late = met.filter((fault) => fault.kind === 'latency');
		const fault = met.find(({ kind }) => kind !== 'latency');
		const between = late.findLast(({ betweenPieces }) => betweenPieces !== undefined)?.betweenPieces ?? pace;
		const { latency, respond } = decide(this.reception, subject, fault, between);
		const wait = late.reduce((sum, { beforeHeaders = 0 }) => sum + beforeHeaders, latency);
		if (wait > 0) {
			try {
				await sleep(clock, wait, incoming.signal);
			} catch (error) {
				call.rejected('aborted', 0);
				throw error;
			}
		}
		return respond();
	}
}

function refuse(call: Call, why: string, body: Body, wrapping: 'array' | 'plain'): Response {
	call.rejected(why, body.status);
	return jsonResponse(wrap(body, wrapping));
}

function formOf(route: Route, url: URL): Form {
	if (route.type !== 'call' || route.method !== 'streamGenerateContent') {
		return 'single';
	}
	return route.dialect === 'openai' || url.searchParams.get('alt') === 'sse' ? 'sse' : 'array';
}
