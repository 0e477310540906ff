import type { Docs } from '../../../../src/pool/pool';
import { seeded } from '../../simulator/stand';
import { heapBytes } from '../heapCensus';
import { Client, newTally, type ClientTally } from './clientTraffic';
import type { Sum } from './meter';
import type { MonthRig } from './monthRig';
import { clients, days, endOfDay, guest, hours, retiredOn, rushOneOf, type ClientPlan } from './plan';

/** What is held at the end of a day, when nothing is under way: numbers alone. */
export interface Held {
	/** Documents of the store, and their characters, by kind. */
	readonly documents: Readonly<Record<string, number>>;
	readonly characters: Readonly<Record<string, number>>;
	readonly timers: number;
	readonly underWay: number;
	readonly tokens: number;
	/** Lines of the page of metrics that name no guest: of a hundred clients each keeps its own for as long as the gateway runs. */
	readonly metrics: number;
	/** Sockets, watched files and the like of this process, by Node's names. */
	readonly handles: readonly string[];
	readonly heap: number;
}

/** What happened on one day. */
export interface DayOfMonth {
	/** From 0. */
	readonly day: number;
	readonly tallies: ReadonlyMap<string, ClientTally>;
	/** By `client key`, as the service had it. */
	readonly metered: ReadonlyMap<string, Sum>;
	/** By `client key`, as the pool told it, with what it has cost. */
	readonly told: ReadonlyMap<string, Sum & { readonly cost: number }>;
	/** Sends of that day that were no whole answers: what of them was told, and what they are thought to have cost. */
	readonly others: ReadonlyMap<string, Sum & { readonly cost: number }>;
	/** By client: its requests of which something was sent. */
	readonly requests: ReadonlyMap<string, ReadonlySet<string>>;
	/** How the guest's first request ended after its token was revoked. */
	readonly afterRevoking: number;
	readonly held: Held;
}

export interface Pace {
	/** ms of each day in which time passes by itself; the rest is slept through, as by a laptop. Absent: all of it. */
	readonly awakeMs?: number;
}

/** Lives through the month, a day at a time; each day is handed out as it ends. */
export async function* liveThrough(rig: MonthRig, { awakeMs }: Pace = {}): AsyncGenerator<DayOfMonth> {
	const { clock } = rig;
	const random = seeded(41);
	const tokens = await rig.begin();
	const all = new Map(
		Object.entries(clients).map(([name, plan]) => [name, new Client(rig, name, tokens.get(name) ?? '', plan)]),
	);
	for (let day = 0; day < days; day++) {
		if (day === retiredOn.from) rig.setRetired(true);
		if (day === retiredOn.to + 1) {
			rig.setRetired(false);
			await rig.lift('retired');
		}
		const began = clock.wall();
		const length = endOfDay(day) - began;
		const pace = awakeMs === undefined ? 1 : awakeMs / length;
		const underWay = new Set<Promise<void>>();
		const does = (act: () => Promise<void>): void => {
			const acting = act().finally(() => underWay.delete(acting));
			underWay.add(acting);
		};
		const visitor = new Guest(rig, day, random);
		const acts = [
			...[...all].flatMap(([name, client]) =>
				timesOf(clients[name], random).map((at) => [at, () => client.ask()] as const),
			),
			...visitor.acts(),
		].sort(([a], [b]) => a - b);
		for (const [at, act] of acts) {
			await clock.advance(Math.max(0, began + at * pace - clock.wall()));
			does(act);
		}
		await clock.until(Promise.all(underWay));
		await clock.advance(Math.max(0, began + length * pace - clock.wall() - 1_000));
		const tallies = new Map([...all, [`guest`, visitor] as const].map(([name, { tally }]) => [name, tally]));
		for (const client of all.values()) client.tally = newTally();
		const { answered, others, requests } = rig.told;
		yield {
			...{ day, tallies, metered: rig.meter.take(), told: new Map(answered), others: new Map(others) },
			requests: new Map(requests),
			afterRevoking: visitor.afterRevoking,
			held: await held(rig),
		};
		answered.clear();
		others.clear();
		requests.clear();
		// The night, and midnight.
		clock.jump(Math.max(0, endOfDay(day) - 1_000 - clock.wall()));
		await clock.advance(endOfDay(day) - clock.wall());
	}
}

/** Spread over the day, and some of them all at once. */
function timesOf(plan: ClientPlan | undefined, random: () => number): readonly number[] {
	const { guestComes, guestGoes, rush } = hours;
	return Array.from({ length: plan?.perDay ?? 0 }, (_, n) =>
		n % rushOneOf === 0 ? rush + random() * 240_000 : guestComes + random() * (guestGoes - guestComes),
	);
}

/** A client of one day: its token is made in the morning and revoked in the evening. */
class Guest {
	tally = newTally();
	afterRevoking = 0;
	private client: Client | undefined;
	private id = '';
	private token = '';

	constructor(
		private readonly rig: MonthRig,
		private readonly day: number,
		private readonly random: () => number,
	) {}

	acts(): readonly (readonly [at: number, act: () => Promise<void>])[] {
		const times = timesOf(guest, this.random);
		return [
			[hours.guestComes - 1, () => this.come()],
			...times.map((at) => [at, async () => this.client?.ask()] as const),
			[hours.guestGoes + 600_000, () => this.go()],
		];
	}

	private async come(): Promise<void> {
		const name = `guest-${this.day}`;
		const { client, token } = await this.rig.tokens.issue({ name });
		[this.id, this.token] = [client.id, token];
		this.client = new Client(this.rig, name, token, guest);
		this.tally = this.client.tally;
	}

	private async go(): Promise<void> {
		await this.rig.tokens.revoke(this.id);
		const refused = await this.rig.ask(this.token, '/v1/models', undefined);
		await refused.body?.cancel();
		this.afterRevoking = refused.status;
	}
}

const kindsOfDocuments = [
	...(['bucket', 'key', 'model', 'pool', 'usage', 'requestRecord', 'windowQueue', 'leader'] as const),
	...(['cooldown', 'client', 'spending', 'dailyCost'] as const),
] satisfies readonly (keyof Docs)[];

async function held(rig: MonthRig): Promise<Held> {
	const docs = rig.store.replica();
	const kinds = kindsOfDocuments.map(
		(kind) => [kind, kind === 'pool' ? new Map([['', docs.pool]]) : docs[kind]] as const,
	);
	const metrics = await rig.clock.until(rig.metrics.text());
	return {
		documents: Object.fromEntries(kinds.map(([kind, { size }]) => [kind, size])),
		characters: Object.fromEntries(kinds.map(([kind, all]) => [kind, JSON.stringify([...all]).length])),
		timers: rig.clock.pending,
		underWay: rig.gateway.underWay,
		tokens: rig.tokens.list().length,
		metrics: metrics.split('\n').filter((line) => !line.includes('guest-')).length,
		// A look at a file that is under way ends by itself, whenever the real disk has time for it.
		handles: process.getActiveResourcesInfo().filter((name) => !name.startsWith('FSReq')),
		heap: heapBytes(),
	};
}
