import assert from 'node:assert/strict';
import fc from 'fast-check';
import { initialSpending, projectScope, reserved, settled, spendingAt } from '../../../src/pool/budget/spending';
import { admit, settle } from '../../../src/pool/quota/lease';
import type { BucketId, LeaseId } from '../../../src/pool/pool';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { replayed, seed } from '../../support/seed';
import { TeamServer } from '../../support/team/teamServer';
import { TeamWindows } from '../../support/team/teamWindows';

const numRuns = process.env['KEYPOOL_FULL'] === '1' ? 600 : 40;

const bucket = 'p/m' as BucketId;
const scope = projectScope('p');
const limit = 4;
const part = limit / 2;
const minuteMs = 60_000;
/** Millionths of a dollar: what a call holds, and what it has cost. */
const holdCost = 100;
const answerCost = 40;

/** What happens next: to one of two machines, or to the time. */
type Step =
	| { readonly type: 'send'; readonly on: 0 | 1 }
	/** The oldest of its requests that goes on is answered. */
	| { readonly type: 'answer'; readonly on: 0 | 1 }
	/** The commit that has waited longest reaches the server, and its reply the machine. */
	| { readonly type: 'deliver'; readonly on: 0 | 1 }
	/** It reaches the server or not, and no reply comes. */
	| { readonly type: 'lose'; readonly on: 0 | 1; readonly what: 'commit' | 'reply' }
	| { readonly type: 'pass'; readonly ms: number };

const on = fc.constantFrom(0 as const, 1 as const);
const send = fc.record({ type: fc.constant('send' as const), on });
const answer = fc.record({ type: fc.constant('answer' as const), on });
const deliver = fc.record({ type: fc.constant('deliver' as const), on });
const lose = fc.record({ type: fc.constant('lose' as const), on, what: fc.constantFrom('commit', 'reply') });
const pass = fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(10, 400, 7_000, 25_000) });
const always = [{ weight: 5, arbitrary: send }, { weight: 4, arbitrary: deliver }, answer] as const;
const reached = fc.array(fc.oneof(...always, pass), { minLength: 10, maxLength: 60 });
const withLosses = fc.array(fc.oneof(...always, lose, { weight: 2, arbitrary: pass }), {
	minLength: 10,
	maxLength: 60,
});

interface Sent {
	readonly on: number;
	readonly at: number;
	/** By the machine's own part of the limit: the server was out of its reach. */
	readonly isAlone: boolean;
	readonly lease: LeaseId;
	/** Whether it was answered before its lease ran out. */
	isAnswered?: true;
}

/** A commit on its way. */
interface Held {
	go(fate: 'arrives' | 'commitLost' | 'replyLost'): void;
}

describe(`any order of the steps of two machines in a team (KEYPOOL_SEED=${seed})`, function () {
	this.timeout(numRuns * 2_000);
	let server: TeamServer;
	before(async () => {
		server = new TeamServer();
		await server.start();
	});
	after(() => server.end());

	it('admits no more than the limit allows while the server is reached', () =>
		holds(reached, ({ sends, held, spent }) => {
			assert.ok(sends.every(({ isAlone }) => !isAlone));
			assert.ok(most(sends) <= limit, `${most(sends)} in a minute, of ${limit}`);
			assert.deepEqual(held, [sends.length, sends.length]);
			assert.deepEqual(spent, [owed(sends), owed(sends)]);
		}));

	it('keeps each machine to its part while it is not, and counts what was sent once, whatever gets lost', () =>
		holds(withLosses, ({ sends, held, spent, lost }) => {
			assert.ok(most(sends.filter(({ isAlone }) => !isAlone)) <= limit);
			for (const machine of [0, 1]) {
				const alone = most(sends.filter((one) => one.on === machine && one.isAlone));
				assert.ok(alone <= part, `${alone} in a minute by one machine alone, whose part is ${part}`);
			}
			for (const count of held) {
				assert.ok(count >= sends.length, `${sends.length} were sent, ${count} are known`);
				// A commit whose reply was lost is held against the limit, although its request may not have gone out.
				assert.ok(count <= sends.length + lost, `${sends.length} were sent, ${lost} replies lost, ${count} are known`);
			}
			assert.equal(held[0], held[1]);
			for (const sum of spent) {
				assert.ok(sum >= owed(sends), `${owed(sends)} are owed, ${sum} are known`);
				assert.ok(
					sum <= owed(sends) + lost * holdCost,
					`${owed(sends)} are owed, ${lost} replies lost, ${sum} are known`,
				);
			}
			assert.equal(spent[0], spent[1]);
		}));

	interface Played {
		readonly sends: readonly Sent[];
		/** Requests of the day that each machine knows of at the end. */
		readonly held: readonly number[];
		/** What each machine knows to be spent. */
		readonly spent: readonly number[];
		readonly lost: number;
	}

	async function holds(steps: fc.Arbitrary<readonly Step[]>, check: (played: Played) => void): Promise<void> {
		const property = fc.asyncProperty(steps, async (all) => check(await play(all)));
		await fc.assert(property, { ...replayed, numRuns });
	}

	async function play(steps: readonly Step[]): Promise<Played> {
		const windows = new TeamWindows(server);
		try {
			return await playIn(windows, steps);
		} finally {
			await windows.close();
		}
	}

	async function playIn(windows: TeamWindows, steps: readonly Step[]): Promise<Played> {
		const waiting: [Held[], Held[]] = [[], []];
		const gates = { areOpen: true };
		const stores = waiting.map((queue) => windows.openMachine({ tamper: (link) => holding(link, queue, gates) }));
		for (const store of stores) await windows.until(store.transact((tx) => tx.bucket(bucket)));
		await windows.spread();
		const storeOf = (on: 0 | 1): TeamStore => stores[on] ?? assert.fail();
		gates.areOpen = false;

		const sends: Sent[] = [];
		const underWay = new Set<Promise<void>>();
		const goesOn = (act: Promise<void>): void => {
			const acting = act.then(() => void underWay.delete(acting));
			underWay.add(acting);
		};
		const answered = new Set<Sent>();
		let leases = 0;
		let lost = 0;
		for (const step of steps) {
			if (step.type === 'pass') await windows.pass(step.ms);
			else if (step.type === 'send') {
				const lease = `r${++leases}.1` as LeaseId;
				const sending = admitted(storeOf(step.on), lease);
				goesOn(sending.then((one) => void (one && sends.push({ on: step.on, lease, ...one }))));
			} else if (step.type === 'answer') {
				const sent = sends.find((one) => one.on === step.on && !answered.has(one));
				if (!sent) continue;
				answered.add(sent);
				goesOn(settledIn(storeOf(step.on), sent.lease).then((isInTime) => void (isInTime && (sent.isAnswered = true))));
			} else {
				const fate = step.type === 'deliver' ? 'arrives' : step.what === 'commit' ? 'commitLost' : 'replyLost';
				const next = waiting[step.on].shift();
				if (next && fate === 'replyLost') lost++;
				next?.go(fate);
			}
			await windows.clock.settle();
		}
		gates.areOpen = true;
		for (const queue of waiting) for (const one of queue.splice(0)) one.go('arrives');
		await windows.eventually(() => underWay.size === 0 && stores.every((store) => store.isOnline), 100);
		// Whatever was not answered is charged, and each machine has read what the other wrote.
		await windows.pass(minuteMs);
		await windows.spread();
		const held = stores.map((store) => store.replica().bucket.get(bucket)?.day.requests ?? 0);
		const spent = stores.map((store) => spentIn(store));
		return { sends, held, spent, lost };
	}
});

/** Commits wait until somebody says what becomes of them. */
function holding(link: TeamLink, queue: Held[], gates: { readonly areOpen: boolean }): TeamLink {
	return {
		read: (store, since) => link.read(store, since),
		hasCommitted: (id) => link.hasCommitted(id),
		close: () => link.close(),
		commit: async (commit) => {
			const fate = gates.areOpen ? 'arrives' : await new Promise<Parameters<Held['go']>[0]>((go) => queue.push({ go }));
			if (fate === 'commitLost') throw new TeamError('unreachable');
			const reply = await link.commit(commit);
			if (fate === 'replyLost') throw new TeamError('unreachable');
			return reply;
		},
	};
}

/** Sends one request where the limit allows it. */
function admitted(store: TeamStore, lease: LeaseId): Promise<Pick<Sent, 'at' | 'isAlone'> | undefined> {
	return store.transact((tx, now) => {
		const share = store.limitShare(bucket);
		const request = { lease, holder: 'w', leaseMs: minuteMs, mayTest: false, likely: 1, atMost: 1 };
		const result = admit(tx.bucket(bucket), { ...request, userLimits: { rpm: limit }, ...(share && { share }) }, now);
		if ('reason' in result) return undefined;
		tx.put({ kind: 'bucket', id: bucket, doc: result.next });
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		const hold = { lease, cost: holdCost, tokens: 1, expiresAt: now + minuteMs };
		tx.put({ kind: 'spending', id: scope, doc: reserved(record, hold) });
		return { at: now, isAlone: share !== undefined };
	});
}

/** Settles a request that was answered; false where its lease has run out. */
function settledIn(store: TeamStore, lease: LeaseId): Promise<boolean> {
	return store.transact((tx, now) => {
		tx.put({ kind: 'bucket', id: bucket, doc: settle(tx.bucket(bucket), lease, { type: 'answered' }, now) });
		const record = spendingAt(tx.spending(scope) ?? initialSpending(now), now);
		if (!record.reservations.some((one) => one.lease === lease)) return false;
		const doc = settled(record, lease, { cost: answerCost, tokens: 1, isCounted: true });
		tx.put({ kind: 'spending', id: scope, doc });
		return true;
	});
}

function spentIn(store: TeamStore): number {
	const record = store.replica().spending.get(scope);
	return record ? spendingAt(record, store.now()).day.cost : 0;
}

/** What was spent: of what was not answered in time, all that was held. */
function owed(sends: readonly Sent[]): number {
	return sends.reduce((sum, { isAnswered }) => sum + (isAnswered ? answerCost : holdCost), 0);
}

/** The most within any minute. */
function most(sends: readonly Sent[]): number {
	const counts = sends.map(({ at }) => sends.filter((other) => other.at > at - minuteMs && other.at <= at).length);
	return Math.max(0, ...counts);
}
