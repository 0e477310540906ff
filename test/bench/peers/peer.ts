/** One thing that comes of a question, in order. */
export type Piece =
	| { readonly text: string }
	/** What came so far is taken back: the answer begins anew. */
	| { readonly forget: true };

/** A way to answers, over one or several keys. */
export interface Peer {
	/** Throws where no answer comes. */
	ask(question: string, signal: AbortSignal): AsyncIterable<Piece>;
	close?(): Promise<void>;
}

export interface PeerKey {
	readonly secret: string;
	readonly project: string;
	/** Requests a minute that its owner expects of it: for peers that want weights. */
	readonly weight: number;
}

/** What a peer is made of. */
export interface Place {
	/** Of the simulator, without a slash at the end. */
	readonly baseUrl: string;
	/** As their owner lists them: the one with the largest quota first. */
	readonly keys: readonly PeerKey[];
	readonly model: string;
}
