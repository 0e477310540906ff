import type { Chunk, Received } from '../types/poolRequest';

/** What a call has brought so far, beside its output. */
export class CallResult {
	finishReason: string | undefined;
	/** Millionths of a dollar; known once its lease is settled. */
	cost: number | undefined;
	private usage: Received['usage'];
	private servedModel: Received['servedModel'];
	private serviceTier: Received['serviceTier'];
	private hasChunk = false;

	/** @param resolved the model that was asked */
	constructor(private readonly resolved: string) {}

	/** The latest chunk wins. */
	add(chunk: Chunk<unknown>): void {
		this.hasChunk = true;
		this.usage = chunk.usage ?? this.usage;
		this.servedModel = chunk.servedModel ?? this.servedModel;
		this.serviceTier = chunk.serviceTier ?? this.serviceTier;
		this.finishReason = chunk.finishReason ?? this.finishReason;
	}

	get received(): Received {
		const { usage, servedModel, serviceTier } = this;
		return {
			...(usage && { usage }),
			...(servedModel !== undefined && { servedModel }),
			...(serviceTier && { serviceTier }),
		};
	}

	/** The same for an attempt: the model that answered is named, whether or not it is the one that was asked. */
	get ofAttempt(): Pick<Received, 'usage' | 'servedModel'> & { readonly cost?: number } {
		const { usage, servedModel = this.resolved, cost } = this;
		return {
			...(usage && { usage }),
			...(this.hasChunk && { servedModel }),
			...(cost !== undefined && { cost }),
		};
	}
}
