import {
	Pool,
	type Bucket,
	type Clock,
	type Ledger,
	type Open,
	type Part,
	type PoolStream,
	type Request,
	type Tx,
	type Write,
} from '../../../src/pool/pool';
import type { Build } from './world';

/** Pools with one fault each: every property is seen to notice one. */
export const mutants = {
	/** Forgets that a bucket rests, and what was counted in its windows. */
	forgetsRests: onWrites((write) =>
		write.kind === 'bucket' && write.doc.state.is === 'resting' ? { ...write, doc: emptied(write.doc) } : write,
	),
	/** Lets benched keys go. */
	forgetsBenches: onWrites((write) =>
		write.kind === 'key' && write.doc.state.is === 'benched'
			? { ...write, doc: { ...write.doc, state: { is: 'unproven' } } }
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
	return { ...bucket, state: { is: 'open' }, minute: [], day: { ...bucket.day, requests: 0, input: 0 } };
}

function onWrites(change: (write: Write) => Write): Build {
	return (parts) => {
		const { ledger } = parts;
		const changed: Ledger = {
			replica: () => ledger.replica(),
			now: () => ledger.now(),
			onDidChange: (listener) => ledger.onDidChange(listener),
			close: () => ledger.close(),
			transact: (step) => ledger.transact((tx, now) => step(changing(tx, change), now)),
		};
		return new Pool({ ...parts, ledger: changed });
	};
}

function changing(tx: Tx, change: (write: Write) => Write): Tx {
	return {
		bucket: (id) => tx.bucket(id),
		key: (id) => tx.key(id),
		model: (id) => tx.model(id),
		pool: () => tx.pool(),
		usage: (id) => tx.usage(id),
		owner: (id) => tx.owner(id),
		rest: (id) => tx.rest(id),
		lines: () => tx.lines(),
		drop: (ref) => tx.drop(ref),
		put: (write) => tx.put(change(write)),
	};
}

function deaf(clock: Clock): Clock {
	return { wall: () => clock.wall(), steady: () => clock.steady(), after: () => () => undefined };
}

class Stubborn extends Pool {
	override stream<C>(request: Request, open: Open<C>, signal?: AbortSignal): PoolStream<C> {
		const again = (): PoolStream<C> => super.stream(request, open, signal);
		const first = again();
		return {
			useModel: (model) => first.useModel(model),
			trail: first.trail,
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
		private readonly rewrite: <C>(parts: AsyncIterable<Part<C>>) => AsyncIterable<Part<C>>,
	) {
		super(parts);
	}

	override stream<C>(request: Request, open: Open<C>, signal?: AbortSignal): PoolStream<C> {
		const stream = super.stream(request, open, signal);
		const rewritten = this.rewrite(stream);
		return {
			useModel: (model) => stream.useModel(model),
			get trail() {
				return stream.trail;
			},
			[Symbol.asyncIterator]: () => rewritten[Symbol.asyncIterator](),
		};
	}
}

async function* shuffled<C>(parts: AsyncIterable<Part<C>>): AsyncGenerator<Part<C>> {
	let held: Part<C> | undefined;
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

async function* unretracted<C>(parts: AsyncIterable<Part<C>>): AsyncGenerator<Part<C>> {
	for await (const part of parts) if (part.type !== 'retract') yield part;
}

class Hedging extends Pool {
	override stream<C>(request: Request, open: Open<C>, signal?: AbortSignal): PoolStream<C> {
		const twice: Open<C> = (on, own) => {
			open(on, own);
			return open(on, own);
		};
		return super.stream(request, twice, signal);
	}
}
