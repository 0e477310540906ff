import type { Arrival } from './load';
import type { Place } from './peer';
import type { PeerName } from './peers';

/** What the row tells the process of a peer. */
export type Order =
	| { readonly is: 'prepare'; readonly peer: PeerName; readonly place: Place }
	/** Asks as planned, from now on. */
	| { readonly is: 'load'; readonly arrivals: readonly Arrival[]; readonly patienceMs: number }
	/** Asks in turn with the bare SDK. */
	| { readonly is: 'compare'; readonly pairs: number };

export type Report =
	| { readonly is: 'ready' }
	| { readonly is: 'asked'; readonly prompts: readonly Asked[] }
	/** ms by which the peer's first piece came later than the bare SDK's, for each pair. */
	| { readonly is: 'compared'; readonly later: readonly number[] };

/** What came of a prompt; ms since the load began. */
export interface Asked extends Arrival {
	/** First text that was not taken back, where any came. */
	readonly first?: number;
	readonly end: number;
	readonly outcome:
		| { readonly state: 'answered'; readonly text: string }
		| { readonly state: 'failed'; readonly reason: string }
		/** Nobody waits for it any more. */
		| { readonly state: 'late' };
}
