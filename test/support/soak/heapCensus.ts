import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What can be held too long: the prototypes that are counted, as expressions. */
const prototypes = {
	maps: 'Map.prototype',
	sets: 'Set.prototype',
	arrays: 'Array.prototype',
	functions: 'Function.prototype',
	promises: 'Promise.prototype',
	errors: 'Error.prototype',
	buffers: 'Uint8Array.prototype',
	aborts: 'AbortController.prototype',
	signals: 'AbortSignal.prototype',
	responses: 'Response.prototype',
	streams: 'ReadableStream.prototype',
	generators: 'Object.getPrototypeOf(async function* () {}).prototype',
} as const;

export type Counted = keyof typeof prototypes;

/** Of one kind of object: how many live, and how many entries all of them hold. */
export interface Count {
	readonly objects: number;
	readonly entries: number;
}

let collect: (() => void) | undefined;

/** Bytes of the heap after a forced collection. */
export function heapBytes(): number {
	if (collect === undefined) {
		setFlagsFromString('--expose-gc');
		collect = runInNewContext('gc') as () => void;
	}
	collect();
	return process.memoryUsage().heapUsed;
}

/** Counts every object of the heap that is still reachable, whoever holds it: a closure as well as a field. */
export function heapCensus(): Readonly<Record<Counted, Count>> {
	const session = new Session();
	session.connect();
	try {
		const counts = Object.entries(prototypes).map(
			([name, expression]) => [name, countOf(session, expression)] as const,
		);
		return Object.fromEntries(counts) as Record<Counted, Count>;
	} finally {
		session.disconnect();
	}
}

/** Runs in the heap's own realm, on all objects of one prototype. */
const counting = `function () {
	let entries = 0;
	for (const one of this) {
		// The prototype of a class of one's own is no map itself.
		try {
			const held = Array.isArray(one) ? one.length : one.size;
			if (Number.isInteger(held)) entries += held;
		} catch {}
	}
	return { objects: this.length, entries };
}`;

function countOf(session: Session, expression: string): Count {
	const group = { objectGroup: 'census' };
	let count: Count | undefined;
	// Each of them answers at once, because the session is of this very thread.
	session.post('Runtime.evaluate', { expression, ...group }, (_, { result: prototype }) => {
		const prototypeObjectId = prototype.objectId ?? '';
		session.post('Runtime.queryObjects', { prototypeObjectId, ...group }, (__, { objects }) => {
			const call = { objectId: objects.objectId ?? '', functionDeclaration: counting, returnByValue: true };
			session.post('Runtime.callFunctionOn', { ...call }, (___, { result }) => {
				count = result.value as Count;
			});
		});
	});
	session.post('Runtime.releaseObjectGroup', group);
	if (count === undefined) throw new Error(`The heap has no ${expression}.`);
	return count;
}
