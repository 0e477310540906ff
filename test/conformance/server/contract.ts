import * as v from 'valibot';
import { idOf, type Scenario } from '../scenario';
import { beginning, type Pace } from './pace';

/** What a client is told at `GET /_scenario`; all times in s of the client's own clock. */
export interface Brief {
	readonly id: string;
	readonly name: string;
	/** Section of docs/FACTS.md. */
	readonly fact: string;
	readonly clock: Pace['clock'];
	readonly scale: number;
	/** When the scenario begins, for a client whose clock can be set. */
	readonly begins: string;
	readonly keys: readonly KeyBrief[];
	readonly asks: readonly AskBrief[];
}

export interface KeyBrief {
	readonly name: string;
	readonly secret: string;
	/** Keys of one project have one quota. */
	readonly project: string;
	/** Who is billed, where that is known. */
	readonly account?: string;
	readonly tier: 'free' | 'paid';
}

export interface AskBrief {
	readonly at: number;
	/** Wanted, then fallbacks. */
	readonly models: readonly string[];
	readonly prompt: string;
	readonly options?: Readonly<Record<string, unknown>>;
	/** Only keys of this project can serve it. */
	readonly project?: string;
	/** What its reader can bear once text was shown and the stream broke. */
	readonly whenBroken: 'retract' | 'continue' | 'fail';
	readonly maxWait: number;
	readonly cancelAfter?: number;
}

/** What a client may tell at `POST /_end`: how its nth ask ended. */
export const End = v.strictObject({
	/** From 0. */
	ask: v.pipe(v.number(), v.integer(), v.minValue(0)),
	/** `answered`; `failed`; `late`: given up without an end; or a reason in the words of the scenarios. */
	end: v.pipe(v.string(), v.maxLength(100)),
	text: v.optional(v.string()),
});
export type End = v.InferOutput<typeof End>;

export function secretOf(key: string): string {
	return `sim-key-${key}`;
}

export function briefOf(scenario: Scenario, { scale, clock }: Pace): Brief {
	const onClock = (s: number): number => (clock === 'real' ? s / scale : s);
	return {
		id: idOf(scenario),
		name: scenario.name,
		fact: scenario.fact,
		clock,
		scale,
		begins: new Date(beginning).toISOString(),
		keys: Object.entries(scenario.keys).map(([name, { project = `project of ${name}`, account, tier = 'free' }]) => ({
			name,
			secret: secretOf(name),
			project,
			tier,
			...(account !== undefined && { account }),
		})),
		asks: (scenario.asks ?? [{}]).map((ask) => ({
			at: onClock(ask.at ?? 0),
			models: ask.models ?? ['gemini-3.8-flash'],
			prompt: Array.from({ length: ask.words ?? 4 }, () => 'why').join(' '),
			whenBroken: ask.whenBroken ?? 'retract',
			maxWait: onClock(ask.maxWait ?? 120),
			...(ask.options && { options: ask.options }),
			...(ask.project !== undefined && { project: ask.project }),
			...(ask.cancelAfter !== undefined && { cancelAfter: onClock(ask.cancelAfter) }),
		})),
	};
}
