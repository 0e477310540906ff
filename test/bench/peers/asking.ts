import type { Arrival } from './load';
import type { Asked } from './messages';
import type { Peer } from './peer';

/** Asks now, and waits for so long. `began` is when the load did, by `performance.now`. */
export async function ask(peer: Peer, arrival: Arrival, began: number, patienceMs: number): Promise<Asked> {
	const gone = new AbortController();
	let first: number | undefined;
	const answer = async (): Promise<Asked['outcome']> => {
		let text = '';
		try {
			for await (const piece of peer.ask(arrival.question, gone.signal)) {
				if ('forget' in piece) {
					text = '';
					first = undefined;
				} else {
					text += piece.text;
					first ??= performance.now() - began;
				}
			}
			return { state: 'answered', text };
		} catch (error) {
			return { state: 'failed', reason: String(error).slice(0, 200) };
		}
	};
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<Asked['outcome']>((resolve) => {
		timer = setTimeout(() => {
			resolve({ state: 'late' });
			gone.abort();
		}, patienceMs);
	});
	const outcome = await Promise.race([answer(), late]);
	clearTimeout(timer);
	return { ...arrival, end: performance.now() - began, outcome, ...(first !== undefined && { first }) };
}
