// One window's pool in a process of its own, in virtual time that its parent drives. Everything it asks the service goes
// to the parent; everything it knows of the other windows comes from the file.
import { failureOf } from '../../../src/gemini/errors/failure';
import { SqliteBackend } from '../../../src/node/sqlite/sqliteBackend';
import { systemClock } from '../../../src/node/systemClock';
import {
	Pool,
	SharedStore,
	type Chunk,
	type Key,
	type KeyId,
	type StateStore,
	type Dispose,
	type OpenStream,
	type Project,
	type ProjectId,
	type PoolRequest,
} from '../../../src/pool/pool';
import { VirtualClock } from '../virtualClock';
import type { Order, Report } from './messages';
import { aRequest } from '../aRequest';

type Begin = Extract<Order, { is: 'begin' }>;
type Reply = Extract<Order, { is: 'reply' }>;

/** Virtual time that stands still while the file or the parent is being waited for. */
class HeldClock extends VirtualClock {
	private held = 0;
	private wake: () => void = () => undefined;

	async hold<T>(work: Promise<T>): Promise<T> {
		this.held++;
		try {
			return await work;
		} finally {
			if (--this.held === 0) this.wake();
		}
	}

	override async settle(): Promise<void> {
		await super.settle();
		while (this.held > 0) {
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
			await super.settle();
		}
	}
}

/** ms. What is asked again sooner waits for another process's lock, in real time. */
const shortestVirtual = 100;

class WindowProcess {
	private readonly clock: HeldClock;
	private readonly pool: Pool;
	private readonly store: SharedStore;
	private readonly replies = new Map<number, (reply: Reply) => void>();
	private calls = 0;
	private asked = 0;
	private busy = 0;

	constructor(private readonly begin: Begin) {
		const clock = new HeldClock(begin.start + begin.ahead - begin.elapsed);
		this.clock = clock;
		const monotonic = (): number => begin.elapsed + clock.monotonic();
		const wall = (): number => begin.elapsed + clock.wall();
		const after = (ms: number, run: () => void): Dispose =>
			ms < shortestVirtual ? systemClock.after(ms, run) : clock.after(ms, run);
		this.store = new SharedStore({
			backend: new SqliteBackend(begin.folder),
			clock: { wall, monotonic, after },
			soon: setImmediate,
			random: Math.random,
			onStoreError: (what) => say({ is: 'trouble', what }),
			onError: (error) => say({ is: 'trouble', what: String(error) }),
		});
		const shared = this.store;
		const store: StateStore = {
			replica: () => shared.replica(),
			now: () => shared.now(),
			transact: (step) => clock.hold(shared.transact(step)),
			onDidChange: (listener) => shared.onDidChange(listener),
			close: () => shared.close(),
		};
		this.pool = new Pool({
			store,
			clock: { wall, monotonic, after: clock.after },
			random: Math.random,
			check: () => Promise.resolve(),
			window: begin.window,
			onListenerError: (error) => say({ is: 'trouble', what: String(error) }),
		});
		const { keys, model, limits } = begin;
		this.pool.setKeys(
			keys.map(keyOf),
			keys.map((id) => projectOf(id, model, limits)),
		);
		this.pool.configure({ model, strategy: 'roundRobin' });
	}

	async ready(): Promise<void> {
		await this.store.transact(() => undefined);
		say({ is: 'ready' });
	}

	async advance(to: number): Promise<void> {
		await this.clock.advance(to - this.begin.elapsed - this.clock.monotonic());
		await this.clock.settle();
		const paused = this.store.replica().pool.paused !== undefined;
		say({ is: 'advanced', to, paused, busy: this.busy });
	}

	slept(ms: number): void {
		this.clock.jump(ms);
	}

	resume(): void {
		void this.clock.hold(this.pool.execute({ type: 'resume' }));
	}

	reply(reply: Reply): void {
		this.replies.get(reply.call)?.(reply);
		this.replies.delete(reply.call);
	}

	ask(priority: PoolRequest['priority']): void {
		const id = `${this.begin.window}-${++this.asked}`;
		const request = aRequest(id, {
			models: [this.begin.model],
			priority,
			size: { bytes: 40, tokens: 0 },
			maxWaitMs: 45_000,
			idle: { firstMs: 30_000, betweenMs: 30_000 },
		});
		void this.read(this.pool.stream(request, this.opener(id)));
	}

	private async read(parts: AsyncIterable<unknown>): Promise<void> {
		this.busy++;
		try {
			const reading = parts[Symbol.asyncIterator]();
			while (!(await reading.next()).done);
		} catch {
			// No key within 45 s, or a pause: what the parent counts are calls.
		} finally {
			this.busy--;
		}
	}

	private opener(request: string): OpenStream<string> {
		let sends = 0;
		const send = (key: string): Promise<Reply> => {
			const call = ++this.calls;
			const lease = `${request}.${++sends}`;
			const replied = new Promise<Reply>((resolve) => this.replies.set(call, resolve));
			say({ is: 'call', call, key, lease, at: this.begin.elapsed + this.clock.monotonic() });
			return this.clock.hold(replied);
		};
		const pass = (ms: number): Promise<void> => new Promise((resolve) => void this.clock.after(ms, () => resolve()));
		return async function* ({ key }): AsyncGenerator<Chunk<string>> {
			const { status, body } = await send(key);
			await pass(200 + Math.random() * 3_800);
			if (status !== 200) throw failureOf(Object.assign(new Error(body), { status }), (text) => text);
			yield { output: 'text' };
			yield { finishReason: 'STOP', usage: { input: 10, cached: 0, output: 1, thoughts: 0 } };
		};
	}
}

function keyOf(id: string, index: number): Key {
	const project = `p-${id}` as ProjectId;
	const rank = String(index).padStart(5, '0');
	return { id: id as KeyId, project, label: id, mask: id, sortOrder: rank, role: 'primary', weight: 1, enabled: true };
}

function projectOf(id: string, model: string, limits: Begin['limits']): Project {
	return { id: `p-${id}` as ProjectId, tier: 'free', limits: { [model]: limits } };
}

function say(report: Report): void {
	process.send?.(report);
}

let running: WindowProcess | undefined;
process.on('message', (order: Order) => {
	if (order.is === 'begin') {
		running = new WindowProcess(order);
		void running.ready();
		return;
	}
	switch (order.is) {
		case 'advance':
			void running?.advance(order.to);
			break;
		case 'slept':
			running?.slept(order.ms);
			break;
		case 'ask':
			running?.ask(order.priority);
			break;
		case 'resume':
			running?.resume();
			break;
		case 'reply':
			running?.reply(order);
			break;
	}
});
process.on('disconnect', () => process.exit());
