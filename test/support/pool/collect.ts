import type { PoolStream } from '../../../src/pool/pool';

/** Reads a stream to its end and returns the output that was not retracted. */
export async function collect<C>(stream: PoolStream<C>): Promise<readonly C[]> {
	let pieces: C[] = [];
	for await (const part of stream) {
		if (part.type === 'retract') pieces = [];
		if (part.type === 'output') pieces.push(part.value);
	}
	return pieces;
}
