import assert from 'node:assert/strict';
import type { LeaseId } from '../../../src/pool/pool';
import { TeamError, type TeamLink } from '../../../src/team/link/link';
import type { TeamStore } from '../../../src/team/teamStore';
import { admitted, minuteMs, spentIn, told, type News, type Sent } from '../pool/calls';
import { bucket } from './sends';
import type { TeamServer } from './teamServer';
import { TeamWindows } from './teamWindows';

/** What happens next: to one of two machines, or to the time. */
export type Step =
	| { readonly type: 'send'; readonly on: 0 | 1 }
	/** The oldest of its requests that goes on has ended, or needs its lease for longer. */
	| { readonly type: 'tell'; readonly on: 0 | 1; readonly what: News }
	/** The commit that has waited longest reaches the server, and its reply the machine. */
	| { readonly type: 'deliver'; readonly on: 0 | 1 }
	/** It reaches the server or not, and no reply comes. */
	| { readonly type: 'lose'; readonly on: 0 | 1; readonly what: 'commit' | 'reply' }
	| { readonly type: 'pass'; readonly ms: number };

/** A commit on its way. */
interface Held {
	go(fate: 'arrives' | 'commitLost' | 'replyLost'): void;
}

/** What has come of it. */
export interface Played {
	readonly sends: readonly Sent[];
	/** Requests of the day that each machine knows of at the end. */
	readonly held: readonly number[];
	/** What each machine knows to be spent. */
	readonly spent: readonly number[];
	/** Requests of commits whose replies never came, and commits that arrived after their lease had run out. */
	readonly lost: number;
}

/**
 * Plays the steps, then lets everything arrive.
 *
 * @param areOne two windows of one machine in place of two machines
 */
export async function playTwoMachines(server: TeamServer, steps: readonly Step[], areOne: boolean): Promise<Played> {
	const windows = new TeamWindows(server);
	try {
		return await playIn(windows, steps, areOne ? windows.open : windows.openMachine, areOne);
	} finally {
		await windows.close();
	}
}

async function playIn(
	windows: TeamWindows,
	steps: readonly Step[],
	open: TeamWindows['open'],
	areOne: boolean,
): Promise<Played> {
	const waiting: [Held[], Held[]] = [[], []];
	const gates = { areOpen: true };
	const stores = waiting.map((queue) => {
		const tamper = (link: TeamLink): TeamLink => holding(link, queue, gates);
		return open({ tamper, ...(areOne && { machineName: 'one' }) });
	});
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
	const ended = new Set<Sent>();
	let leases = 0;
	let lost = 0;
	/** Requests that are asked for: one commit may hold all of them. */
	const asked: [number, number] = [0, 0];
	for (const step of steps) {
		if (step.type === 'pass') await windows.pass(step.ms);
		else if (step.type === 'send') {
			const lease = `r${++leases}.1` as LeaseId;
			const sending = admitted(storeOf(step.on), lease);
			asked[step.on]++;
			goesOn(
				sending.then((one) => {
					asked[step.on]--;
					if (one) sends.push({ on: step.on, lease, ...one });
				}),
			);
		} else if (step.type === 'tell') {
			const { what } = step;
			const sent = sends.find((one) => one.on === step.on && !ended.has(one));
			if (!sent) continue;
			if (what !== 'goesOn') ended.add(sent);
			goesOn(
				told(storeOf(step.on), sent.lease, what).then((isInTime) => {
					if (isInTime && what !== 'goesOn') sent.end = what;
					// The other machine may have charged what ran out meanwhile.
					if (windows.wall() >= sent.at + minuteMs) lost++;
				}),
			);
		} else {
			const fate = step.type === 'deliver' ? 'arrives' : step.what === 'commit' ? 'commitLost' : 'replyLost';
			const next = waiting[step.on].shift();
			if (next && fate === 'replyLost') lost += Math.max(1, asked[step.on]);
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
