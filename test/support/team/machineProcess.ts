// A machine of a team in a process of its own: its pool, its store on disk, and its connection to the real server. Everything
// that it asks the service goes to the test.
import { randomUUID } from 'node:crypto';
import { SqliteBackend } from '../../../src/node/sqlite/sqliteBackend';
import { systemClock } from '../../../src/node/systemClock';
import { hmacSha256 } from '../../../src/node/valkey';
import { bucketId, Pool, SharedStore, type Key, type KeyId, type ProjectId } from '../../../src/pool/pool';
import type { OpenTeamLink, TeamReply } from '../../../src/team/link/link';
import { TeamStore } from '../../../src/team/teamStore';
import { valkeyLink } from '../../../src/team/valkey/valkeyLink';
import { aRequest } from '../aRequest';
import { fast, fastClock } from './fastClock';
import type { Begin, Order, Report } from './machineMessages';

function say(report: Report): void {
	process.send?.(report);
}

class Machine {
	private readonly clock;
	private readonly store: TeamStore;
	private readonly pool: Pool;
	private readonly replies = new Map<number, (status: number) => void>();
	private calls = 0;

	constructor(private readonly begin: Begin) {
		const { folder, speed, base, keys, model, rpm } = begin;
		const clock = fastClock(speed, base);
		this.clock = clock;
		const onError = (error: unknown): void => say({ is: 'error', text: String(error) });
		let { machines } = begin;
		this.store = new TeamStore({
			machine: new SharedStore({
				...{ backend: new SqliteBackend(folder), clock, random: Math.random, onError },
				onStoreError: (reason) => onError(`store: ${reason}`),
			}),
			...{ clock, random: Math.random, scope: 'people', newId: randomUUID, onError, hmac: hmacSha256('sim-team') },
			open: this.inFastTime(),
			machines: {
				get: () => machines,
				set: (count) => {
					if (count !== machines) say({ is: 'machines', count });
					machines = count;
				},
			},
			onTrouble: () => say({ is: 'away', isAway: true, at: clock.wall() }),
			onOnline: () => say({ is: 'away', isAway: false, at: clock.wall() }),
		});
		this.store.setKeys(keys.map((id) => ({ id: id as KeyId, project: projectOf(id), secret: `sim-${id}` })));
		this.pool = new Pool({
			...{ store: this.store, clock, random: Math.random, check: () => Promise.resolve(), window: begin.machine },
			onListenerError: onError,
		});
		this.pool.setKeys(
			keys.map(keyOf),
			keys.map((id) => ({ id: projectOf(id), tier: 'free', limits: { [model]: { rpm } } })),
		);
		this.pool.configure({ model, whenExhausted: 'wait' });
	}

	ask(): void {
		const { model } = this.begin;
		const request = aRequest(randomUUID(), { models: [model], maxWaitMs: 60_000 });
		void this.read(
			this.pool.stream(request, async function* ({ key }) {
				const status = await send(key);
				if (status !== 200) throw new Error(`The service answered ${status}.`);
				await pass(300 + 1_500 * Math.random());
				yield { output: 'So.' };
				yield { finishReason: 'STOP', usage: { input: 5, cached: 0, output: 2, thoughts: 0 } };
			}),
		);
		const send = (key: string): Promise<number> => {
			const call = ++this.calls;
			const replied = new Promise<number>((resolve) => this.replies.set(call, resolve));
			say({ is: 'call', call, key, at: this.clock.wall() });
			return replied;
		};
		const pass = (ms: number): Promise<void> => new Promise((resolve) => void this.clock.after(ms, resolve));
	}

	reply(call: number, status: number): void {
		this.replies.get(call)?.(status);
		this.replies.delete(call);
	}

	/** What is known of each key, whenever it changes. */
	tell(): void {
		const known = (): void => {
			const { bucket } = this.store.replica();
			const of = (id: string): number => bucket.get(bucketId(projectOf(id), this.begin.model))?.day.requests ?? 0;
			say({ is: 'known', counts: this.store.isOnline ? this.begin.keys.map(of) : [] });
		};
		this.store.onDidChange(known);
		known();
	}

	private async read(parts: AsyncIterable<{ readonly type: string }>): Promise<void> {
		try {
			for await (const part of parts) if (part.type === 'done') say({ is: 'answered' });
		} catch {
			// No key within a minute: what the test counts are calls.
		}
	}

	/** The server's clock is as fast. */
	private inFastTime(): OpenTeamLink {
		const { server, team, machine, speed, base } = this.begin;
		const open = valkeyLink({ server, team, machine, newId: randomUUID, clock: systemClock });
		const told = ({ time, since, ...reply }: TeamReply): TeamReply => ({
			...{ ...reply, time: fast(time, speed, base), since: fast(since, speed, base) },
		});
		return async (events) => {
			const link = await open(events);
			return {
				...{ hasCommitted: (id) => link.hasCommitted(id), close: () => link.close() },
				read: async (store, rev) => told(await link.read(store, rev)),
				commit: async (commit) => told(await link.commit(commit)),
			};
		};
	}
}

function projectOf(id: string): ProjectId {
	return `p-${id}` as ProjectId;
}

function keyOf(id: string): Key {
	const [project, role] = [projectOf(id), 'primary'] as const;
	return { id: id as KeyId, project, label: id, mask: '…', sortOrder: id, role, weight: 1, enabled: true };
}

let machine: Machine | undefined;
process.on('message', (order: Order) => {
	switch (order.is) {
		case 'begin':
			machine = new Machine(order.begin);
			break;
		case 'ask':
			machine?.ask();
			break;
		case 'reply':
			machine?.reply(order.call, order.status);
			break;
		case 'tell':
			machine?.tell();
			break;
	}
});
process.on('disconnect', () => process.exit());
