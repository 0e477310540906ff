import { GoogleGenAI } from '@google/genai/web';
import { createService, type Service, type ServiceOptions } from '../../../src/simulator/service';
import { chance } from '../pool/chance';
import { VirtualClock } from '../virtualClock';

export const flash = 'gemini-3.8-flash';
export const lite = 'gemini-3.5-flash-lite';

/** The real SDK in front of a simulator in virtual time. */
export interface Stand {
	readonly clock: VirtualClock;
	readonly service: Service;
	readonly client: (secret?: string) => GoogleGenAI;
	/** Asks without streaming; answers the text, or throws what the SDK throws. */
	readonly ask: (question: string, secret?: string) => Promise<string>;
	/** The pieces of a streamed answer until its end or its failure. */
	readonly stream: (question: string, secret?: string, signal?: AbortSignal) => Promise<Outcome>;
}

export interface Outcome {
	readonly texts: readonly string[];
	readonly finishReason: string | undefined;
	readonly blockReason: string | undefined;
	readonly error: unknown;
}

/** One paid project with the key `sim-one` where `options` say nothing else. */
export function createStand(options: Partial<ServiceOptions> = {}, start?: number): Stand {
	const clock = new VirtualClock(start);
	const service = createService({
		clock,
		chance: chance(1),
		projects: [{ id: 'one', tier: 'paid' }],
		keys: [{ secret: 'sim-one', project: 'one' }],
		...options,
	});
	const client = (apiKey = 'sim-one'): GoogleGenAI =>
		new GoogleGenAI({
			apiKey,
			apiVersion: 'v1beta',
			vertexai: false,
			httpOptions: { baseUrl: 'https://simulator.invalid', fetch: service.fetch },
		});
	return {
		clock,
		service,
		client,
		ask: async (contents, secret) =>
			(await clock.until(client(secret).models.generateContent({ model: flash, contents }))).text ?? '',
		stream: (contents, secret, abortSignal) =>
			clock.until(
				collect(
					client(secret).models.generateContentStream({
						model: flash,
						contents,
						config: { ...(abortSignal && { abortSignal }) },
					}),
				),
			),
	};
}

async function collect(opening: ReturnType<GoogleGenAI['models']['generateContentStream']>): Promise<Outcome> {
	const texts: string[] = [];
	let finishReason: string | undefined;
	let blockReason: string | undefined;
	try {
		for await (const chunk of await opening) {
			finishReason = chunk.candidates?.[0]?.finishReason ?? finishReason;
			blockReason = chunk.promptFeedback?.blockReason ?? blockReason;
			if (chunk.text !== undefined) {
				texts.push(chunk.text);
			}
		}
		return { texts, finishReason, blockReason, error: undefined };
	} catch (error) {
		return { texts, finishReason, blockReason, error };
	}
}

export { chance as seeded };
