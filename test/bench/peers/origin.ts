import { GoogleGenAI } from '@google/genai/web';
import type { Peer, Piece, Place } from './peer';

const maxRetries = 3;
/** Seconds. */
const baseDelay = 1;
const rateLimitedFor = 60;

interface KeyStatus {
	readonly client: GoogleGenAI;
	available: boolean;
	/** ms since 1970. */
	rateLimitedUntil: number;
	lastUsed: number;
}

/**
 * The policy that this project began with, line by line: the key that was not used for longest, a rest of 60 s after a
 * 429 (what it looks for in the error's text is never there), no streaming, no end to what it sleeps.
 */
export class Origin implements Peer {
	private readonly statuses: readonly KeyStatus[];

	constructor(private readonly place: Place) {
		this.statuses = place.keys.map(({ secret }) => ({
			client: new GoogleGenAI({
				apiKey: secret,
				apiVersion: 'v1beta',
				httpOptions: { baseUrl: place.baseUrl },
			}),
			available: true,
			rateLimitedUntil: 0,
			lastUsed: 0,
		}));
	}

	async *ask(contents: string): AsyncGenerator<Piece> {
		yield { text: await this.generate(contents) };
	}

	private async generate(contents: string): Promise<string> {
		let lastError: unknown;
		for (let attempt = 0; attempt < maxRetries * this.statuses.length; attempt++) {
			const status = this.availableKey();
			if (!status.available) {
				const wait = (status.rateLimitedUntil - Date.now()) / 1000;
				if (wait > 0) await sleep(wait + 0.5);
			}
			try {
				return (await status.client.models.generateContent({ model: this.place.model, contents })).text ?? '';
			} catch (error) {
				lastError = error;
				const text = String(error);
				const lower = text.toLowerCase();
				if (text.includes('429') || lower.includes('rate') || lower.includes('quota')) {
					const [, seconds] = /retry.?after[:\s]+(\d+)/i.exec(lower) ?? [];
					markRateLimited(status, seconds === undefined ? rateLimitedFor : Number(seconds));
				} else if (text.includes('401') || lower.includes('invalid') || lower.includes('api_key')) {
					markRateLimited(status, Infinity);
				} else if (text.includes('500') || text.includes('503')) {
					await sleep(baseDelay * 2 ** (attempt % 3) + Math.random());
				} else {
					throw error;
				}
			}
		}
		throw new Error('All retries exhausted.', { cause: lastError });
	}

	private availableKey(): KeyStatus {
		const now = Date.now();
		for (const status of this.statuses) if (status.rateLimitedUntil <= now) status.available = true;
		const available = this.statuses.filter((status) => status.available);
		const selected = leastBy(available, ({ lastUsed }) => lastUsed);
		if (selected) {
			selected.lastUsed = now;
			return selected;
		}
		const back = leastBy(this.statuses, ({ rateLimitedUntil }) => rateLimitedUntil);
		if (!back) throw new Error('No available API keys');
		return back;
	}
}

function markRateLimited(status: KeyStatus, seconds: number): void {
	status.available = false;
	status.rateLimitedUntil = Date.now() + seconds * 1000;
}

function leastBy<T>(all: readonly T[], of: (one: T) => number): T | undefined {
	return all.reduce<T | undefined>(
		(least, one) => (least === undefined || of(one) < of(least) ? one : least),
		undefined,
	);
}

function sleep(seconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
