import {
	Pool,
	writeAfter,
	type Bucket,
	type Clock,
	type StateStore,
	type OpenStream,
	type StreamPart,
	type PoolStream,
	type PoolRequest,
	type Transaction,
	type Write,
} from '../../../src/pool/pool';
import type { Build } from './world';

/** Pools with one fault each: every property is seen to notice one. */
export const mutants = {
	/** Forgets that a bucket cools down, and what was counted in its windows. */
	dropsCooldowns: onWrites((write) =>
		write.kind === 'bucket' && write.doc.status.state === 'coolingDown' ? { ...write, doc: emptied(write.doc) } : write,
	),
	/** Lets quarantined keys go. */
	dropsQuarantines: onWrites((write) =>
		write.kind === 'key' && write.doc.status.state === 'quarantined'
			? { ...write, doc: { ...write.doc, status: { state: 'unverified' } } }
			: write,
	),
	/** Knows the limits, but counts no sends. */
	countsNoSends: onWrites((write) =>
		write.kind === 'bucket' ? { ...write, doc: { ...write.doc, minute: [] } } : write,
	),
	/** Knows the limits and counts sends, but no tokens. */
	countsNoTokens: onWrites((write) =>
		write.kind === 'bucket'
			? {
					...write,
					doc: { ...write.doc, minute: write.doc.minute.map(([first, last, sends]) => [first, last, sends, 0]) },
				}
			: write,
	),
	/** Its timers never ring. */
	neverWakes: (parts) => new Pool({ ...parts, clock: deaf(parts.clock) }),
	/** Begins again whenever it has failed. */
	neverGivesUp: (parts) => new Stubborn(parts),
	/** Hands every second piece out before the one that came first. */
	shuffles: (parts) => new Rewriting(parts, shuffled),
	/** Leaves a broken answer on the screen. */
	retractsNothing: (parts) => new Rewriting(parts, unretracted),
	/** Sends each request twice, and listens to one. */
	hedges: (parts) => new Hedging(parts),
} satisfies Record<string, Build>;

/** What a reload that loses everything but the names leaves. */
export function lossy(bucket: Bucket): Bucket {
	return { ...emptied(bucket), limits: {} };
}

function emptied(bucket: Bucket): Bucket {
	return { ...bucket, status: { state: 'available' }, minute: [], day: { ...bucket.day, requests: 0, input: 0 } };
}

function onWrites(change: (write: Write) => Write): Build {
	return (parts) => {
		const { store } = parts;
		const changed: StateStore = {
			replica: () => store.replica(),
			now: () => store.now(),
			onDidChange: (listener) => store.onDidChange(listener),
			close: () => store.close(),
			transact: (step) => store.transact((tx, now) => step(changing(tx, change), now)),
		};
		return new Pool({ ...parts, store: changed });
	};
}

function changing(tx: Transaction, change: (write: Write) => Write): Transaction {
	return {
		bucket: (id) => tx.bucket(id),
		key: (id) => tx.key(id),
		model: (id) => tx.model(id),
		pool: () => tx.pool(),
		usage: (id) => tx.usage(id),
		leader: (id) => tx.leader(id),
		cooldown: (id) => tx.cooldown(id),
		client: (id) => tx.client(id),
		spending: (scope) => tx.spending(scope),
		dailyCost: (id) => tx.dailyCost(id),
		windowQueues: () => tx.windowQueues(),
		drop: (ref) => tx.drop(ref),
		put: (write) => tx.put(change(write)),
		record: (call) => tx.put(change(writeAfter(tx, call))),
	};
}

function deaf(clock: Clock): Clock {
	return { wall: () => clock.wall(), monotonic: () => clock.monotonic(), after: () => () => undefined };
}

class Stubborn extends Pool {
	override stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal): PoolStream<C> {
		const again = (): PoolStream<C> => super.stream(request, open, signal);
		const first = again();
		return {
			useModel: (model) => first.useModel(model),
			attempts: first.attempts,
			async *[Symbol.asyncIterator]() {
				for (let round = 0; round < 20; round++) {
					try {
						yield* round === 0 ? first : again();
						return;
					} catch (error) {
						if (round === 19) throw error;
					}
				}
			},
		};
	}
}

class Rewriting extends Pool {
	constructor(
		parts: ConstructorParameters<typeof Pool>[0],
		private readonly rewrite: <C>(parts: AsyncIterable<StreamPart<C>>) => AsyncIterable<StreamPart<C>>,
	) {
		super(parts);
	}

	override stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal): PoolStream<C> {
		const stream = super.stream(request, open, signal);
		const rewritten = this.rewrite(stream);
		return {
			useModel: (model) => stream.useModel(model),
			get attempts() {
				return stream.attempts;
			},
			[Symbol.asyncIterator]: () => rewritten[Symbol.asyncIterator](),
		};
	}
}

async function* shuffled<C>(parts: AsyncIterable<StreamPart<C>>): AsyncGenerator<StreamPart<C>> {
	let held: StreamPart<C> | undefined;
	for await (const part of parts) {
		if (part.type === 'output' && !held) {
			held = part;
			continue;
		}
		yield part;
		if (held) yield held;
		held = undefined;
	}
}

async function* unretracted<C>(parts: AsyncIterable<StreamPart<C>>): AsyncGenerator<StreamPart<C>> {
	for await (const part of parts) if (part.type !== 'retract') yield part;
}

class Hedging extends Pool {
	override stream<C>(request: PoolRequest, open: OpenStream<C>, signal?: AbortSignal): PoolStream<C> {
		const twice: OpenStream<C> = (on, own) => {
			void open(on, own);
			return open(on, own);
		};
		return super.stream(request, twice, signal);
	}
}
